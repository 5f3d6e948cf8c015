import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { DynamicTool, StructuredTool, tool, type ClientTool } from "@langchain/core/tools";
import { MemorySaver } from "@langchain/langgraph";
import { isInterlatchError, type Policy } from "@interlatch/core";
import { testGuard, type TestGuard, type TestGuardOptions } from "@interlatch/core/testing";
import { createAgent } from "langchain";
import { describe, expect } from "vitest";
import { z } from "zod";
import { FALLBACKS, MOST_DENIALS } from "../../../test/fallback-policy.ts";
import { compare } from "../../../test/policies.ts";
import { call, ScriptedModel, type ScriptedTurn } from "../../../test/scripted-model.ts";
import { verifies } from "../../../test/verifies.ts";
import { denialOf, guardTool, guardTools, policyMiddleware } from "./index.ts";

const INSTEAD = "The office is closed.\nInstead, draft ran, and the result is its own.";
const SEND = call("send", { to: "Ann" }, "c1");
const text = z.object({ text: z.string() });

function plain(name: string, ran: string[] = []): ClientTool {
  return tool(
    async () => {
      ran.push(name);
      return `${name} ran`;
    },
    { name, schema: z.object({ to: z.string().optional() }) },
  );
}

function draft(give: (text: string) => unknown = (said) => `saved ${said}`): ClientTool {
  return tool(async (args: { text: string }) => give(args.text), { name: "draft", schema: text });
}

/** Calls `send`, guarded together with a lesser tool. */
async function sendBeside(lesser: ClientTool, send: ClientTool = plain("send")) {
  const guard = await testGuard(FALLBACKS);
  const [guarded] = guardTools([send, lesser], guard);
  const config = { configurable: { interlatch: guard.ticket() } };
  const asked = { ...SEND, type: "tool_call" } as const;
  return { guard, config, guarded, answer: (await guarded?.invoke(asked, config)) as ToolMessage };
}

