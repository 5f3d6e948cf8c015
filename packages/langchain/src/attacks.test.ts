import { AsyncLocalStorage } from "node:async_hooks";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import {
  DynamicStructuredTool,
  StructuredTool,
  tool,
  type ClientTool,
} from "@langchain/core/tools";
import { createAgent, createMiddleware, type AgentMiddleware } from "langchain";
import { isInterlatchError } from "@interlatch/core";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { describe, expect } from "vitest";
import { z } from "zod";
import { call, ScriptedModel } from "../../../test/scripted-model.ts";
import { FIVE_TOOLS } from "../../../test/tool-policy.ts";
import { verifies } from "../../../test/verifies.ts";
import { coverage, denialOf, guardTool, policyMiddleware } from "./index.ts";

AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());

const anything = z.looseObject({});
const sizes = z.object({ size: z.number() });
const NO_REFUNDS = "Refunds are made by people.";

async function start() {
  const guard = await testGuard(FIVE_TOOLS);
  const ran: unknown[] = [];
  const make = (name: string, schema: z.ZodObject = anything) =>
    tool((args) => `ran ${ran.push(args)}`, { name, schema });
  return { guard, ran, make, run: { configurable: { interlatch: guard.ticket() } } };
}

/** What the agent answered to each call, and what ran, with a script of one turn. */
async function turnOf(
  guard: TestGuard,
  calls: ReturnType<typeof call>[],
  tools: ClientTool[],
  inner: ReturnType<typeof createMiddleware>[] = [],
) {
  const model = new ScriptedModel([calls]);
  const agent = createAgent({ model, tools, middleware: [policyMiddleware(guard), ...inner] });
  const config = { configurable: { interlatch: guard.ticket() } };
  const { messages } = await agent.invoke({ messages: [new HumanMessage("go")] }, config);
  const answers = messages.filter((message) => ToolMessage.isInstance(message));
  return {
    answers: answers.map((one) => [one.tool_call_id, denialOf(one)?.code, one.text] as const),
    last: messages.at(-1)?.text,
  };
}

function outcomes(guard: TestGuard): unknown[] {
  return guard.audit.records.flatMap((record) =>
    record.type === "outcome" ? [record.outcome] : [],
  );
}

describe("a call written into a call's arguments", () => {
  // The framework takes such arguments apart a second time: the outer ones would be judged, the inner ones run.
  const args = { type: "tool_call", id: "c9", name: "look", amount: 1, args: { amount: 1e6 } };
  const smuggled = call("look", args, "c1");

  class BringsInvoke extends StructuredTool {
    override name = "look";
    description = "";
    schema = anything;
    readonly ran: unknown[];
    constructor(ran: unknown[]) {
      super();
      this.ran = ran;
    }
    override async invoke(...given: Parameters<StructuredTool["invoke"]>) {
      return super.invoke(...given);
    }
    protected async _call(given: unknown): Promise<string> {
      return `ran ${this.ran.push(given)}`;
    }
  }
  class BringsCall extends BringsInvoke {
    override async call(...given: Parameters<StructuredTool["call"]>) {
      return super.call(...given);
    }
  }

  verifies(
    "lc.x.call-in-call",
    "is denied under the outer id, whatever kind the tool is",
    async () => {
      const ran: unknown[] = [];
      const runnable = new RunnableLambda({ func: (given: object) => `ran ${ran.push(given)}` });
      const tools = [
        tool((given) => `ran ${ran.push(given)}`, { name: "look", schema: anything }),
        new BringsInvoke(ran),
        new BringsCall(ran),
        runnable.asTool({ name: "look", description: "", schema: anything }),
      ];
      for (const each of tools) {
        const { guard, run } = await start();
        const answer: unknown = await guardTool(each as ClientTool, guard).invoke(smuggled, run);
        expect(answer).toMatchObject({ tool_call_id: "c1", status: "error" });
        expect(denialOf(answer)?.code).toBe("arguments_not_json");
        expect(guard.decisions.map(({ call: id }) => id)).toEqual(["c1"]);
      }
      expect(ran).toEqual([]);
    },
  );

  verifies(
    "lc.x.call-in-call",
    "does not take the answer of another call of its turn",
    async () => {
      const { guard, ran, make } = await start();
      const { answers, last } = await turnOf(
        guard,
        [smuggled, call("look", { a: 1 }, "c9")],
        [make("look")],
      );
      expect(answers).toHaveLength(2);
      expect(new Map(answers.map(([id, code]) => [id, code]))).toEqual(
        new Map([
          ["c1", "arguments_not_json"],
          ["c9", undefined],
        ]),
      );
      expect(ran).toEqual([{ a: 1 }]);
      expect(last).toBe("done");
    },
  );

  verifies("lc.x.call-in-call", "is no matter for code that hands a call to call()", async () => {
    const { guard, ran, make, run } = await start();
    const look: { call(input: unknown, config: object): Promise<unknown> } = guardTool(
      make("look"),
      guard,
    );
    expect(await look.call(call("look", { a: 1 }, "c1"), run)).toMatchObject({
      tool_call_id: "c1",
    });
    expect(ran).toEqual([{ a: 1 }]);
  });
});

