import { AsyncLocalStorage } from "node:async_hooks";
import { AIMessage, ToolMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import {
  DynamicStructuredTool,
  DynamicTool,
  StructuredTool,
  tool,
  ToolInputParsingException,
  type ClientTool,
} from "@langchain/core/tools";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { Command, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { call } from "../../../test/scripted-model.ts";
import { FIVE_TOOLS, toolPolicy } from "../../../test/tool-policy.ts";
import { verifies } from "../../../test/verifies.ts";
import { coverage, denialOf, guardTool, guardTools } from "./index.ts";

AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());

const schema = z.object({ order: z.number() });
const NO_REFUNDS = "Refunds are made by people.";

/** A guard, a run in which an agent is known, and a count of what ran. */
async function start(): Promise<{
  guard: TestGuard;
  run: { configurable: object };
  ran: unknown[];
}> {
  const guard = await testGuard(FIVE_TOOLS);
  return { guard, run: { configurable: { interlatch: guard.ticket() } }, ran: [] };
}

function codes(guard: TestGuard): readonly string[] {
  return guard.decisions.map(({ decision }) => decision.code);
}

/** The tool message of a denied call. */
function denied(message: unknown, id: string): void {
  expect(ToolMessage.isInstance(message)).toBe(true);
  expect(message).toMatchObject({ status: "error", tool_call_id: id, content: NO_REFUNDS });
  expect(denialOf(message)).toMatchObject({ code: "rule_denied", rule: "no_refunds" });
}

describe("each kind of tool", () => {
  verifies("lc.01", "a tool of tool() runs when allowed and not when denied", async () => {
    const { guard, run, ran } = await start();
    const make = (name: string) =>
      guardTool(
        tool(({ order }) => `${ran.push(name)}:${order}`, { name, schema }),
        guard,
      );
    expect(await make("look").invoke({ order: 7 }, run)).toBe("1:7");
    expect(await make("refund").invoke({ order: 7 }, run)).toBe(NO_REFUNDS);
    expect(ran).toEqual(["look"]);
    expect(codes(guard)).toEqual(["allowed_by_default", "rule_denied"]);
  });

  verifies("lc.02", "the argument of a text tool is judged as arguments.input", async () => {
    const guard = await testGuard(
      toolPolicy({
        say: {
          arguments: {
            type: "object",
            properties: { input: { type: "string", maxLength: 3 } },
            required: ["input"],
          },
        },
      }),
    );
    const run = { configurable: { interlatch: guard.ticket() } };
    const heard: string[] = [];
    const func = async (text: string): Promise<string> => `said ${heard.push(text)}`;
    const say = guardTool(new DynamicTool({ name: "say", description: "says", func }), guard);
    expect(await say.invoke("hey", run)).toBe("said 1");
    expect(await say.invoke(call("say", { input: "you" }, "c1"), run)).toMatchObject({
      content: "said 2",
      tool_call_id: "c1",
    });
    expect(await say.invoke("too long", run)).toContain("not permitted");
    expect(heard).toEqual(["hey", "you"]);
  });

  verifies("lc.03", "a DynamicStructuredTool is guarded", async () => {
    const { guard, run, ran } = await start();
    const func = async ({ order }: { order: number }): Promise<string> => `${ran.push(order)}`;
    const make = (name: string) =>
      guardTool(new DynamicStructuredTool({ name, description: "", schema, func }), guard);
    expect(await make("look").invoke({ order: 7 }, run)).toBe("1");
    denied(await make("refund").invoke(call("refund", { order: 8 }, "c1"), run), "c1");
    expect(ran).toEqual([7]);
  });

  class Refund extends StructuredTool {
    override name = "refund";
    description = "gives money back";
    schema = schema;
    count = 0;
    protected async _call({ order }: { order: number }): Promise<string> {
      return `order ${order}, call ${++this.count}`;
    }
  }

  verifies("lc.04", "a class of its own stays that class, and keeps its state", async () => {
    const { guard, run } = await start();
    const original = new Refund();
    const refund = guardTool(original, guard);
    expect(refund).toBeInstanceOf(Refund);
    denied(await refund.invoke(call("refund", { order: 1 }, "c1"), run), "c1");
    await guard.use({ refund: "allow" });
    await refund.invoke({ order: 1 }, run);
    expect(await refund.invoke({ order: 2 }, run)).toBe("order 2, call 2");
    expect(original.count).toBe(2);
  });

  class Counter extends Refund {
    readonly #calls: number[] = [];
    protected override async _call({ order }: { order: number }): Promise<string> {
      this.#calls.push(order);
      return this.#calls.join();
    }
  }

  verifies("lc.05", "private fields work", async () => {
    const { guard, run } = await start();
    const counter = guardTool(new Counter(), guard);
    denied(await counter.invoke(call("refund", { order: 1 }, "c1"), run), "c1");
    await guard.use({ refund: "allow" });
    await counter.invoke({ order: 1 }, run);
    expect(await counter.invoke({ order: 2 }, run)).toBe("1,2");
  });

  verifies("lc.06", "a class with private fields and an invoke of its own works", async () => {
    class Own extends Refund {
      readonly #log: unknown[] = [];
      override async invoke(input: unknown, _config?: unknown): Promise<never> {
        return `own ${this.#log.push(input)}: ${JSON.stringify(input)}` as never; // whatever it likes
      }
    }
    const { guard, run } = await start();
    const own = guardTool(new Own(), guard);
    denied(await own.invoke(call("refund", { order: 1 }, "c1"), run), "c1");
    expect(await own.batch([{ order: 1 }], run)).toEqual([NO_REFUNDS]);
    await guard.use({ refund: "allow" });
    expect(await own.invoke({ order: 2 }, run)).toBe('own 1: {"order":2}');
    expect(await own.invoke(call("refund", { order: 3 }, "c2"), run)).toContain('"id":"c2"');
    expect(codes(guard)).toEqual(["rule_denied", "rule_denied", "allowed", "allowed"]);
  });

  verifies("lc.x.call-of-its-own", "a class with a call of its own is guarded once", async () => {
    class Own extends Refund {
      readonly #prefix = "own";
      override async call(input: unknown): Promise<never> {
        return `${this.#prefix} ${JSON.stringify(input)}` as never; // whatever it likes
      }
    }
    const { guard, run } = await start();
    const own = guardTool(new Own(), guard);
    denied(await own.invoke(call("refund", { order: 1 }, "c1"), run), "c1");
    await guard.use({ refund: "allow" });
    expect(await own.invoke({ order: 2 }, run)).toBe('own {"order":2}');
    expect(codes(guard)).toEqual(["rule_denied", "allowed"]);
  });

  verifies("lc.x.ways-of-its-own", "a class's own ways in do not go round the guard", async () => {
    class Own extends Refund {
      override responseFormat = "content_and_artifact";
      override async invoke(input: unknown, _config?: unknown): Promise<never> {
        return ["own", input] as never; // whatever it likes
      }
      override async batch(inputs: unknown[], _config?: unknown): Promise<never> {
        return inputs.map(() => "went round") as never;
      }
      override async stream(_input: unknown, _config?: unknown): Promise<never> {
        return ["went round"] as never;
      }
    }
    const { guard, run } = await start();
    const own = guardTool(new Own(), guard);
    expect(await own.batch([{ order: 1 }], run)).toEqual([NO_REFUNDS]);
    expect(await collect(await own.stream({ order: 1 }, run))).toEqual([NO_REFUNDS]);
    denied(await own.invoke(call("refund", { order: 1 }, "c1"), run), "c1");
  });

  verifies(
    "lc.x.clamp-of-its-own",
    "a class with an invoke of its own gets the clamped arguments",
    async () => {
      class Export extends StructuredTool {
        override name = "export_data";
        description = "exports";
        schema = z.object({ size: z.number() });
        override async invoke(input: unknown, _config?: unknown): Promise<never> {
          return JSON.stringify(input) as never; // whatever it likes
        }
        protected async _call(): Promise<string> {
          return "";
        }
      }
      const { guard, run } = await start();
      const own = guardTool(new Export(), guard);
      expect(await own.invoke({ size: 50 }, run)).toMatch(/^{"size":10}\n\nThe policy changed/);
      expect(await own.invoke(call("export_data", { size: 50 }, "c1"), run)).toMatchObject({
        content: expect.stringContaining('"args":{"size":10}'),
      });
    },
  );

  verifies(
    "lc.07",
    "a runnable made into a tool is guarded in invoke, stream and batch",
    async () => {
      const { guard, run, ran } = await start();
      const parts = RunnableLambda.from(async function* ({ order }: { order: number }) {
        ran.push(order);
        yield "order ";
        yield String(order);
      });
      const make = (name: string) => guardTool(parts.asTool({ name, schema }), guard);
      const [look, refund] = [make("look"), make("refund")];
      expect(await look.invoke({ order: 1 }, run)).toBe("order 1");
      expect(await look.batch([{ order: 2 }, { order: 3 }], run)).toEqual(["order 2", "order 3"]);
      expect(await collect(await look.stream({ order: 4 }, run))).toEqual(["order ", "4"]);
      // A runnable tool takes calls as well; its input type does not say so.
      const asCall = call("refund", { order: 5 }, "c1") as never;
      denied(await refund.invoke(asCall, run), "c1");
      expect(await refund.invoke({ order: 6 }, run)).toBe(NO_REFUNDS);
      expect(await refund.batch([{ order: 6 }], run)).toEqual([NO_REFUNDS]);
      expect(await collect(await refund.stream({ order: 6 }, run))).toEqual([NO_REFUNDS]);
      await expect(refund.invoke(call("refund", {}, "c2") as never, run)).rejects.toThrow(
        ToolInputParsingException,
      );
      expect(ran).toEqual([1, 2, 3, 4]);
    },
  );

  verifies("lc.08", "a tool described by a JSON Schema is guarded", async () => {
    const { guard, run, ran } = await start();
    const json = {
      type: "object",
      properties: { order: { type: "number" } },
      required: ["order"],
    } as const;
    const make = (name: string) =>
      guardTool(
        tool(() => `${ran.push(name)}`, { name, schema: json }),
        guard,
      );
    expect(await make("look").invoke({ order: 1 }, run)).toBe("1");
    denied(await make("refund").invoke(call("refund", { order: 1 }, "c1"), run), "c1");
    await expect(make("look").invoke({ order: "one" }, run)).rejects.toThrow("schema");
    expect(ran).toEqual(["look"]);
  });

  verifies(
    "lc.x.server-tool",
    "a tool that the provider runs stays as it is and is reported",
    async () => {
      const { guard } = await start();
      const search = { type: "web_search_20250305", name: "web_search" };
      expect(guardTools([search], guard)).toEqual([search]);
      expect(guard.coverage()).toContainEqual(
        expect.objectContaining({ tool: "web_search", state: "out_of_reach" }),
      );
    },
  );
});

describe("each way in", () => {
  const both = async () => {
    const { guard, run, ran } = await start();
    const make = (name: string) =>
      guardTool(
        new DynamicStructuredTool({
          name,
          description: "",
          schema,
          func: async ({ order }) => `${name} ${ran.push(order)}`,
        }),
        guard,
      );
    return { guard, run, ran, look: make("look"), refund: make("refund") };
  };

  verifies("lc.09", "plain arguments give the plain result, a call gives a message", async () => {
    const { look, refund, run } = await both();
    expect(await look.invoke({ order: 1 }, run)).toBe("look 1");
    const message = await look.invoke(call("look", { order: 2 }, "c1"), run);
    expect(message).toMatchObject({ content: "look 2", tool_call_id: "c1", status: "success" });
    expect(await refund.invoke({ order: 3 }, run)).toBe(NO_REFUNDS);
    denied(await refund.invoke(call("refund", { order: 3 }, "c2"), run), "c2");
  });

  verifies("lc.10", "call() is guarded and answers under the call's id", async () => {
    const { look, refund, run, ran } = await both();
    expect(await look.call({ order: 1 }, run)).toBe("look 1");
    expect(await look.call(call("look", { order: 2 }, "c1"), run)).toMatchObject({
      tool_call_id: "c1",
    });
    denied(await refund.call(call("refund", { order: 3 }, "c2"), run), "c2");
    expect(ran).toEqual([1, 2]);
  });

  verifies("lc.11", "_call() is guarded", async () => {
    const { look, refund, run, ran } = await both();
    // Protected in the type, reachable in JavaScript.
    const enter = (one: unknown, order: number): unknown =>
      (one as { _call(...args: unknown[]): unknown })._call({ order }, undefined, run);
    expect(await enter(look, 1)).toBe("look 1");
    expect(await enter(refund, 2)).toBe(NO_REFUNDS);
    expect(ran).toEqual([1]);
  });

  verifies("lc.12", "func() is guarded, and without an identity nothing runs", async () => {
    const { look, refund, run, ran, guard } = await both();
    expect(await look.func({ order: 1 }, undefined, run)).toBe("look 1");
    expect(await refund.func({ order: 2 }, undefined, run)).toBe(NO_REFUNDS);
    expect(await look.func({ order: 3 })).toBe(
      "It is not known who acts. Do not try this call again.",
    );
    expect(ran).toEqual([1]);
    expect(codes(guard)).toEqual(["allowed_by_default", "rule_denied", "identity_required"]);
  });

  verifies(
    "lc.13",
    "in a batch one denied call leaves the others and their order alone",
    async () => {
      const guard = await testGuard(
        toolPolicy({
          look: {
            arguments: {
              type: "object",
              properties: { order: { type: "number", maximum: 2 } },
              required: ["order"],
            },
          },
        }),
      );
      const look = guardTool(
        tool(({ order }) => `order ${order}`, { name: "look", schema }),
        guard,
      );
      const run = { configurable: { interlatch: guard.ticket() } };
      expect(await look.batch([{ order: 1 }, { order: 3 }, { order: 2 }], run)).toEqual([
        "order 1",
        expect.stringContaining("not permitted"),
        "order 2",
      ]);
    },
  );

  verifies("lc.14", "stream() is guarded", async () => {
    const { look, refund, run, ran } = await both();
    expect(await collect(await look.stream({ order: 1 }, run))).toEqual(["look 1"]);
    expect(await collect(await refund.stream({ order: 2 }, run))).toEqual([NO_REFUNDS]);
    expect(ran).toEqual([1]);
  });

  verifies("lc.15", "pipe() is guarded", async () => {
    const { look, refund, run, ran } = await both();
    const loud = RunnableLambda.from((text: string) => text.toUpperCase());
    expect(await look.pipe(loud).invoke({ order: 1 }, run)).toBe("LOOK 1");
    expect(await refund.pipe(loud).invoke({ order: 2 }, run)).toBe(NO_REFUNDS.toUpperCase());
    expect(ran).toEqual([1]);
  });

  verifies("lc.16", "a denial is not retried", async () => {
    const { guard, refund, run } = await both();
    expect(await refund.withRetry({ stopAfterAttempt: 3 }).invoke({ order: 1 }, run)).toBe(
      NO_REFUNDS,
    );
    expect(codes(guard)).toEqual(["rule_denied"]);
  });

  verifies("lc.17", "a denial does not set off a fallback", async () => {
    const { refund, run, ran } = await both();
    const around = RunnableLambda.from(() => `round it ${ran.push("fallback")}`);
    expect(await refund.withFallbacks([around]).invoke({ order: 1 }, run)).toBe(NO_REFUNDS);
    expect(ran).toEqual([]);
  });

  verifies("lc.x.stream-events", "streamEvents() is guarded", async () => {
    const { refund, run, ran } = await both();
    const events = await collect(refund.streamEvents({ order: 1 }, { ...run, version: "v2" }));
    expect(events.map(({ event }) => event)).toEqual(["on_tool_start", "on_tool_end"]);
    expect(events[1]?.data.output).toBe(NO_REFUNDS);
    expect(ran).toEqual([]);
  });
});

describe("what stays", () => {
  verifies(
    "lc.18",
    "content_and_artifact works for allowed, denied and replaced calls",
    async () => {
      const { guard, run } = await start();
      const make = (name: string) =>
        guardTool(
          tool(({ order }) => [`order ${order}`, { rows: [order] }], {
            name,
            schema,
            responseFormat: "content_and_artifact",
          }),
          guard,
        );
      expect(await make("look").invoke(call("look", { order: 1 }, "c1"), run)).toMatchObject({
        content: "order 1",
        artifact: { rows: [1] },
      });
      denied(await make("refund").invoke(call("refund", { order: 1 }, "c2"), run), "c2");
      expect(await make("refund").invoke({ order: 1 }, run)).toBe(NO_REFUNDS);
      expect(await make("quote").invoke(call("quote", { order: 1 }, "c3"), run)).toMatchObject({
        status: "success",
        content: '{"price":null}',
      });
      expect(await make("quote").invoke({ order: 1 }, run)).toEqual({ price: null });
    },
  );

  const marked = (): DynamicStructuredTool =>
    new DynamicStructuredTool({
      name: "look",
      description: "looks",
      schema,
      func: async () => "",
      returnDirect: true,
      extras: { cache: true },
      metadata: { team: "shop" },
      tags: ["orders"],
      verboseParsingErrors: true,
    });

  verifies("lc.20", "extras, metadata, tags, description and all else stay", async () => {
    const { guard } = await start();
    const original = marked();
    const guarded = guardTool(original, guard);
    expect(guarded).not.toBe(original);
    for (const name of Object.keys(original) as (keyof DynamicStructuredTool)[]) {
      // `func` is where the guard stands, and `lc_kwargs` holds it.
      if (name === "func" || name === "lc_kwargs") continue;
      expect(guarded[name], name).toBe(original[name]);
    }
  });

  verifies("lc.21", "a provider is told the same of the tool", async () => {
    const { guard } = await start();
    const json = {
      type: "object",
      properties: { order: { type: "number" } },
      required: ["order"],
    } as const;
    const text = new DynamicTool({ name: "say", description: "says", func: async () => "" });
    const runnable = RunnableLambda.from((args: { order: number }) => args.order);
    const originals = [
      marked(),
      text,
      tool(() => "", { name: "look", description: "looks", schema: json }),
      runnable.asTool({ name: "look", description: "looks", schema }),
    ];
    for (const original of originals) {
      const told = convertToOpenAITool(guardTool(original as ClientTool, guard) as typeof text);
      expect(told).toEqual(convertToOpenAITool(original as typeof text));
    }
  });

  verifies("lc.22", "a command steers the graph, and a denied one does not", async () => {
    const { guard, run } = await start();
    const command = new Command({ goto: "elsewhere", update: {} });
    for (const [name, visited] of [
      ["look", ["elsewhere"]],
      ["refund", []],
    ] as const) {
      const been: string[] = [];
      const steers = guardTool(
        tool(() => command, { name, schema }),
        guard,
      );
      const graph = new StateGraph(MessagesAnnotation)
        .addNode("tools", new ToolNode([steers]), { ends: ["elsewhere"] })
        .addNode("elsewhere", () => (been.push("elsewhere"), {}))
        .addEdge(START, "tools")
        .compile();
      const asked = call(name, { order: 1 }, name);
      const said = new AIMessage({ content: "", tool_calls: [asked] });
      const { messages } = await graph.invoke({ messages: [said] }, run);
      expect(been).toEqual(visited);
      if (name === "refund") denied(messages.at(-1), name);
    }
  });

  verifies(
    "lc.24",
    "callbacks see start and end of allowed and denied calls, in order",
    async () => {
      const { guard, run } = await start();
      const events: string[] = [];
      const callbacks = [
        {
          handleToolStart: (_tool: unknown, input: string) => void events.push(`start ${input}`),
          handleToolEnd: (output: { status?: string }) => void events.push(`end ${output.status}`),
          handleToolError: () => void events.push("error"),
        },
      ];
      for (const name of ["look", "refund"]) {
        const one = guardTool(
          tool(() => "ok", { name, schema }),
          guard,
        );
        await one.invoke(call(name, { order: 1 }, name), { ...run, callbacks });
      }
      expect(events).toEqual([
        'start {"order":1}',
        "end success",
        'start {"order":1}',
        "end error",
      ]);
    },
  );

  verifies("lc.25", "what a tool throws is thrown, and the record says error", async () => {
    const { guard, run } = await start();
    const fault = new Error("broken");
    const look = guardTool(
      tool(() => Promise.reject(fault), { name: "look", schema }),
      guard,
    );
    await expect(look.invoke({ order: 1 }, run)).rejects.toBe(fault);
    expect(guard.audit.records.at(-1)).toMatchObject({ type: "outcome", outcome: "error" });
  });

  verifies(
    "lc.26",
    "the policy judges, and the tool gets, arguments after the schema",
    async () => {
      const guard = await testGuard(
        toolPolicy({
          look: {
            arguments: {
              type: "object",
              properties: { order: { type: "integer", maximum: 5 }, note: { enum: ["none"] } },
              required: ["order", "note"],
            },
          },
        }),
      );
      const run = { configurable: { interlatch: guard.ticket() } };
      const read = z.object({
        order: z.string().transform(Number),
        note: z.string().default("none"),
      });
      const got: unknown[] = [];
      const look = guardTool(
        tool((args) => `${got.push(args)}`, { name: "look", schema: read }),
        guard,
      );
      expect(await look.invoke({ order: "5" }, run)).toBe("1");
      expect(await look.invoke({ order: "6" }, run)).toContain("not permitted");
      expect(got).toEqual([{ order: 5, note: "none" }]);
    },
  );

  verifies("lc.27", "arguments that the tool's schema refuses never reach the guard", async () => {
    const { guard, run } = await start();
    const look = guardTool(
      tool(() => "", { name: "look", schema }),
      guard,
    );
    await expect(look.invoke({ order: "one" } as never, run)).rejects.toThrow(
      ToolInputParsingException,
    );
    expect(guard.decisions).toEqual([]);
    expect(guard.audit.records.filter(({ type }) => type === "call")).toEqual([]);
  });

  verifies(
    "lc.28",
    "an abort before or after the decision ends the call as the framework would",
    async () => {
      const { guard, run, ran } = await start();
      const look = guardTool(
        tool(() => `${ran.push(1)}`, { name: "look", schema }),
        guard,
      );
      const before = AbortSignal.abort(new Error("stopped"));
      await expect(look.invoke({ order: 1 }, { ...run, signal: before })).rejects.toThrow(
        "stopped",
      );
      expect(ran).toEqual([]);

      const during = new AbortController();
      const asked = await testGuard(FIVE_TOOLS, {
        onReview: () => {
          during.abort(new Error("stopped"));
          return { answer: "approve", reviewer: "ann" };
        },
      });
      const wire = guardTool(
        tool(() => `${ran.push(2)}`, { name: "wire", schema }),
        asked,
      );
      const context = { configurable: { interlatch: asked.ticket() }, signal: during.signal };
      await expect(wire.invoke({ order: 1 }, context)).rejects.toThrow("stopped");
      expect(ran).toEqual([]);
      expect(asked.audit.records.at(-1)).toMatchObject({ type: "outcome", outcome: "blocked" });
    },
  );

  verifies("lc.29", "a tool guarded twice is judged once", async () => {
    const { guard, run } = await start();
    const once = guardTool(
      tool(() => "ok", { name: "look", schema }),
      guard,
    );
    const [twice] = guardTools([once], guard);
    expect(twice).toBe(once);
    await twice.invoke({ order: 1 }, run);
    expect(guard.decisions).toHaveLength(1);
  });

  verifies(
    "lc.x.derived",
    "what is derived from a guarded tool without its guard is guarded anew",
    async () => {
      const { guard, run } = await start();
      const once = guardTool(
        tool(() => "ok", { name: "refund", schema }),
        guard,
      );
      const stripped: typeof once = Object.create(once);
      Object.defineProperty(stripped, "_call", { value: () => "went round" });
      expect(await stripped.invoke({ order: 1 }, run)).toBe("went round");
      expect(await guardTool(stripped, guard).invoke({ order: 1 }, run)).toBe(NO_REFUNDS);
    },
  );
});

describe("tools that stream", () => {
  const events = (into: unknown[]) => [
    { handleToolEvent: (part: unknown) => void into.push(part) },
  ];
  async function* parts(): AsyncGenerator<string, string> {
    yield "p1";
    yield "p2";
    return "whole";
  }

  verifies("lc.23", "parts and the result of a generator tool come through", async () => {
    const { guard, run } = await start();
    const seen: unknown[] = [];
    const wrapped = [
      guardTool(
        tool(() => parts(), { name: "look", schema }),
        guard,
      ),
      guardTool(
        new DynamicStructuredTool({ name: "look", description: "", schema, func: () => parts() }),
        guard,
      ),
    ];
    for (const [index, one] of wrapped.entries()) {
      const config = { ...run, callbacks: events(seen) };
      const message = await one.invoke(call("look", { order: 1 }, `c${index}`), config);
      expect(message).toMatchObject({ content: "whole", tool_call_id: `c${index}` });
    }
    expect(seen).toEqual(["p1", "p2", "p1", "p2"]);
    expect(guard.audit.records.filter(({ type }) => type === "outcome")).toHaveLength(2);
  });

  verifies(
    "lc.x.generator-waits",
    "they come through when the guard has to wait, and so does a denial",
    async () => {
      const answers = ["approve", "reject"] as const;
      let asked = 0;
      const guard = await testGuard(FIVE_TOOLS, {
        onReview: async () => ({ answer: answers[asked++] ?? "reject", reviewer: "ann" }),
      });
      const seen: unknown[] = [];
      const config = { configurable: { interlatch: guard.ticket() }, callbacks: events(seen) };
      const wire = guardTool(
        new DynamicStructuredTool({
          name: "wire",
          description: "",
          schema,
          func: async function* () {
            return yield* parts();
          },
        }),
        guard,
      );
      expect(await wire.invoke(call("wire", { order: 1 }, "c1"), config)).toMatchObject({
        content: "whole",
      });
      expect(seen).toEqual(["p1", "p2"]);
      expect(await wire.invoke(call("wire", { order: 2 }, "c2"), config)).toMatchObject({
        status: "error",
        tool_call_id: "c2",
        content: expect.stringContaining("rejected"),
      });
    },
  );

  verifies("lc.x.generator-fails", "a stream that breaks is recorded as an error", async () => {
    const { guard, run } = await start();
    const look = guardTool(
      tool(
        async function* () {
          yield "p1";
          throw new Error("cut");
        },
        { name: "look", schema },
      ),
      guard,
    );
    await expect(look.invoke({ order: 1 }, run)).rejects.toThrow("cut");
    expect(guard.audit.records.at(-1)).toMatchObject({ type: "outcome", outcome: "error" });
  });
});

describe("a clamped call", () => {
  const sizes = z.object({ size: z.number() });
  const note =
    "The policy changed this call before it ran: arguments.size was reduced from 50 to 10.";

  verifies("lc.x.clamp", "runs with the smaller number and says so beside its result", async () => {
    const { guard, run, ran } = await start();
    const make = (result: unknown, pair = false) =>
      guardTool(
        tool(({ size }: { size: number }) => (ran.push(size), result), {
          name: "export_data",
          schema: sizes,
          ...(pair ? { responseFormat: "content_and_artifact" } : {}),
        }),
        guard,
      );
    let id = 0;
    const ask = async (one: ReturnType<typeof make>): Promise<unknown> =>
      one.invoke(call("export_data", { size: 50 }, `c${++id}`), run);
    expect(await ask(make("rows"))).toMatchObject({
      content: `rows\n\n${note}`,
      status: "success",
    });
    expect(await ask(make({ rows: 10 }))).toMatchObject({ content: `{"rows":10}\n\n${note}` });
    expect(await ask(make([{ type: "text", text: "rows" }]))).toMatchObject({
      content: [
        { type: "text", text: "rows" },
        { type: "text", text: note },
      ],
    });
    expect(await ask(make(["rows", { all: 10 }], true))).toMatchObject({
      content: `rows\n\n${note}`,
      artifact: { all: 10 },
    });
    expect(await make("rows").invoke({ size: 50 }, run)).toBe(`rows\n\n${note}`);
    expect(await make({ rows: 10 }).invoke({ size: 50 }, run)).toEqual({ rows: 10 });
    expect(await make("rows").invoke({ size: 9 }, run)).toBe("rows");
    expect(ran).toEqual([10, 10, 10, 10, 10, 10, 9]);
  });

  verifies(
    "lc.x.clamp-stream",
    "says so in the result of a stream, and in a message the tool made itself",
    async () => {
      const { guard, run } = await start();
      const streaming = guardTool(
        tool(
          async function* () {
            yield "p1";
            return "rows";
          },
          { name: "export_data", schema: sizes },
        ),
        guard,
      );
      expect(await streaming.invoke(call("export_data", { size: 50 }, "c1"), run)).toMatchObject({
        content: `rows\n\n${note}`,
      });
      const message = new ToolMessage({ content: "rows", tool_call_id: "c2" });
      const command = { lc_direct_tool_output: true, update: { messages: [message] } };
      const steering = guardTool(
        tool(() => command, { name: "export_data", schema: sizes }),
        guard,
      );
      expect(await steering.invoke(call("export_data", { size: 50 }, "c2"), run)).toMatchObject({
        lc_direct_tool_output: true,
        update: { messages: [{ content: `rows\n\n${note}`, tool_call_id: "c2" }] },
      });
      expect(message.content).toBe("rows");
    },
  );
});

describe("who acts", () => {
  const ask = async (
    guard: TestGuard,
    options: object,
    config: object,
  ): Promise<string | undefined> => {
    const look = guardTool(
      tool(() => "ok", { name: "look", schema }),
      guard,
      options,
    );
    await look.invoke({ order: 1 }, config);
    return guard.decisions.at(-1)?.decision.code;
  };

  verifies("lc.x.identity", "what a caller can write is nobody", async () => {
    const { guard } = await start();
    const other = await testGuard(FIVE_TOOLS);
    const forged = [
      undefined,
      null,
      "admin",
      {},
      { agent: { id: "admin", roles: ["admin"] } },
      JSON.parse(JSON.stringify(guard.ticket())),
      other.ticket(),
    ];
    for (const interlatch of forged) {
      expect(await ask(guard, {}, { configurable: { interlatch } })).toBe("identity_required");
    }
    expect(await ask(guard, {}, { context: { interlatch: guard.ticket() } })).toBe(
      "identity_required",
    );
  });

  verifies(
    "lc.x.identify",
    "the host can read it from the run; the thread is then the session",
    async () => {
      const { guard } = await start();
      const identify = ({ configurable }: { configurable?: Record<string, unknown> }) =>
        configurable?.["auth"] === "ann"
          ? { agent: { id: "shop" }, user: { id: "ann" } }
          : undefined;
      const run = { configurable: { auth: "ann", thread_id: "t1" } };
      expect(await ask(guard, { identify }, run)).toBe("allowed_by_default");
      expect(guard.audit.records.findLast(({ type }) => type === "call")).toMatchObject({
        agent: "shop",
        user: "ann",
        session: "t1",
      });
      expect(await ask(guard, { identify }, { configurable: { auth: "eve" } })).toBe(
        "identity_required",
      );
      const throws = (): never => {
        throw new Error("no directory");
      };
      expect(await ask(guard, { identify: throws }, run)).toBe("identity_required");
      expect(await ask(guard, { identify: () => ({ agent: { id: "" } }) }, run)).toBe(
        "identity_required",
      );
      expect(await ask(guard, { identify: () => guard.ticket() }, run)).toBe("allowed_by_default");
      expect(await ask(guard, { ticket: guard.ticket() }, {})).toBe("allowed_by_default");
    },
  );

  verifies("lc.30", "one tool in two runs is judged for each agent", async () => {
    const { guard } = await start();
    const look = guardTool(
      tool(() => "ok", { name: "look", schema }),
      guard,
    );
    for (const id of ["a", "b"]) {
      const interlatch = guard.for({ agent: { id } });
      await look.invoke({ order: 1 }, { configurable: { interlatch } });
    }
    const agents = guard.audit.records.flatMap((one) => (one.type === "call" ? [one.agent] : []));
    expect(agents).toEqual(["a", "b"]);
  });

  verifies(
    "lc.x.nested",
    "a tool called inside another one is a call of its own, for the same agent",
    async () => {
      const { guard, run } = await start();
      const refund = guardTool(
        tool(() => "money", { name: "refund", schema }),
        guard,
      );
      const look = guardTool(
        tool(
          async (args, config) => {
            const handed: unknown = await refund.invoke(args, config);
            denied(handed, "c1");
            const ambient: unknown = await refund.func(args);
            return `${ToolMessage.isInstance(handed) ? handed.text : ""} / ${String(ambient)}`;
          },
          { name: "look", schema },
        ),
        guard,
      );
      const message = await look.invoke(call("look", { order: 1 }, "c1"), run);
      expect(message.content).toBe(`${NO_REFUNDS} / ${NO_REFUNDS}`);
      expect(codes(guard)).toEqual(["allowed_by_default", "rule_denied", "rule_denied"]);
      expect(guard.decisions.map((one) => one.call?.split(":")[0])).toEqual([
        "c1",
        "direct",
        "direct",
      ]);
    },
  );
});

describe("coverage", () => {
  verifies("lc.x.coverage", "tells for each tool whether it is enforced, and by whom", async () => {
    const [{ guard }, { guard: other }] = [await start(), await start()];
    const bare = tool(() => "", { name: "look", schema });
    const tools = [guardTool(bare, guard), guardTool(bare, other), bare, { type: "web_search" }];
    const states = (entries: readonly { state: string }[]) => entries.map(({ state }) => state);
    expect(states(coverage(tools, guard))).toEqual([
      "enforced",
      "not_wrapped",
      "not_wrapped",
      "out_of_reach",
    ]);
    expect(states(coverage(tools))).toEqual([
      "enforced",
      "enforced",
      "not_wrapped",
      "out_of_reach",
    ]);
    expect(coverage(tools, guard).map(({ tool: name, known }) => [name, known])).toEqual([
      ["look", true],
      ["look", true],
      ["look", true],
      ["web_search", false],
    ]);
  });
});

describe("ids", () => {
  verifies(
    "lc.x.direct",
    "a call by code gets an id of its own, a tool call without one is denied",
    async () => {
      const { guard, run } = await start();
      const look = guardTool(
        tool(() => "ok", { name: "look", schema }),
        guard,
      );
      await look.invoke({ order: 1 }, run);
      expect(guard.decisions[0]?.call).toMatch(/^direct:[0-9a-f-]{36}$/);
      const { id: _none, ...nameless } = call("look", { order: 1 }, "");
      expect(await look.invoke(nameless, run)).toMatchObject({ status: "error", tool_call_id: "" });
      expect(codes(guard)).toEqual(["allowed_by_default", "missing_call_id"]);
    },
  );

  it("leaves the original tool alone", async () => {
    const { guard } = await start();
    const original = tool(() => "ok", { name: "refund", schema });
    const before = Reflect.ownKeys(original);
    guardTool(original, guard);
    expect(Reflect.ownKeys(original)).toEqual(before);
    expect(await original.invoke({ order: 1 })).toBe("ok");
  });
});

async function collect<Part>(parts: AsyncIterable<Part>): Promise<Part[]> {
  const all: Part[] = [];
  for await (const part of parts) all.push(part);
  return all;
}