describe("a lesser tool", () => {
  verifies("lc.x.hop", "is one of those that were guarded together", async () => {
    const { answer, guarded, config, guard } = await sendBeside(draft());
    expect(answer).toMatchObject({
      status: "success",
      name: "send",
      tool_call_id: "c1",
      content: `saved For Ann\n\n${INSTEAD}`,
    });
    expect(denialOf(answer)).toMatchObject({ code: "rule_denied", instead: "draft" });
    expect(guard.decisions.map(({ call: id }) => id)).toEqual(["c1", "c1#fallback"]);
    // Called by code there is no call to answer.
    expect(await guarded?.invoke({ to: "Bob" }, config)).toBe(`saved For Bob\n\n${INSTEAD}`);
  });

  verifies("lc.x.hop", "is none for a tool that was guarded alone, or among others", async () => {
    const guard = await testGuard(FALLBACKS);
    const config = { configurable: { interlatch: guard.ticket() } };
    const [among] = guardTools([plain("send"), plain("look")], guard);
    for (const [index, send] of [guardTool(plain("send"), guard), among].entries()) {
      const asked = { ...SEND, id: `c${index}`, type: "tool_call" } as const;
      expect(await send?.invoke(asked, config)).toMatchObject({
        status: "error",
        content: "The office is closed.",
      });
    }
  });

  verifies("lc.x.hop", "is decided by another guard or ticket of its own as well", async () => {
    const ran: string[] = [];
    const strict = await testGuard({ draft: "deny" });
    const own = guardTool(
      draft((said) => ran.push(said)),
      strict,
      { ticket: strict.ticket() },
    );
    await sendBeside(own);
    expect(strict.decisions).toMatchObject([{ tool: "draft", decision: { effect: "deny" } }]);

    const agentId = { kind: "field", of: { kind: "variable", name: "agent" }, name: "id" } as const;
    const at = { file: "test.yaml", line: 9 };
    const when = compare(agentId, "==", "clerk");
    const clerks = { name: "no_clerks", tools: ["draft"], action: "deny", when, at } as const;
    const guard = await testGuard({ ...FALLBACKS, rules: [...FALLBACKS.rules, clerks] });
    const bound = guardTool(
      draft((said) => ran.push(said)),
      guard,
      {
        ticket: guard.ticket({ agent: { id: "clerk" } }),
      },
    );
    const [send] = guardTools([plain("send"), bound], guard);
    const config = { configurable: { interlatch: guard.ticket() } };
    await send?.invoke({ ...SEND, type: "tool_call" }, config);
    expect(guard.decisions.map(({ decision }) => decision.rule)).toEqual([
      "no_mail",
      null,
      "no_clerks",
    ]);
    expect(ran).toEqual([]);
  });

  verifies("lc.x.hop", "is none that starts other agents", async () => {
    const fallback = { kind: "tool", tool: "task", arguments: { kind: "object", entries: [] } };
    const tools = { ...FALLBACKS.tools, task: { ...FALLBACKS.tools["draft"] } };
    const rules = FALLBACKS.rules.map((rule) => ({ ...rule, fallback }));
    const guard = await testGuard({ ...FALLBACKS, tools, rules } as Policy);
    const schema = z.object({ subagent_type: z.string().optional() });
    const task = tool(() => "done", { name: "task", schema });
    const [send] = guardTools([plain("send"), task], guard);
    const config = { configurable: { interlatch: guard.ticket() } };
    const asked = { ...SEND, type: "tool_call" } as const;
    expect(await send?.invoke(asked, config)).toMatchObject({ content: "The office is closed." });
  });

  verifies("lc.x.hop-kinds", "may be of any kind", async () => {
    class Own extends StructuredTool {
      name = "draft";
      description = "";
      schema = text;
      readonly #prefix = "own";
      async _call(args: { text: string }): Promise<string> {
        return `${this.#prefix} ${args.text}`;
      }
    }
    class OwnInvoke extends Own {
      override async invoke(input: unknown): Promise<never> {
        const { args } = input as { args: { text: string } };
        return `invoked ${args.text}` as never; // as a class may that brings its own
      }
    }
    const words = new DynamicTool({
      name: "draft",
      description: "",
      func: async (input: unknown) => `text ${JSON.stringify(input)}`,
    });
    const runnable = RunnableLambda.from((args: { text: string }) => `run ${args.text}`).asTool({
      name: "draft",
      schema: text,
    });
    const parts = tool(
      async function* (args: { text: string }) {
        yield "s";
        return `streamed ${args.text}`;
      },
      { name: "draft", schema: text },
    );
    const json = tool(async (args: { text: string }) => `json ${args.text}`, {
      name: "draft",
      schema: { type: "object", properties: { text: { type: "string" } } },
    });
    for (const [lesser, said] of [
      [new Own(), "own For Ann"],
      [new OwnInvoke(), "invoked For Ann"],
      [runnable, "run For Ann"],
      [parts, "streamed For Ann"],
      [json, "json For Ann"],
      // A text tool takes `input`, which the policy does not give here: it gets what its schema leaves.
      [words, "text undefined"],
    ] as const) {
      const { answer } = await sendBeside(lesser as ClientTool);
      expect(String(answer.content)).toBe(`${said}\n\n${INSTEAD}`);
    }
  });

  verifies("lc.x.hop-kinds", "gives its result in its own form", async () => {
    const pair = tool(async () => ["seen", { secret: 1 }], {
      name: "draft",
      schema: text,
      responseFormat: "content_and_artifact",
    });
    const one = await sendBeside(pair);
    expect(one.answer.content).toBe(`seen\n\n${INSTEAD}`);
    expect(one.answer.artifact).toMatchObject({
      interlatch: { instead: "draft", artifact: { secret: 1 } },
    });
    const both = await sendBeside(
      pair,
      tool(async () => ["sent", null], {
        name: "send",
        schema: z.object({ to: z.string() }),
        responseFormat: "content_and_artifact",
      }),
    );
    expect(both.answer.content).toBe(`seen\n\n${INSTEAD}`);
    const object = await sendBeside(draft(() => ({ saved: true })));
    expect(object.answer.content).toBe(`{"saved":true}\n\n${INSTEAD}`);
    const message = await sendBeside(
      draft(() => new ToolMessage({ content: "mine", tool_call_id: "made up" })),
    );
    expect(message.answer).toMatchObject({
      tool_call_id: "c1",
      content: `mine\n\n${INSTEAD}`,
    });
    const generator = tool(
      async function* () {
        yield "sent";
      },
      { name: "send", schema: z.object({ to: z.string() }) },
    );
    expect((await sendBeside(draft(), generator)).answer.content).toBe(
      `saved For Ann\n\n${INSTEAD}`,
    );
  });

  verifies("lc.x.hop", "does not hide that the run was given up", async () => {
    const stop = new AbortController();
    const guard = await testGuard(FALLBACKS);
    const lesser = draft(() => {
      stop.abort(new Error("given up"));
      throw new Error("stopped");
    });
    const [send] = guardTools([plain("send"), lesser], guard);
    const config = { configurable: { interlatch: guard.ticket() }, signal: stop.signal };
    await expect(send.invoke({ ...SEND, type: "tool_call" }, config)).rejects.toThrow();
  });
});