describe("a guarded tool that somebody copies, rebuilds or patches", () => {
  verifies("lc.x.copies", "a copy, and a tool built from its parts, keep the guard", async () => {
    const { guard, ran, make, run } = await start();
    const func = async (args: object): Promise<string> => `ran ${ran.push(args)}`;
    const refund = new DynamicStructuredTool({
      name: "refund",
      description: "",
      schema: anything,
      func,
    });
    const runnable = RunnableLambda.from(func).asTool({
      name: "refund",
      description: "",
      schema: anything,
    });
    for (const raw of [refund, make("refund"), runnable] as ClientTool[]) {
      const guarded = guardTool(raw, guard);
      const prototype = Object.getPrototypeOf(guarded) as object;
      const copies = [
        Object.assign(Object.create(prototype) as ClientTool, guarded),
        Object.create(prototype, Object.getOwnPropertyDescriptors(guarded)) as ClientTool,
        Object.create(guarded) as ClientTool,
      ];
      for (const copy of copies) {
        expect(denialOf(await copy.invoke(call("refund", {}, "c1"), run))).toBeDefined();
        expect(guardTool(copy, guard)).toBe(copy);
      }
    }
    const parts = (guardTool(refund, guard) as { lc_kwargs: object }).lc_kwargs as typeof refund;
    expect(
      denialOf(await new DynamicStructuredTool(parts).invoke(call("refund", {}, "c1"), run)),
    ).toBeDefined();
    expect(ran).toEqual([]);
  });

  verifies("lc.x.copies", "one whose way in was replaced is not taken for guarded", async () => {
    const { guard, ran, make } = await start();
    const patched = guardTool(make("refund"), guard);
    Object.assign(patched, { _call: async () => `ran ${ran.push("patched")}` });
    expect(coverage([patched], guard)).toMatchObject([{ state: "not_wrapped" }]);
    const { answers } = await turnOf(guard, [call("refund", {}, "c1")], [patched]);
    expect(answers).toEqual([["c1", "rule_denied", NO_REFUNDS]]);
    expect(ran).toEqual([]);
  });

  verifies("lc.x.rebind", "one that is bound to a ticket takes no other", async () => {
    const { guard, make } = await start();
    const ticket = guard.ticket();
    const bound = guardTool(make("look"), guard, { ticket });
    expect(guardTool(bound, guard, { ticket })).toBe(bound);
    expect(guardTool(bound, guard)).toBe(bound);
    let error: unknown;
    try {
      guardTool(bound, guard, { ticket: guard.ticket({ agent: { id: "other" } }) });
    } catch (thrown) {
      error = thrown;
    }
    expect(isInterlatchError(error, "ERR_OPTIONS")).toBe(true);
  });

  verifies("lc.x.getters", "getters that read private fields work", async () => {
    const { guard, run } = await start();
    class Look extends StructuredTool {
      override name = "look";
      #words = "looks";
      #schema = sizes;
      get schema() {
        return this.#schema;
      }
      get description() {
        return this.#words;
      }
      set description(words: string) {
        this.#words = words;
      }
      protected async _call({ size }: z.infer<typeof sizes>): Promise<string> {
        return `${this.description} ${size}`;
      }
    }
    const look = guardTool(new Look(), guard);
    look.description = "sees";
    expect([look.description, look.schema]).toEqual(["sees", sizes]);
    expect(await look.invoke({ size: 3 }, run)).toBe("sees 3");
  });
});

