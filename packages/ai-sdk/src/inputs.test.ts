import { describe, expect } from "vitest";
import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { WAYS } from "../test/majors.ts";
import { POLICY } from "../test/policy.ts";
import { guardAI } from "./index.ts";

const anything = z.looseObject({});

describe.each(WAYS)("$title", ({ sdk, mode }) => {
  const once = (name: string, input: unknown = {}) => [
    { calls: [{ id: "c1", tool: name, input }] },
  ];

  verifies("ai.29", "repaired and refined arguments are what is judged and what runs", async () => {
    const guard = await testGuard(POLICY);
    const seen: unknown[] = [];
    const export_rows = tool({
      inputSchema: z.object({ size: z.number() }),
      execute: ({ size }) => seen.push(size),
    });
    const g = guardAI(guard, guard.ticket());
    const repair = async ({ toolCall }: { toolCall: object }) => ({
      ...toolCall,
      input: '{"size":900}',
    });
    const settings = {
      ...g.options({ export_rows }),
      experimental_repairToolCall: repair,
      // Only AI SDK 7 refines.
      experimental_refineToolInput: {
        export_rows: (input: { size: number }) => ({ size: input.size + 1 }),
      },
    };
    await sdk.converse(mode, once("export_rows", '{"size":'), settings);
    expect(seen).toEqual([100]);
    const from = sdk.version === 7 ? 901 : 900;
    expect(guard.decisions[0]?.decision.rewrites).toEqual([
      { kind: "max_batch_size", path: "arguments.size", from, to: 100 },
    ]);
  });

  verifies("ai.30", "arguments that the tool's schema refuses never reach the guard", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const search = tool({ inputSchema: z.object({ q: z.string() }), execute: () => ++ran });
    const g = guardAI(guard, guard.ticket());
    const result = await sdk.converse(mode, once("search", { q: 1 }), g.options({ search }));
    expect(ran).toBe(0);
    expect(result.answer("c1")?.type).toMatch(/^error-/);
    expect(result.text).toBe("done");
    expect(recorded(guard)).toEqual([]);
  });

  verifies("ai.31", "a call cut off by the length limit is not recorded as run", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const search = tool({ inputSchema: anything, execute: () => ++ran });
    const g = guardAI(guard, guard.ticket());
    const turns = [{ calls: [{ id: "c1", tool: "search" }], finish: "length" as const }];
    await sdk.converse(mode, turns, g.options({ search }));
    expect(ran).toBe(0);
    expect(recorded(guard)).toEqual([]);
    expect(guard.status().openCalls).toBe(0);
  });

  verifies("ai.33", "an abort while the tool runs ends the call as without the guard", async () => {
    const guard = await testGuard(POLICY);
    const run = async (guarded: boolean): Promise<unknown> => {
      const controller = new AbortController();
      const search = tool({
        inputSchema: anything,
        execute: (_input, { abortSignal }) =>
          new Promise((_resolve, reject) => {
            abortSignal?.addEventListener("abort", () => reject(new Error("stopped")));
            controller.abort();
          }),
      });
      const tools = { search };
      const options = guarded ? guardAI(guard, guard.ticket()).options(tools) : { tools };
      return sdk
        .converse(mode, once("search"), { ...options, abortSignal: controller.signal })
        .then(
          ({ content }) => content,
          (error: Error) => error.name,
        );
    };
    expect(await run(true)).toEqual(await run(false));
    expect(recorded(guard)).toMatchObject([{ effect: "allow", outcome: "error" }]);
    expect(guard.status().openCalls).toBe(0);
  });

  verifies("ai.33", "a run that ended while a person was asked starts no tool", async () => {
    const controller = new AbortController();
    let asked = 0;
    const guard = await testGuard(POLICY, {
      onReview: async () => {
        asked++;
        controller.abort();
        return { answer: "approve", reviewer: "ann" };
      },
    });
    let ran = 0;
    const ask = tool({ inputSchema: anything, execute: () => ++ran });
    const g = guardAI(guard, guard.ticket());
    const settings = { ...g.options({ ask }), abortSignal: controller.signal };
    await sdk.converse(mode, once("ask"), settings).catch(() => undefined);
    // The SDK may give up on the call before the guard has told how it ended.
    await guard.flush();
    expect([asked, ran]).toEqual([1, 0]);
  });

  verifies("ai.33", "a run that was over before the call starts no tool", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const search = tool({ inputSchema: anything, execute: () => ++ran });
    const g = guardAI(guard, guard.ticket());
    const settings = { ...g.options({ search }), abortSignal: AbortSignal.abort() };
    await sdk.converse(mode, once("search"), settings).catch(() => undefined);
    expect(ran).toBe(0);
  });

  verifies(
    "ai.41",
    "names of Object.prototype are tools only where the set has them itself",
    async () => {
      const guard = await testGuard(POLICY);
      const ran: string[] = [];
      const named = (name: string): object =>
        tool({ inputSchema: anything, execute: () => `run ${ran.push(name)}` });
      const g = guardAI(guard, guard.ticket());
      const calls = ["constructor", "toString", "valueOf", "__proto__"].map((name) => ({
        id: `id-${name}`,
        tool: name,
      }));
      const own = {
        constructor: named("constructor"),
        toString: named("toString"),
        search: named("search"),
      };
      const result = await sdk.converse(mode, [{ calls }], g.options(own));
      expect(ran).toEqual(["constructor"]);
      expect(result.answer("id-constructor")).toEqual({ type: "text", value: "run 1" });
      expect(result.answer("id-toString")?.type).toBe("execution-denied");
      expect(result.answer("id-valueOf")?.type).toMatch(/^error-/);
      expect(result.answer("id-__proto__")?.type).toMatch(/^error-/);
      expect(result.text).toBe("done");
      expect(
        recorded(guard)
          .map(({ tool: name }) => name)
          .sort(),
      ).toEqual(["constructor", "toString"]);
    },
  );

  verifies("ai.28", "a tool that does not exist is answered and the run goes on", async () => {
    const guard = await testGuard(POLICY);
    const search = tool({ inputSchema: anything, execute: () => "found" });
    const g = guardAI(guard, guard.ticket());
    const calls = [
      { id: "c1", tool: "refund" },
      { id: "c2", tool: "search" },
    ];
    const result = await sdk.converse(mode, [{ calls }], g.options({ search }));
    expect(result.answer("c1")?.type).toMatch(/^error-/);
    expect(result.answer("c2")).toEqual({ type: "text", value: "found" });
    expect(result.text).toBe("done");
  });

  verifies("ai.28", "a tool that is hidden for a step is none in it, on either path", async () => {
    const guard = await testGuard(POLICY);
    const ran: string[] = [];
    const named = (name: string): object =>
      tool({ inputSchema: anything, execute: () => `run ${ran.push(name)}` });
    const g = guardAI(guard, guard.ticket());
    const tools = { search: named("search"), refund: named("refund") };
    const settings = { ...g.options(tools), activeTools: ["search"] };
    const called = (...names: string[]) =>
      names.map((name) => ({ id: `id-${name}`, tool: name, input: {} }));
    const calls = called("refund", "search");
    const result = await sdk.converse(mode, [{ calls }], settings);
    expect(result.shown).toEqual(["search"]);
    expect(ran).toEqual(["search"]);
    expect(result.answer("id-refund")?.type).toMatch(/^error-/);
    // AI SDK 6 takes these for tools of a narrowed set, which has a prototype, and ends the run. None runs.
    const inherited = called("constructor", "toString", "__proto__");
    await sdk.converse(mode, [{ calls: inherited }], settings);
    expect(recorded(guard).map(({ tool: name }) => name)).toEqual(["search"]);
  });

  verifies("ai.x.unknown", "a tool that the policy does not know is denied", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const other = tool({ inputSchema: anything, execute: () => ++ran });
    const g = guardAI(guard, guard.ticket());
    const result = await sdk.converse(mode, once("other"), g.options({ other }));
    expect(ran).toBe(0);
    expect(result.answer("c1")?.type).toBe("execution-denied");
    expect(recorded(guard).map(({ code }) => code)).toEqual(["unknown_tool"]);
  });

  verifies("ai.x.key", "a tool is judged by the name it stands under", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const search = tool({ inputSchema: anything, execute: () => ++ran });
    const g = guardAI(guard, guard.ticket());
    const result = await sdk.converse(mode, once("refund"), g.options({ refund: search }));
    expect(ran).toBe(0);
    expect(result.answer("c1")?.type).toBe("execution-denied");
  });

  verifies(
    "ai.x.mutation",
    "what a tool does to its arguments reaches neither record nor history",
    async () => {
      const guard = await testGuard(POLICY);
      const search = tool({
        inputSchema: z.object({ q: z.object({ text: z.string() }) }),
        execute: (input) => {
          input.q.text = "changed";
          return input.q.text;
        },
      });
      const g = guardAI(guard, guard.ticket());
      const turns = once("search", { q: { text: "asked" } });
      const result = await sdk.converse(mode, turns, g.options({ search }));
      expect(result.output("c1")).toBe("changed");
      expect(guard.decisions[0]?.decision.arguments).toEqual({ q: { text: "asked" } });
      expect(result.content.find(({ type }) => type === "tool-call")?.input).toEqual({
        q: { text: "asked" },
      });
    },
  );
});