/** An agent over unguarded tools, with nothing but the middleware around them. */
function agentOver(
  guard: TestGuard,
  tools: readonly ClientTool[],
  turns: readonly ScriptedTurn[],
  middleware = policyMiddleware(guard),
) {
  const model = new ScriptedModel(turns);
  const made = createAgent({
    model,
    tools: [...tools],
    middleware: [middleware],
    checkpointer: new MemorySaver(),
  });
  const config = { configurable: { interlatch: guard.ticket(), thread_id: "t1" } };
  const invoke = () => made.invoke({ messages: [new HumanMessage("hello")] }, config);
  return { invoke, memory: model.memory };
}

function answersIn(messages: readonly unknown[]): readonly (readonly [string, string])[] {
  return messages
    .filter((message) => ToolMessage.isInstance(message))
    .map(({ tool_call_id, content }) => [tool_call_id, String(content)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

async function agentFor(turns: readonly ScriptedTurn[], options: TestGuardOptions = {}) {
  const guard = await testGuard(FALLBACKS, options);
  const ran: string[] = [];
  const tools = ["look", "send", "refund", "wipe"].map((name) => plain(name, ran));
  return { ...agentOver(guard, [...tools, draft()], turns), ran, guard };
}

describe("an agent", () => {
  verifies("lc.x.hop", "has a lesser tool of its own run, beside what else it calls", async () => {
    const { invoke, ran, memory, guard } = await agentFor([[SEND, call("look", {}, "c2")]]);
    const { messages } = await invoke();
    expect(answersIn(messages)).toEqual([
      ["c1", `saved For Ann\n\n${INSTEAD}`],
      ["c2", "look ran"],
    ]);
    expect(ran).toEqual(["look"]);
    expect(memory.seen).toHaveLength(2);
    expect(guard.audit.records.filter(({ type }) => type === "outcome")).toHaveLength(3);
  });

  verifies(
    "lc.x.hop",
    "never gets a tool of another agent that has the same middleware",
    async () => {
      const guard = await testGuard(FALLBACKS);
      const shared = policyMiddleware(guard);
      const agentWith = (owner: string) => {
        const lesser = draft((said) => `${owner}: ${said}`);
        return agentOver(guard, [plain("send"), lesser], [[{ ...SEND, id: owner }]], shared);
      };
      const [ann, bob] = [agentWith("ann"), agentWith("bob")];
      const without = agentOver(guard, [plain("send")], [[{ ...SEND, id: "none" }]], shared);
      const made = await Promise.all([ann, bob, without].map(({ invoke }) => invoke()));
      expect(made.map(({ messages }) => answersIn(messages)[0]?.[1].split("\n")[0])).toEqual([
        "ann: For Ann",
        "bob: For Ann",
        "The office is closed.",
      ]);
    },
  );

  verifies("lc.x.throw", "ends with the exception that policy and host allow", async () => {
    const wipe = [call("wipe", {}, "c1")];
    const allowed = await agentFor([wipe], { allowThrow: true });
    const thrown: unknown = await allowed.invoke().catch((error: unknown) => error);
    expect(isInterlatchError(thrown, "ERR_DENIED")).toBe(true);
    expect(allowed.ran).toEqual([]);
    const { messages } = await (await agentFor([wipe])).invoke();
    expect(answersIn(messages)).toEqual([["c1", "Never."]]);
  });

  verifies(
    "lc.x.end",
    "ends when a call was denied too often, after what else it called",
    async () => {
      const refund = (id: string) => call("refund", {}, id);
      const limits = { maxRepeatedDenials: MOST_DENIALS };
      const alone = await agentFor([[refund("c1")], [refund("c2")], [refund("c3")]], limits);
      const { messages } = await alone.invoke();
      expect(alone.memory.seen).toHaveLength(2);
      expect(answersIn(messages).map(([id]) => id)).toEqual(["c1", "c2"]);
      const turns = [[refund("c1")], [refund("c2"), call("look", {}, "c4")], [refund("c3")]];
      const beside = await agentFor(turns, limits);
      const ended = await beside.invoke();
      expect(beside.memory.seen).toHaveLength(2);
      expect(beside.ran).toEqual(["look"]);
      expect(answersIn(ended.messages).map(([id]) => id)).toEqual(["c1", "c2", "c4"]);
      // What the user says next is a new run.
      await beside.invoke();
      expect(beside.memory.seen).toHaveLength(3);
    },
  );
});