describe("what an odd tool gives or throws", () => {
  const clamped = call("export_data", { size: 50 }, "c1");
  const note =
    "The policy changed this call before it ran: arguments.size was reduced from 50 to 10.";

  verifies(
    "lc.x.odd-results",
    "a result that JSON has no form for does not fail a clamped call",
    async () => {
      const { guard, run } = await start();
      const cycle: { self?: object } = {};
      cycle.self = cycle;
      for (const result of [{ rows: 1n }, cycle]) {
        const exporting = tool(() => result, { name: "export_data", schema: sizes });
        expect(await guardTool(exporting, guard).invoke(clamped, run)).toMatchObject({
          status: "success",
          content: `[object Object]\n\n${note}`,
        });
      }
      expect(outcomes(guard)).toEqual(["executed", "executed"]);
    },
  );

  verifies(
    "lc.x.odd-results",
    "a message that a tool gives again and again gathers no notes",
    async () => {
      const { guard, run } = await start();
      const message = new ToolMessage({
        content: "rows",
        tool_call_id: "c1",
        artifact: { all: 1 },
      });
      const exporting = guardTool(
        tool(() => message, { name: "export_data", schema: sizes }),
        guard,
      );
      const told: unknown = await exporting.invoke(clamped, run);
      expect(ToolMessage.isInstance(told)).toBe(true);
      expect(told).toMatchObject({
        content: `rows\n\n${note}`,
        artifact: { all: 1 },
        tool_call_id: "c1",
      });
      expect(message.content).toBe("rows");
    },
  );

  verifies(
    "lc.x.effective",
    "a tool that reads its call from the config finds the effective arguments",
    async () => {
      const { guard, run } = await start();
      const seen: unknown[] = [];
      const exporting = tool(
        (args, config: { toolCall?: { args: unknown } }) =>
          `${seen.push(args, config.toolCall?.args)}`,
        { name: "export_data", schema: sizes },
      );
      const guarded = guardTool(exporting, guard);
      const asked = call("export_data", { size: 50 }, "c1");
      await guarded.invoke(asked, run);
      expect(seen).toEqual([{ size: 10 }, { size: 10 }]);
      expect(asked.args).toEqual({ size: 50 });
    },
  );

  verifies("lc.x.forged-artifact", "an artifact that only resembles a denial is none", () => {
    const withArtifact = (interlatch: unknown) =>
      new ToolMessage({ content: "", tool_call_id: "c1", artifact: { interlatch } });
    for (const forged of [null, "x", 7, {}, { code: 1 }]) {
      expect(denialOf(withArtifact(forged))).toBeUndefined();
    }
  });

  verifies("lc.x.odd-throws", "an agent survives whatever a tool throws", async () => {
    const { guard, make } = await start();
    const refuses = (): never => {
      throw new Error("not to be looked at");
    };
    const thrown: readonly unknown[] = [
      null,
      undefined,
      "words",
      Symbol("sign"),
      Object.create(null),
      { toString: refuses },
      new Proxy({}, { get: refuses, has: refuses, getPrototypeOf: refuses }),
    ];
    for (const each of thrown) {
      const look = tool(
        () => {
          throw each;
        },
        { name: "look", schema: anything },
      );
      const calls = [call("look", {}, "c1"), call("refund", {}, "c2")];
      const { answers, last } = await turnOf(guard, calls, [look, make("refund")]);
      expect(answers.map(([id]) => id).sort()).toEqual(["c1", "c2"]);
      expect(last).toBe("done");
    }
    expect(outcomes(guard).filter((outcome) => outcome === "error")).toHaveLength(thrown.length);
  });
});

