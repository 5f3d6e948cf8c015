import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import { tool } from "@langchain/core/tools";
import {
  Command,
  END,
  entrypoint,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
  task,
} from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import type { LimitStore, Policy } from "@interlatch/core";
import { testGuard, type TestGuard, type TestGuardOptions } from "@interlatch/core/testing";
import { denialOf, type ReviewOptions } from "@interlatch/langchain";
import { describe, expect } from "vitest";
import { z } from "zod";
import { call, ScriptedModel, type ScriptedTurn } from "../../../test/scripted-model.ts";
import { FIVE_TOOLS, toolPolicy } from "../../../test/tool-policy.ts";
import { verifies } from "../../../test/verifies.ts";
import { guardGraph, policyHook } from "./index.ts";

const schema = z.object({ order: z.number().optional(), size: z.number().optional() });
const NAMES = ["look", "refund", "quote", "export_data", "wire"] as const;
const HELLO = { messages: [new HumanMessage("hello")] };

interface Options extends TestGuardOptions, Pick<ReviewOptions, "reviews"> {
  readonly policy?: Policy;
  readonly run?: (name: string) => unknown;
}

async function gateFor({ policy = FIVE_TOOLS, run, reviews, ...rest }: Options = {}) {
  const guard = await testGuard(policy, rest);
  const ran: string[] = [];
  const tools = NAMES.map((name) =>
    tool(
      async (args) => {
        ran.push(name);
        return run === undefined ? `${name} ${JSON.stringify(args)}` : run(name);
      },
      { name, schema },
    ),
  );
  const gate = guardGraph(guard, tools, reviews === undefined ? {} : { reviews });
  const config = { configurable: { interlatch: guard.ticket(), thread_id: "t1" } };
  return { guard, gate, ran, config };
}

async function graphFor(turns: readonly ScriptedTurn[], options: Options = {}) {
  const made = await gateFor(options);
  const { gate } = made;
  const { memory, ...scripted } = modelOf(turns, gate.tools);
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("agent", scripted.callModel)
    .addNode("policy", gate.policyNode({ tools: "tools", back: "agent" }), {
      ends: ["tools", "agent"],
    })
    .addNode("tools", gate.toolNode)
    .addEdge(START, "agent")
    .addConditionalEdges("agent", gate.route("policy"), ["policy", END])
    .addEdge("tools", "agent")
    .compile({ checkpointer: new MemorySaver() });
  return { ...made, graph, memory };
}

function modelOf(turns: readonly ScriptedTurn[], tools: Parameters<ScriptedModel["bindTools"]>[0]) {
  const model = new ScriptedModel(turns);
  const bound = model.bindTools(tools);
  const callModel = async ({ messages }: typeof MessagesAnnotation.State) => ({
    messages: [await bound.invoke(messages)],
  });
  return { memory: model.memory, callModel };
}

function answersIn(messages: readonly BaseMessage[]): ToolMessage[] {
  return messages.filter((message) => ToolMessage.isInstance(message));
}

function codes(guard: TestGuard): readonly string[] {
  return guard.decisions.map(({ decision }) => decision.code);
}

