import { testGuard } from "@interlatch/core/testing";
import { dynamicTool, jsonSchema, tool, toolSearch } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { ANN } from "../test/chat.ts";
import { asks, counted } from "../test/counted.ts";
import { WAYS, type Turn } from "../test/majors.ts";
import { guardAI } from "./index.ts";

const POLICY = { find: "allow", search: "allow", refund: "deny", pay: "review" } as const;
const anything = z.looseObject({});
const finds = (id: string): Turn => ({ calls: [{ id, tool: "find", input: { query: "money" } }] });

/** Tools that the model is not shown before it has searched for them. */
function deferred(...names: string[]) {
  const ran: string[] = [];
  const tools = Object.fromEntries(
    names.map((name) => [
      name,
      tool({
        description: "moves money",
        inputSchema: anything,
        deferLoading: true,
        execute: () => `${name} ${ran.push(name)}`,
      }),
    ]),
  );
  return { ran, tools: { find: toolSearch(), ...tools } };
}

describe.each(WAYS.filter(({ sdk }) => sdk.version === 7))("$title", ({ sdk, mode }) => {
  verifies("ai.x.tool-search", "tools that a search has found are decided", async () => {
    const guard = await testGuard(POLICY);
    const { ran, tools } = deferred("search", "refund");
    const turns = [finds("c-find"), ...asks("search", "refund", "unknown")];
    const { options } = guardAI(guard, guard.ticket());
    const result = await sdk.converse(mode, turns, options(tools));
    expect([result.shown, result.shownLast]).toEqual([["find"], ["find", "search", "refund"]]);
    expect(ran).toEqual(["search"]);
    expect(result.answer("c-refund")?.type).toBe("execution-denied");
    const records = recorded(guard).map(({ tool: name, outcome }) => `${name} ${outcome}`);
    expect(records.toSorted()).toEqual(["find executed", "refund blocked", "search executed"]);
  });

  verifies(
    "ai.x.tool-search",
    "a tool that was not found yet meets no tool, nor does it run",
    async () => {
      const guard = await testGuard(POLICY);
      const { ran, tools } = deferred("search");
      const { options } = guardAI(guard, guard.ticket());
      const result = await sdk.converse(mode, asks("search"), options(tools));
      expect(result.answer("c-search")?.type).toMatch(/^error-/);
      expect(ran).toEqual([]);
    },
  );

  verifies(
    "ai.x.tool-search",
    "the search itself is decided, with or without toolApproval",
    async () => {
      const denied = { ...POLICY, find: "deny" } as const;
      for (const reviewer of [undefined, ANN]) {
        for (const isAlone of [false, true]) {
          const guard = await testGuard(denied);
          const { tools } = deferred("search");
          const g = guardAI(guard, guard.ticket(), reviewer === undefined ? {} : { reviewer });
          const settings = isAlone ? { tools: g.tools(g.tools(tools)) } : g.options(tools);
          const result = await sdk.converse(mode, [finds("c-find")], settings);
          expect(result.output("c-find")).toBeUndefined();
          expect(result.shownLast).toEqual(["find"]);
          expect(recorded(guard)).toMatchObject([{ tool: "find", outcome: "blocked" }]);
          if (!isAlone) expect(result.answer("c-find")?.type).toBe("execution-denied");
        }
      }
    },
  );

  verifies(
    "ai.x.tool-search",
    "an allowed search is recorded once where the tools stand alone",
    async () => {
      const guard = await testGuard(POLICY);
      const { tools } = deferred("search");
      const g = guardAI(guard, guard.ticket());
      const result = await sdk.converse(mode, [finds("c-find")], { tools: g.tools(tools) });
      expect(result.shownLast).toEqual(["find", "search"]);
      expect(recorded(guard)).toMatchObject([{ tool: "find", outcome: "executed" }]);
      const states = g.coverage(tools).map(({ tool: name, state }) => [name, state]);
      expect(states).toEqual([
        ["find", "out_of_reach"],
        ["search", "enforced"],
      ]);
    },
  );
});

describe.each(WAYS)("$title", ({ sdk, mode }) => {
  /** As from a server that is asked for its tools while the application runs. */
  const discovered = (ran: string[], ...names: string[]): Record<string, object> =>
    Object.fromEntries(
      names.map((name) => [
        name,
        dynamicTool({
          description: `the ${name} of a server`,
          inputSchema: jsonSchema({ type: "object", additionalProperties: true }),
          execute: () => `${name} ${ran.push(name)}`,
        }),
      ]),
    );

  verifies("ai.x.late", "tools that come while the application runs are decided", async () => {
    const guard = await testGuard(POLICY);
    const { ran, tools } = counted("search");
    const late: string[] = [];
    const g = guardAI(guard, guard.ticket());
    const set = { ...g.tools(tools) };
    const settings = {
      ...g.options(set),
      tools: set,
      prepareStep: ({ stepNumber }: { stepNumber: number }) => {
        const more = g.tools(discovered(late, "refund", "unheard_of"));
        if (stepNumber === 1) Object.assign(set, more);
        return {};
      },
    };
    const turns = [...asks("search"), ...asks("refund", "unheard_of")];
    const result = await sdk.converse(mode, turns, settings);
    expect([ran.length, late]).toEqual([1, []]);
    expect(result.answer("c-refund")?.type).toBe("execution-denied");
    expect(result.answer("c-unheard_of")?.type).toBe("execution-denied");
    expect(recorded(guard).map(({ code }) => code)).toEqual([
      "allowed",
      "rule_denied",
      "unknown_tool",
    ]);
  });

  verifies(
    "ai.x.late",
    "a bare tool beside guarded ones is reported, and decided on AI SDK 7",
    async () => {
      const guard = await testGuard(POLICY);
      const { tools } = counted("search");
      const late: string[] = [];
      const g = guardAI(guard, guard.ticket());
      const guarded = g.options(tools);
      const mixed = { ...guarded.tools, ...discovered(late, "refund") };
      expect(g.coverage(mixed).map(({ tool: name, state }) => [name, state])).toEqual([
        ["search", "enforced"],
        ["refund", "not_wrapped"],
      ]);
      await sdk.converse(mode, asks("refund"), { ...guarded, tools: mixed });
      // AI SDK 6 asks nobody about a tool that the adapter has not had in its hands.
      expect(late).toEqual(sdk.version === 7 ? [] : ["refund"]);
      await sdk.converse(mode, asks("refund"), g.options(mixed));
      expect(late).toHaveLength(sdk.version === 7 ? 0 : 1);
      expect(guard.coverage().find(({ tool: name }) => name === "refund")?.state).toBe("enforced");
    },
  );
});