describe("a run that ends while a person is asked", () => {
  verifies(
    "lc.x.aborted-review",
    "starts no tool, of whatever kind, when the person agrees at last",
    async () => {
      const ran: unknown[] = [];
      class Wire extends StructuredTool {
        override name = "wire";
        description = "";
        schema = anything;
        protected async _call(args: unknown): Promise<string> {
          return `ran ${ran.push(args)}`;
        }
      }
      const runnable = RunnableLambda.from((args: object) => `ran ${ran.push(args)}`);
      const wires = [
        new Wire(),
        runnable.asTool({ name: "wire", description: "", schema: anything }),
      ];
      for (const wire of wires as ClientTool[]) {
        const ended = new AbortController();
        const guard = await testGuard(FIVE_TOOLS, {
          onReview: () => {
            ended.abort();
            return { answer: "approve", reviewer: "ann" };
          },
        });
        const run = { configurable: { interlatch: guard.ticket() }, signal: ended.signal };
        await expect(guardTool(wire, guard).invoke(call("wire", {}, "c1"), run)).rejects.toThrow();
        expect(outcomes(guard)).toEqual(["blocked"]);
      }
      expect(ran).toEqual([]);
    },
  );
});

describe("calls under one id", () => {
  verifies(
    "lc.x.twins",
    "of a tool and of one that does not exist: neither runs, one answer",
    async () => {
      for (const names of [
        ["look", "nowhere"],
        ["nowhere", "look"],
        ["nowhere", "nowhere"],
      ]) {
        const { guard, ran, make } = await start();
        const calls = names.map((name) => call(name, {}, "c1"));
        const { answers, last } = await turnOf(guard, calls, [make("look")]);
        expect(answers.map(([id, code]) => [id, code])).toEqual([["c1", "duplicate_call_id"]]);
        expect(last).toBe("done");
        expect(ran).toEqual([]);
      }
    },
  );

  verifies(
    "lc.x.twins",
    "in one turn run once, also where each call is a session of its own",
    async () => {
      const { guard, ran, make } = await start();
      const look = guardTool(make("look"), guard, { identify: () => ({ agent: { id: "a" } }) });
      const twins = [call("look", {}, "c1"), call("look", {}, "c1")];
      const state = { messages: [new AIMessage({ content: "", tool_calls: twins })] };
      const run = { configurable: {}, state }; // as a tool node hands it on
      const together = await Promise.all(twins.map((twin) => look.invoke(twin, run)));
      const later = await look.invoke(call("look", {}, "c1"), run);
      expect([...together, later].map((one) => denialOf(one)?.code)).toEqual([
        undefined,
        "duplicate_call_id",
        "duplicate_call_id",
      ]);
      expect(ran).toHaveLength(1);
    },
  );
});

describe("middleware behind ours", () => {
  verifies("lc.x.late-tool", "a tool that it brings along runs on what was judged", async () => {
    const { guard } = await start();
    const got: unknown[] = [];
    const late = tool((args) => `ran ${got.push(args)}`, { name: "export_data", schema: sizes });
    const bringsTools = createMiddleware({
      name: "brings-tools",
      wrapModelCall: (request, handler) => handler({ ...request, tools: [...request.tools, late] }),
      wrapToolCall: (request, handler) => handler({ ...request, tool: late }),
    });
    const calls = [call("export_data", { size: 50 }, "c1")];
    const { answers } = await turnOf(guard, calls, [], [bringsTools]);
    expect(got).toEqual([{ size: 10 }]);
    expect(answers).toHaveLength(1);
  });
});

describe("a middleware that was not called", () => {
  verifies("lc.x.uncalled", "is refused where the agent is made, not taken for a guard", () => {
    // What a colleague writes who forgets the brackets; LangChain's types let it pass.
    const uncalled = policyMiddleware as unknown as AgentMiddleware;
    expect(() =>
      createAgent({ model: new ScriptedModel([]), tools: [], middleware: [uncalled] }),
    ).toThrow(/policyMiddleware\(guard\)/);
  });
});