/** Each answer: its id, and its denial where it is one. */
function told(
  messages: readonly BaseMessage[],
): readonly (readonly [string, string | undefined])[] {
  return answersIn(messages)
    .map((one) => [one.tool_call_id, denialOf(one)?.code] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function asks(...calls: ToolCall[]): AIMessage {
  return new AIMessage({ content: "", tool_calls: calls });
}

describe("guardGraph", () => {
  verifies("lg.01", "an allowed call runs once and says so", async () => {
    const { graph, config, ran, guard } = await graphFor([[call("look", { order: 1 }, "c1")]]);
    const { messages } = await graph.invoke(HELLO, config);
    expect(answersIn(messages)).toMatchObject([
      { content: 'look {"order":1}', status: "success", tool_call_id: "c1" },
    ]);
    expect(messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual(["look"]);
    expect(guard.audit.records.map(({ type }) => type)).toEqual(["start", "call", "outcome"]);
  });

  verifies("lg.02", "a denied call never runs, is answered, and the model goes on", async () => {
    const { graph, config, ran, memory } = await graphFor([[call("refund", {}, "c1")]]);
    const { messages } = await graph.invoke(HELLO, config);
    expect(answersIn(messages)).toMatchObject([
      {
        content: "Refunds are made by people.",
        status: "error",
        tool_call_id: "c1",
        name: "refund",
      },
    ]);
    expect(memory.seen.at(-1)?.at(-1)?.text).toBe("Refunds are made by people.");
    expect(messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual([]);
  });

  verifies(
    "lg.x.mixed",
    "allow, deny, value and clamp in one turn do not disturb each other",
    async () => {
      const { graph, config, ran, memory, guard } = await graphFor(
        [
          [
            call("look", { order: 1 }, "c1"),
            call("refund", {}, "c2"),
            call("quote", {}, "c3"),
            call("export_data", { size: 50 }, "c4"),
            call("wire", {}, "c5"),
          ],
        ],
        { reviews: "tool" },
      );
      const { messages } = await graph.invoke(HELLO, config);
      expect(told(memory.seen.at(-1) ?? [])).toEqual([
        ["c1", undefined],
        ["c2", "rule_denied"],
        ["c3", "rule_denied"],
        ["c4", undefined],
        ["c5", "review_unavailable"],
      ]);
      const byId = new Map(answersIn(messages).map((one) => [one.tool_call_id, one]));
      expect(byId.get("c3")).toMatchObject({ status: "success", content: '{"price":null}' });
      // What the model is shown of a clamped call.
      expect(byId.get("c4")?.content).toBe(
        'export_data {"size":10}\n\n' +
          "The policy changed this call before it ran: arguments.size was reduced from 50 to 10.",
      );
      expect(ran.sort()).toEqual(["export_data", "look"]);
      expect(guard.decisions).toHaveLength(5);
    },
  );

  verifies("lg.x.before", "nothing of a turn runs before all of it is judged", async () => {
    const { graph, config } = await graphFor([[call("look", {}, "c1"), call("refund", {}, "c2")]]);
    const nodes: string[] = [];
    for await (const update of await graph.stream(HELLO, { ...config, streamMode: "updates" })) {
      nodes.push(...Object.keys(update));
    }
    expect(nodes).toEqual(["agent", "policy", "tools", "agent"]);
  });

  verifies("lg.17", "an interrupt of a tool passes through the guard and is resumed", async () => {
    const { graph, config } = await graphFor([[call("look", {}, "c1")]], {
      run: () => `answered ${String(interrupt("which order?"))}`,
    });
    expect(await graph.invoke(HELLO, config)).toHaveProperty("__interrupt__");
    const { messages } = await graph.invoke(new Command({ resume: "7" }), config);
    expect(answersIn(messages)).toMatchObject([{ content: "answered 7", status: "success" }]);
  });

  verifies(
    "lg.28",
    "a tool that returns a command steers the graph, beside a denied call",
    async () => {
      const { graph, config } = await graphFor(
        [[call("look", {}, "c1"), call("refund", {}, "c1b")]],
        {
          run: () =>
            new Command({
              update: { messages: [new ToolMessage({ content: "steered", tool_call_id: "c1" })] },
            }),
        },
      );
      const { messages } = await graph.invoke(HELLO, config);
      expect(
        answersIn(messages)
          .map((one) => one.text)
          .sort(),
      ).toEqual(["Refunds are made by people.", "steered"]);
      expect(messages.at(-1)?.text).toBe("done");
    },
  );

  verifies("lg.18", "a tool that throws becomes an error message, its siblings run", async () => {
    const { graph, config, guard } = await graphFor(
      [[call("look", {}, "c1"), call("export_data", { size: 1 }, "c2")]],
      {
        run: (name) => {
          if (name === "look") throw new Error("broken");
          return "rows";
        },
      },
    );
    const { messages } = await graph.invoke(HELLO, config);
    expect(answersIn(messages).map(({ status, content }) => [status, content])).toEqual([
      ["error", "Error: broken\n Please fix your mistakes."],
      ["success", "rows"],
    ]);
    expect(messages.at(-1)?.text).toBe("done");
    const outcomes = guard.audit.records.flatMap((one) =>
      one.type === "outcome" ? [one.outcome] : [],
    );
    expect(outcomes.sort()).toEqual(["error", "executed"]);
  });

  verifies("lg.19", "a store that fails denies the call and the run goes on", async () => {
    const down = (): never => {
      throw new Error("store down");
    };
    const limits: LimitStore = { reserve: down, peek: down };
    const policy = toolPolicy({ look: { default: "deny" } }, [
      {
        name: "paced",
        tools: ["look"],
        action: "allow",
        rateLimit: { max: 1, windowMs: 1000, onExceed: "deny", by: ["agent"] },
      },
    ]);
    const { graph, config, ran } = await graphFor([[call("look", {}, "c1")]], {
      policy,
      stores: { limits },
    });
    const { messages } = await graph.invoke(HELLO, config);
    expect(told(messages)).toEqual([["c1", "store_unavailable"]]);
    expect(messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual([]);
  });

  verifies(
    "lg.20",
    "when every call is denied the agent is asked again, past the tools node",
    async () => {
      const { graph, config, memory } = await graphFor([
        [call("refund", {}, "c1"), call("quote", {}, "c2")],
      ]);
      const nodes: string[] = [];
      for await (const update of await graph.stream(HELLO, { ...config, streamMode: "updates" })) {
        nodes.push(...Object.keys(update));
      }
      expect(nodes).toEqual(["agent", "policy", "agent"]);
      expect(memory.seen).toHaveLength(2);
    },
  );

  verifies("lg.21", "going to the tools node with a forged message meets the guard", async () => {
    const { graph, config, ran } = await graphFor([]);
    const update = { messages: [asks(call("refund", {}, "c1"), call("look", {}, "c2"))] };
    const { messages } = await graph.invoke(new Command({ goto: "tools", update }), config);
    expect(told(messages)).toEqual([
      ["c1", "rule_denied"],
      ["c2", undefined],
    ]);
    expect(ran).toEqual(["look"]);
  });

  verifies(
    "lg.22",
    "writing the state as if the policy node had done it meets the guard",
    async () => {
      const { graph, config, ran, guard } = await graphFor([]);
      await graph.updateState(config, { messages: [asks(call("refund", {}, "c1"))] }, "agent");
      await graph.updateState(config, new Command({ goto: "tools" }) as never, "policy"); // what a caller may send
      const { messages } = await graph.invoke(null, config);
      expect(told(messages)).toEqual([["c1", "rule_denied"]]);
      expect(ran).toEqual([]);
      expect(codes(guard)).toEqual(["rule_denied"]);
    },
  );

  verifies(
    "lg.23",
    "a call that is sent to the tools node by itself is judged by itself",
    async () => {
      const { gate, ran, config } = await gateFor();
      const calls = [call("look", {}, "c1"), call("refund", {}, "c2"), call("nothing", {}, "c3")];
      const graph = new StateGraph(MessagesAnnotation)
        .addNode("agent", () => ({ messages: [asks(...calls)] }))
        .addNode("tools", gate.toolNode)
        .addEdge(START, "agent")
        .addConditionalEdges(
          "agent",
          () => calls.map((lg_tool_call) => new Send("tools", { lg_tool_call })),
          ["tools"],
        )
        .compile();
      const { messages } = await graph.invoke(HELLO, config);
      expect(told(messages)).toEqual([
        ["c1", undefined],
        ["c2", "rule_denied"],
        ["c3", "unknown_tool"],
      ]);
      expect(ran).toEqual(["look"]);
    },
  );

  verifies("lg.29", "malformed calls alone are not judged and end the run as before", async () => {
    const invalid = { name: "refund", args: "{", id: "c1", error: "Malformed args." };
    const malformed = new AIMessage({ content: "hm", invalid_tool_calls: [invalid] });
    const { graph, config, guard } = await graphFor([malformed]);
    const { messages } = await graph.invoke(HELLO, config);
    expect(messages.at(-1)?.text).toBe("hm");
    expect(guard.decisions).toEqual([]);
  });

  const { id: _none, ...nameless } = call("look", { order: 3 }, "");
  const odd = [
    call("look", { order: 1 }, "c1"),
    call("look", { order: 2 }, "c1"),
    nameless,
    call("nothing", {}, "c2"),
    call("look", { order: 4 }, "c3"),
  ];
  const ANSWERED_ONCE = [
    ["", "missing_call_id"],
    ["c1", "duplicate_call_id"],
    ["c2", "unknown_tool"],
    ["c3", undefined],
  ];

  verifies(
    "lg.30",
    "duplicate ids, missing ids and unknown tools are each answered once",
    async () => {
      const { graph, config, ran, guard } = await graphFor([odd]);
      const { messages } = await graph.invoke(HELLO, config);
      expect(told(messages)).toEqual(ANSWERED_ONCE);
      expect(ran).toEqual(["look"]);
      expect(messages.at(-1)?.text).toBe("done");
      expect(guard.decisions).toHaveLength(5);
    },
  );

  verifies(
    "lg.x.unreadable-twin",
    "a call whose twin under the same id is unreadable does not run",
    async () => {
      const turn = [call("look", { order: 1 }, "c1"), call("look", { order: "one" }, "c1")];
      const { graph, config, ran } = await graphFor([turn]);
      const { messages } = await graph.invoke(HELLO, config);
      expect(told(messages)).toEqual([["c1", "duplicate_call_id"]]);
      expect(ran).toEqual([]);
    },
  );

  verifies(
    "lg.x.odd-at-the-tools",
    "and so they are where the policy node is gone round",
    async () => {
      const { gate, ran, config, guard } = await gateFor();
      const asState = await gate.toolNode.invoke({ messages: [asks(...odd)] }, config);
      expect(told(asState.messages)).toEqual(ANSWERED_ONCE);
      const asList = await gate.toolNode.invoke([asks(...odd)], config);
      expect(told(asList)).toEqual(ANSWERED_ONCE);
      expect(ran).toEqual(["look", "look"]);
      expect(guard.decisions).toHaveLength(10);
    },
  );

  verifies("lg.x.twice", "the same turn handed to the tools twice does not run twice", async () => {
    const { gate, ran, config } = await gateFor();
    const turn = asks(call("look", {}, "c1"));
    expect(told((await gate.toolNode.invoke({ messages: [turn] }, config)).messages)).toEqual([
      ["c1", undefined],
    ]);
    expect(told((await gate.toolNode.invoke({ messages: [turn] }, config)).messages)).toEqual([
      ["c1", "duplicate_call_id"],
    ]);
    expect(ran).toEqual(["look"]);
  });

  verifies("lg.31", "a tool hidden from the model and called all the same is denied", async () => {
    const { guard, gate, config } = await gateFor();
    const shown = guard.visibleTools(
      config.configurable.interlatch,
      gate.tools.map(({ name }) => ({ name })),
    );
    expect(shown.map(({ name }) => name)).not.toContain("refund");
    const { messages } = await gate.toolNode.invoke(
      { messages: [asks(call("refund", {}, "c1"))] },
      config,
    );
    expect(told(messages)).toEqual([["c1", "rule_denied"]]);
  });

  verifies("lg.x.identity", "without a ticket nothing runs and the run goes on", async () => {
    const { graph, ran } = await graphFor([[call("look", {}, "c1")]]);
    const interlatch = { agent: { id: "root" } };
    const { messages } = await graph.invoke(HELLO, {
      configurable: { thread_id: "t1", interlatch },
    });
    expect(told(messages)).toEqual([["c1", "identity_required"]]);
    expect(messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual([]);
  });

  verifies("lg.x.review", "a reviewed call waits at the tool for the answer", async () => {
    for (const [answer, expected] of [
      ["approve", ["wire"]],
      ["reject", []],
    ] as const) {
      const onReview = async () => ({ answer, reviewer: "ann" });
      const { graph, config, ran } = await graphFor([[call("wire", {}, "c1")]], {
        onReview,
        reviews: "tool",
      });
      const { messages } = await graph.invoke(HELLO, config);
      expect(ran).toEqual(expected);
      expect(told(messages)).toEqual([
        ["c1", answer === "reject" ? "approval_rejected" : undefined],
      ]);
    }
  });

  verifies(
    "lg.x.errors-off",
    "with handleToolErrors off a tool's error ends the run, a denial does not",
    async () => {
      const guard = await testGuard({ look: "allow", refund: "deny" });
      const fails = (name: string) =>
        tool(() => Promise.reject(new Error("broken")), { name, schema });
      const gate = guardGraph(guard, [fails("look"), fails("refund")], { handleToolErrors: false });
      const config = { configurable: { interlatch: guard.ticket() } };
      const [look, refund] = [asks(call("look", {}, "c1")), asks(call("refund", {}, "c2"))];
      await expect(gate.toolNode.invoke({ messages: [look] }, config)).rejects.toThrow("broken");
      const { messages } = await gate.toolNode.invoke({ messages: [refund] }, config);
      expect(told(messages)).toEqual([["c2", "rule_denied"]]);
    },
  );

  verifies(
    "lg.x.identify",
    "the host can read who acts from the run, in the node and at the tool",
    async () => {
      const guard = await testGuard(FIVE_TOOLS);
      const gate = guardGraph(guard, [tool(() => "ok", { name: "look", schema })], {
        identify: ({ configurable }) =>
          configurable?.["auth"] === "ann" ? { agent: { id: "shop" } } : undefined,
      });
      const policy = gate.policyNode({ tools: "tools", back: "agent" });
      const state = { messages: [asks(call("look", {}, "c1"))] };
      const ann = { configurable: { auth: "ann", thread_id: "t1" } };
      expect((await policy(state, ann)).goto).toEqual(["tools"]);
      expect(told((await gate.toolNode.invoke(state, ann)).messages)).toEqual([["c1", undefined]]);
      const eve = { configurable: { auth: "eve", interlatch: guard.ticket() } };
      expect((await policy(state, eve)).goto).toEqual(["agent"]);
      expect(told((await gate.toolNode.invoke(state, eve)).messages)).toEqual([
        ["c1", "identity_required"],
      ]);
      const sessions = guard.audit.records.flatMap((one) =>
        one.type === "call" ? [one.session] : [],
      );
      expect(sessions[0]).toBe("t1");
    },
  );

  verifies("lg.x.coverage", "the gate tells what it enforces", async () => {
    const guard = await testGuard({ look: "allow", other: "allow" });
    const look = tool(() => "", { name: "look", schema });
    const gate = guardGraph(guard, [look, { type: "web_search", name: "web_search" }]);
    expect(gate.coverage().map(({ tool: name, state, known }) => [name, state, known])).toEqual([
      ["look", "enforced", true],
      ["web_search", "out_of_reach", false],
    ]);
    expect(guard.coverage().find((one) => one.tool === "other")?.state).toBe("not_wrapped");
  });
});

describe("other ways to build a graph", () => {
  verifies("lg.x.hook", "policyHook judges for a node of the author's own", async () => {
    const { guard, gate, ran, config } = await gateFor();
    const judge = policyHook(guard, { tools: gate.tools });
    const { memory, callModel } = modelOf(
      [[call("look", {}, "c1"), call("refund", {}, "c2")]],
      gate.tools,
    );
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("agent", callModel)
      .addNode(
        "policy",
        async (state: typeof MessagesAnnotation.State, runConfig) => {
          const { messages, remaining } = await judge(state, runConfig);
          return new Command({
            update: { messages },
            goto: remaining.length > 0 ? "tools" : "agent",
          });
        },
        { ends: ["tools", "agent"] },
      )
      .addNode("tools", gate.toolNode)
      .addEdge(START, "agent")
      .addConditionalEdges("agent", gate.route("policy"), ["policy", END])
      .addEdge("tools", "agent")
      .compile();
    await graph.invoke(HELLO, config);
    expect(told(memory.seen.at(-1) ?? [])).toEqual([
      ["c1", undefined],
      ["c2", "rule_denied"],
    ]);
    expect(ran).toEqual(["look"]);
  });

  verifies(
    "lg.x.hook-raw",
    "policyHook takes a list of messages, and judges raw arguments without tools",
    async () => {
      const { guard, config } = await gateFor();
      const judge = policyHook(guard);
      const turn = [asks(call("refund", {}, "c1"), call("look", {}, "c2"))];
      const { messages, remaining } = await judge(turn, config);
      expect(told(messages)).toEqual([["c1", "rule_denied"]]);
      expect(remaining.map(({ id }) => id)).toEqual(["c2"]);
      expect(await judge([], config)).toMatchObject({ messages: [], remaining: [] });
    },
  );

  verifies(
    "lg.26",
    "createReactAgent works over the guarded tools and over the tool node",
    async () => {
      for (const version of ["v1", "v2"] as const) {
        for (const form of ["tools", "toolNode"] as const) {
          const { gate, ran, config, guard } = await gateFor();
          const turn = [
            call("look", {}, "c1"),
            call("refund", {}, "c2"),
            call("export_data", { size: 50 }, "c3"),
          ];
          const agent = createReactAgent({
            llm: new ScriptedModel([turn]),
            tools: form === "tools" ? gate.tools : gate.toolNode,
            version,
          });
          const { messages } = await agent.invoke(HELLO, config);
          expect(told(messages)).toEqual([
            ["c1", undefined],
            ["c2", "rule_denied"],
            ["c3", undefined],
          ]);
          expect(messages.at(-1)?.text).toBe("done");
          expect(ran.sort()).toEqual(["export_data", "look"]);
          expect(guard.decisions).toHaveLength(3);
        }
      }
    },
  );

  verifies(
    "lg.25",
    "a guarded tool in a task of the functional API is decided, and denied without an error",
    async () => {
      const { gate, ran, config } = await gateFor();
      const [look, refund] = gate.tools;
      const use = task("use", async (one: ToolCall) =>
        one.name === "look" ? look?.invoke(one) : refund?.invoke(one),
      );
      const flow = entrypoint({ name: "flow", checkpointer: new MemorySaver() }, async () => [
        await use(call("look", {}, "c1")),
        await use(call("refund", {}, "c2")),
      ]);
      const answers: unknown[] = await flow.invoke("go", config);
      expect(told(answers.filter((one) => ToolMessage.isInstance(one)))).toEqual([
        ["c1", undefined],
        ["c2", "rule_denied"],
      ]);
      expect(ran).toEqual(["look"]);
    },
  );

  verifies("lg.x.subgraph", "the identity of a run reaches a guarded subgraph", async () => {
    const { graph, config, ran } = await graphFor([
      [call("look", {}, "c1"), call("refund", {}, "c2")],
    ]);
    const outer = new StateGraph(MessagesAnnotation)
      .addNode("inner", graph)
      .addEdge(START, "inner")
      .compile();
    const { messages } = await outer.invoke(HELLO, config);
    expect(told(messages)).toEqual([
      ["c1", undefined],
      ["c2", "rule_denied"],
    ]);
    expect(ran).toEqual(["look"]);
  });

  verifies("lg.33", "every stream mode shows the denial", async () => {
    for (const streamMode of ["updates", "messages", "values"] as const) {
      const { graph, config } = await graphFor([[call("refund", {}, "c1")]]);
      let shown = false;
      for await (const part of await graph.stream(HELLO, { ...config, streamMode })) {
        shown ||= JSON.stringify(part).includes("Refunds are made by people.");
      }
      expect(shown).toBe(true);
    }
    const { graph, config } = await graphFor([[call("refund", {}, "c1")]]);
    const ended: string[] = [];
    for await (const one of graph.streamEvents(HELLO, { ...config, version: "v2" })) {
      if (one.event === "on_chain_end") ended.push(JSON.stringify(one.data.output));
    }
    expect(ended.some((output) => output.includes("Refunds are made by people."))).toBe(true);
  });
});
