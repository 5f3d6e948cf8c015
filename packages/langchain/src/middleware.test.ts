import { AIMessage, AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { Command, interrupt, MemorySaver } from "@langchain/langgraph";
import type { LimitStore } from "@interlatch/core";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { createAgent, createMiddleware, type AgentMiddleware } from "langchain";
import { describe, expect } from "vitest";
import { z } from "zod";
import { call, ScriptedModel, type ScriptedTurn } from "../../../test/scripted-model.ts";
import { FIVE_TOOLS, toolPolicy } from "../../../test/tool-policy.ts";
import { verifies } from "../../../test/verifies.ts";
import { denialOf, guardTools, policyMiddleware } from "./index.ts";

const schema = z.object({ order: z.number().optional(), size: z.number().optional() });
const NAMES = ["look", "refund", "quote", "export_data", "wire"] as const;
const HELLO = { messages: [new HumanMessage("hello")] };

interface Options {
  readonly guard?: TestGuard;
  readonly returnDirect?: boolean;
  readonly middleware?: readonly AgentMiddleware[];
  readonly version?: "v1" | "v2";
  readonly run?: (name: string) => unknown;
  readonly guardedTools?: boolean;
  readonly only?: readonly string[];
}

/** An agent over five unguarded tools with nothing but the middleware around them. */
async function agentFor(turns: readonly ScriptedTurn[], options: Options = {}) {
  const guard = options.guard ?? (await testGuard(FIVE_TOOLS));
  const ran: string[] = [];
  const made = (options.only ?? NAMES).map((name) =>
    tool(
      async (args) => {
        ran.push(name);
        return options.run === undefined ? `${name} ${JSON.stringify(args)}` : options.run(name);
      },
      { name, schema, returnDirect: options.returnDirect ?? false },
    ),
  );
  const model = new ScriptedModel(turns);
  const middleware: AgentMiddleware[] = [
    ...(options.middleware ?? []),
    policyMiddleware(guard, { reviews: "tool" }),
  ];
  const agent = createAgent({
    model,
    tools: options.guardedTools === true ? guardTools(made, guard) : made,
    middleware,
    checkpointer: new MemorySaver(),
    version: options.version ?? "v2",
  });
  const config = { configurable: { interlatch: guard.ticket(), thread_id: "t1" } };
  return { agent, config, guard, ran, memory: model.memory };
}

type Message = { readonly getType: () => string };

function answersIn(messages: readonly Message[]): ToolMessage[] {
  return messages.filter((message) => ToolMessage.isInstance(message));
}

function codes(guard: TestGuard): readonly string[] {
  return guard.decisions.map(({ decision }) => decision.code);
}

describe("policyMiddleware in createAgent", () => {
  verifies("lg.01", "an allowed call runs once and says so", async () => {
    const { agent, config, ran, guard } = await agentFor([[call("look", { order: 1 }, "c1")]]);
    const { messages } = await agent.invoke(HELLO, config);
    expect(answersIn(messages)).toMatchObject([
      { content: 'look {"order":1}', status: "success", tool_call_id: "c1" },
    ]);
    expect(messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual(["look"]);
    expect(guard.audit.records.map(({ type }) => type)).toEqual(["start", "call", "outcome"]);
  });

  verifies("lg.02", "a denied call never runs, is answered, and the model goes on", async () => {
    const { agent, config, ran, memory } = await agentFor([[call("refund", {}, "c1")]]);
    const { messages } = await agent.invoke(HELLO, config);
    expect(answersIn(messages)).toMatchObject([
      {
        content: "Refunds are made by people.",
        status: "error",
        tool_call_id: "c1",
        name: "refund",
      },
    ]);
    expect(denialOf(answersIn(messages)[0])?.code).toBe("rule_denied");
    expect(messages.at(-1)?.text).toBe("done");
    expect(memory.seen.at(-1)?.at(-1)?.text).toBe("Refunds are made by people.");
    expect(ran).toEqual([]);
  });

  verifies(
    "lg.x.mixed-agent",
    "allow, deny, value and clamp in one turn do not disturb each other",
    async () => {
      for (const version of ["v1", "v2"] as const) {
        const turn = [
          call("look", { order: 1 }, "c1"),
          call("refund", {}, "c2"),
          call("quote", {}, "c3"),
          call("export_data", { size: 50 }, "c4"),
          call("wire", {}, "c5"),
        ];
        const { agent, config, ran, memory } = await agentFor([turn], { version });
        await agent.invoke(HELLO, config);
        const told = new Map(
          answersIn(memory.seen.at(-1) ?? []).map((one) => [one.tool_call_id, one] as const),
        );
        expect([...told.keys()].sort()).toEqual(["c1", "c2", "c3", "c4", "c5"]);
        expect(answersIn(memory.seen.at(-1) ?? [])).toHaveLength(5);
        expect(told.get("c3")).toMatchObject({ status: "success", content: '{"price":null}' });
        expect(told.get("c4")?.content).toBe(
          'export_data {"size":10}\n\n' +
            "The policy changed this call before it ran: arguments.size was reduced from 50 to 10.",
        );
        expect(denialOf(told.get("c5"))?.code).toBe("review_unavailable");
        expect(ran.sort()).toEqual(["export_data", "look"]);
      }
    },
  );

  verifies("lg.17", "an interrupt of a tool passes through the guard and is resumed", async () => {
    const { agent, config, guard } = await agentFor([[call("look", {}, "c1")]], {
      run: () => `answered ${String(interrupt("which order?"))}`,
    });
    const stopped = await agent.invoke(HELLO, config);
    expect(stopped).toHaveProperty("__interrupt__");
    const { messages } = await agent.invoke(new Command({ resume: "7" }), config);
    expect(answersIn(messages)).toMatchObject([{ content: "answered 7", status: "success" }]);
    const outcomes = guard.audit.records.flatMap((one) =>
      one.type === "outcome" ? [one.outcome] : [],
    );
    expect(outcomes).toEqual(["error", "executed"]);
  });

  verifies(
    "lg.18",
    "a tool that throws becomes an error message, as without middleware",
    async () => {
      const fails = (): never => {
        throw new Error("broken");
      };
      const { agent, config } = await agentFor(
        [[call("look", {}, "c1"), call("look", { order: "one" }, "c2")]],
        { run: fails },
      );
      const { messages } = await agent.invoke(HELLO, config);
      const bare = createAgent({
        model: new ScriptedModel([[call("look", {}, "c1"), call("look", { order: "one" }, "c2")]]),
        tools: [tool(fails, { name: "look", schema })],
      });
      const expected = answersIn((await bare.invoke(HELLO)).messages);
      const told = answersIn(messages);
      expect(told.map(({ status }) => status)).toEqual(["error", "error"]);
      // The framework puts a stack into one of them; the first line is what it says.
      const firstLines = (all: ToolMessage[]) => all.map((one) => one.text.split("\n")[0]);
      expect(firstLines(told)).toEqual(firstLines(expected));
      expect(messages.at(-1)?.text).toBe("done");
    },
  );

  verifies("lg.19", "a store that fails denies the call and the run goes on", async () => {
    const broken: LimitStore = {
      reserve: () => {
        throw new Error("store down");
      },
      peek: () => {
        throw new Error("store down");
      },
    };
    const policy = toolPolicy({ look: { default: "deny" } }, [
      {
        name: "paced",
        tools: ["look"],
        action: "allow",
        rateLimit: { max: 1, windowMs: 1000, onExceed: "deny", by: ["agent"] },
      },
    ]);
    const guard = await testGuard(policy, { stores: { limits: broken } });
    const { agent, config, ran } = await agentFor([[call("look", {}, "c1")]], { guard });
    const { messages } = await agent.invoke(HELLO, config);
    expect(denialOf(answersIn(messages)[0])?.code).toBe("store_unavailable");
    expect(messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual([]);
  });

  verifies(
    "lg.20",
    "when every call is denied the model is asked again, past the tools node",
    async () => {
      const { agent, config, memory } = await agentFor([
        [call("refund", {}, "c1"), call("quote", {}, "c2")],
      ]);
      const nodes: string[] = [];
      for await (const update of await agent.stream(HELLO, { ...config, streamMode: "updates" })) {
        nodes.push(...Object.keys(update));
      }
      expect(nodes).toEqual([
        "model_request",
        "interlatch.after_model",
        "model_request",
        "interlatch.after_model",
      ]);
      expect(memory.seen).toHaveLength(2);
    },
  );

  verifies("lg.21", "going to the tools with a forged message meets the guard", async () => {
    const { agent, config, ran, guard } = await agentFor([]);
    const forged = new AIMessage({ content: "", tool_calls: [call("refund", {}, "c1")] });
    const goto = new Command({ goto: "tools", update: { messages: [forged] } });
    const { messages } = await agent.invoke(goto, config);
    expect(answersIn(messages)).toMatchObject([{ status: "error", tool_call_id: "c1" }]);
    expect(ran).toEqual([]);
    expect(codes(guard)).toEqual(["rule_denied"]);
  });

  verifies(
    "lg.22",
    "writing the state as if the middleware had agreed meets the guard",
    async () => {
      const { agent, config, ran } = await agentFor([]);
      const forged = new AIMessage({ content: "", tool_calls: [call("refund", {}, "c1")] });
      await agent.graph.updateState(config, { messages: [forged] }, "interlatch.after_model");
      const { messages } = await agent.graph.invoke(null, config);
      expect(answersIn(messages)).toMatchObject([{ status: "error", tool_call_id: "c1" }]);
      expect(ran).toEqual([]);
    },
  );

  verifies("lg.29", "malformed calls alone are not judged and end the run as before", async () => {
    const malformed = new AIMessage({
      content: "hm",
      invalid_tool_calls: [{ name: "refund", args: "{", id: "c1", error: "Malformed args." }],
    });
    const { agent, config, guard } = await agentFor([malformed]);
    const { messages } = await agent.invoke(HELLO, config);
    expect(messages.at(-1)?.text).toBe("hm");
    expect(guard.decisions).toEqual([]);
  });

  verifies(
    "lg.30",
    "duplicate ids, missing ids and unknown tools are each answered once",
    async () => {
      const { id: _none, ...nameless } = call("look", { order: 3 }, "");
      const turn = [
        call("look", { order: 1 }, "c1"),
        call("look", { order: 2 }, "c1"),
        nameless,
        call("nothing", {}, "c2"),
        call("look", { order: 4 }, "c3"),
      ];
      const { agent, config, ran, guard } = await agentFor([turn]);
      const { messages } = await agent.invoke(HELLO, config);
      const told = answersIn(messages).map((one) => `${one.tool_call_id}:${denialOf(one)?.code}`);
      expect(told.sort()).toEqual([
        ":missing_call_id",
        "c1:duplicate_call_id",
        "c2:unknown_tool",
        "c3:undefined",
      ]);
      expect(ran).toEqual(["look"]);
      expect(messages.at(-1)?.text).toBe("done");
      expect(guard.decisions).toHaveLength(5);
    },
  );

  verifies("lg.31", "a tool hidden from the model and called all the same is denied", async () => {
    const { agent, config, ran, memory } = await agentFor([[call("refund", {}, "c1")]], {
      guard: await testGuard({ look: "allow", refund: "deny" }),
      only: ["look", "refund"],
    });
    const { messages } = await agent.invoke(HELLO, config);
    expect(memory.shown[0]).toEqual(["look"]);
    expect(denialOf(answersIn(messages)[0])?.code).toBe("rule_denied");
    expect(ran).toEqual([]);
  });

  verifies(
    "lg.x.known-but-missing",
    "a tool that the policy allows and the agent does not have gives an error",
    async () => {
      const { agent, config } = await agentFor([[call("wire", {}, "c1")]], {
        guard: await testGuard({ look: "allow", wire: "allow" }),
        only: ["look"],
      });
      const { messages } = await agent.invoke(HELLO, config);
      expect(answersIn(messages)).toMatchObject([
        {
          status: "error",
          tool_call_id: "c1",
          content: expect.stringContaining("not a valid tool"),
        },
      ]);
    },
  );

  verifies(
    "lc.19",
    "a denied returnDirect tool does not end the run, an allowed one does",
    async () => {
      const denied = await agentFor([[call("refund", {}, "c1")]], { returnDirect: true });
      expect((await denied.agent.invoke(HELLO, denied.config)).messages.at(-1)?.text).toBe("done");
      const allowed = await agentFor([[call("look", {}, "c1")]], { returnDirect: true });
      const { messages } = await allowed.agent.invoke(HELLO, allowed.config);
      expect(messages.at(-1)?.text).toBe("look {}");
      // Past the policy of the turn, at the tool.
      const forged = new AIMessage({ content: "", tool_calls: [call("refund", {}, "c1")] });
      const late = await agentFor([], { returnDirect: true });
      const goto = new Command({ goto: "tools", update: { messages: [forged] } });
      expect((await late.agent.invoke(goto, late.config)).messages.at(-1)?.text).toBe("done");
    },
  );

  verifies(
    "lg.x.once",
    "a guarded tool in a guarded agent gives one decision and one record",
    async () => {
      const turn = [call("look", {}, "c1"), call("refund", {}, "c2")];
      const { agent, config, guard } = await agentFor([turn], { guardedTools: true });
      await agent.invoke(HELLO, config);
      expect([...codes(guard)].sort()).toEqual(["allowed_by_default", "rule_denied"]);
      expect(guard.audit.records.filter(({ type }) => type === "call")).toHaveLength(2);
    },
  );

  verifies(
    "lg.x.outer-edit",
    "what other middleware makes of a call is what is judged",
    async () => {
      const policy = toolPolicy({
        look: {
          arguments: { type: "object", properties: { order: { type: "number", maximum: 5 } } },
        },
      });
      const meddler = createMiddleware({
        name: "meddler",
        wrapToolCall: (request, handler) =>
          handler({ ...request, toolCall: { ...request.toolCall, args: { order: 666 } } }),
      });
      const { agent, config, ran } = await agentFor([[call("look", { order: 1 }, "c1")]], {
        guard: await testGuard(policy),
        middleware: [meddler],
      });
      const { messages } = await agent.invoke(HELLO, config);
      expect(denialOf(answersIn(messages)[0])?.code).toBe("invalid_arguments");
      expect(ran).toEqual([]);
    },
  );

  verifies(
    "lg.x.inner-edit",
    "middleware further in cannot change what was judged either",
    async () => {
      const policy = toolPolicy({
        look: {
          arguments: { type: "object", properties: { order: { type: "number", maximum: 5 } } },
        },
      });
      const guard = await testGuard(policy);
      const ran: unknown[] = [];
      const agent = createAgent({
        model: new ScriptedModel([[call("look", { order: 1 }, "c1")]]),
        tools: [tool((args) => `${ran.push(args)}`, { name: "look", schema })],
        middleware: [
          policyMiddleware(guard),
          createMiddleware({
            name: "meddler",
            wrapToolCall: (request, handler) =>
              handler({ ...request, toolCall: { ...request.toolCall, args: { order: 666 } } }),
          }),
        ],
      });
      const config = { configurable: { interlatch: guard.ticket() } };
      const { messages } = await agent.invoke(HELLO, config);
      expect(denialOf(answersIn(messages)[0])?.code).toBe("invalid_arguments");
      expect(ran).toEqual([]);
    },
  );

  verifies(
    "lg.x.parsed-turn",
    "the turn is judged by what the tools' schemas make of it",
    async () => {
      const policy = toolPolicy({
        look: {
          arguments: {
            type: "object",
            properties: { order: { type: "number" } },
            required: ["order"],
          },
        },
      });
      for (const Message of [AIMessage, AIMessageChunk]) {
        const guard = await testGuard(policy);
        const ran: unknown[] = [];
        const read = z.object({ order: z.string().default("7").transform(Number) });
        const model = new ScriptedModel([
          new Message({
            content: "",
            tool_calls: [call("look", {}, "c1"), call("look", { order: 8 }, "c2")],
          }),
        ]);
        const agent = createAgent({
          model,
          tools: [tool((args) => `${ran.push(args)}`, { name: "look", schema: read })],
          middleware: [policyMiddleware(guard)],
        });
        const config = { configurable: { interlatch: guard.ticket() } };
        const { messages } = await agent.invoke(HELLO, config);
        expect(ran).toEqual([{ order: 7 }]);
        // The tool's own schema refuses the second one, in the framework's words; the guard is not asked.
        expect(answersIn(messages).map(({ status }) => status)).toEqual(["success", "error"]);
        expect(codes(guard)).toEqual(["allowed_by_default"]);
      }
    },
  );

  verifies("lg.35", "context and configurable of a caller change nothing", async () => {
    const { agent, guard, ran } = await agentFor([
      [call("refund", {}, "c1"), call("look", {}, "c2")],
    ]);
    const interlatch = { agent: { id: "root" }, effect: "allow" };
    const { messages } = await agent.invoke(HELLO, {
      configurable: { interlatch, thread_id: "t2", policy: "off" },
      context: { interlatch: guard.ticket() },
    });
    expect(answersIn(messages).map((one) => denialOf(one)?.code)).toEqual([
      "identity_required",
      "identity_required",
    ]);
    expect(ran).toEqual([]);
  });

  verifies("lg.36", "a provider's tool is shown only where the policy knows it", async () => {
    const guard = await testGuard({ look: "allow", web_search: "allow" });
    const model = new ScriptedModel([]);
    const agent = createAgent({
      model,
      tools: [
        { type: "web_search", name: "web_search" },
        { type: "code_execution", name: "code" },
      ],
      middleware: [policyMiddleware(guard)],
    });
    await agent.invoke(HELLO, { configurable: { interlatch: guard.ticket() } });
    expect(model.memory.shown).toEqual([["web_search"]]);
    expect(
      guard
        .coverage()
        .filter(({ state }) => state === "hidden")
        .map((one) => one.tool),
    ).toEqual(["web_search", "code"]);
  });

  verifies("lg.x.review", "a reviewed call waits at the tool for the answer", async () => {
    for (const [answer, ranOnce] of [
      ["approve", ["wire"]],
      ["reject", []],
    ] as const) {
      const guard = await testGuard(FIVE_TOOLS, {
        onReview: async () => ({ answer, reviewer: "ann" }),
      });
      const { agent, config, ran } = await agentFor([[call("wire", {}, "c1")]], { guard });
      const { messages } = await agent.invoke(HELLO, config);
      expect(ran).toEqual(ranOnce);
      expect(answersIn(messages)).toHaveLength(1);
      expect(messages.at(-1)?.text).toBe("done");
    }
  });
});
