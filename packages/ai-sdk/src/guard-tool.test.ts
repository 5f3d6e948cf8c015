import { describe, expect, expectTypeOf } from "vitest";
import { isInterlatchError } from "@interlatch/core";
import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import * as six from "ai6";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { MAJORS } from "../test/majors.ts";
import { POLICY } from "../test/policy.ts";
import { guardAI } from "./index.ts";

const anything = z.looseObject({});

describe("a guarded tool", () => {
  verifies(
    "ai.x.copy",
    "keeps prototype, symbols and hidden members, and leaves the original alone",
    async () => {
      const guard = await testGuard(POLICY);
      const marker = Symbol("marker");
      class Kind {}
      const original = Object.freeze(
        Object.defineProperties(Object.create(Kind.prototype) as object, {
          inputSchema: { value: anything, enumerable: true },
          description: { get: () => "finds things", enumerable: true },
          execute: { value: () => "found", enumerable: true },
          experimental_toolCaller: { value: { type: "local" } },
          [marker]: { value: 1 },
        }),
      );
      const before = Object.getOwnPropertyDescriptors(original);
      const { search } = guardAI(guard, guard.ticket()).tools({ search: original });
      expect(search).toBeInstanceOf(Kind);
      expect(search).toMatchObject({ description: "finds things", inputSchema: anything });
      expect(Object.getOwnPropertyDescriptor(search, "experimental_toolCaller")).toEqual(
        before.experimental_toolCaller,
      );
      expect(Object.getOwnPropertyDescriptor(search, marker)).toMatchObject({ value: 1 });
      expect(Object.getOwnPropertyDescriptors(original)).toEqual(before);
    },
  );

  verifies("ai.42", "literal tool names and input types survive on both majors", async () => {
    const guard = await testGuard(POLICY);
    const g = guardAI(guard, guard.ticket());
    const inputSchema = z.object({ q: z.string() });
    const seven = { search: tool({ inputSchema, execute: ({ q }) => q.length }) };
    const older = { search: six.tool({ inputSchema, execute: ({ q }) => q.length }) };
    // What the types say is checked by the compiler, here and in `guard-ai.test-d.ts`.
    expectTypeOf(g.options(seven).tools).toEqualTypeOf(seven);
    expectTypeOf(g.tools(older)).toEqualTypeOf(older);
    for (const tools of [g.options(seven).tools, g.tools(older)]) {
      expect(Object.keys(tools)).toEqual(["search"]);
      expect(tools.search.inputSchema).toBe(inputSchema);
      expect(Object.keys(tools.search)).toEqual(["inputSchema", "execute", "toModelOutput"]);
    }
  });

  verifies("ai.x.double", "guarded twice is guarded once", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const search = tool({ inputSchema: anything, execute: () => ++ran });
    const ticket = guard.ticket();
    const once = guardAI(guard, ticket).tools({ search });
    const twice = guardAI(guard, ticket).tools(once);
    expect(twice.search).toBe(once.search);
    for (const sdk of MAJORS) {
      const turns = [{ calls: [{ id: `c${sdk.version}`, tool: "search" }] }];
      await sdk.converse("generate", turns, guardAI(guard, ticket).options(twice));
    }
    expect(ran).toBe(2);
    expect(recorded(guard).map(({ outcome }) => outcome)).toEqual(["executed", "executed"]);
  });

  verifies(
    "ai.x.clone",
    "a spread copy stays guarded, and one with another execute is not taken for it",
    async () => {
      const guard = await testGuard(POLICY);
      let ran = 0;
      const refund = tool({ inputSchema: anything, execute: () => ++ran });
      const g = guardAI(guard, guard.ticket());
      const clone = { ...g.tools({ refund }).refund };
      const swapped = { ...clone, execute: () => ++ran };
      for (const sdk of MAJORS) {
        for (const each of [clone, swapped]) {
          const turns = [{ calls: [{ id: "c1", tool: "refund" }] }];
          await sdk.converse("generate", turns, g.options({ refund: each }));
        }
      }
      expect(ran).toBe(0);
      expect(recorded(guard)).toHaveLength(4);
    },
  );

  verifies(
    "ai.x.rebind",
    "the same guard with another ticket, or another name, is refused at once",
    async () => {
      const guard = await testGuard(POLICY);
      const search = tool({ inputSchema: anything, execute: () => "found" });
      const guarded = guardAI(guard, guard.ticket()).tools({ search });
      const ticket = guard.ticket({ agent: { id: "other" } });
      const refused = (attempt: () => unknown): boolean => {
        try {
          attempt();
          return false;
        } catch (error) {
          return isInterlatchError(error, "ERR_OPTIONS");
        }
      };
      expect(refused(() => guardAI(guard, ticket).tools(guarded))).toBe(true);
      expect(refused(() => guardAI(guard, ticket).tools({ refund: guarded.search }))).toBe(true);
    },
  );

  verifies("ai.x.two-guards", "two guards both have to allow", async () => {
    const strict = await testGuard({ search: "allow", refund: "deny", both: "allow" });
    const mild = await testGuard({ search: "deny", refund: "allow", both: "allow" });
    const ran: string[] = [];
    const named = (name: string): object =>
      tool({ inputSchema: anything, execute: () => ran.push(name) });
    const tools = { search: named("search"), refund: named("refund"), both: named("both") };
    const inner = guardAI(strict, strict.ticket());
    const outer = guardAI(mild, mild.ticket());
    for (const sdk of MAJORS) {
      const calls = Object.keys(tools).map((name) => ({ id: `${name}${sdk.version}`, tool: name }));
      const settings = outer.options(inner.tools(tools));
      const result = await sdk.converse("generate", [{ calls }], settings);
      expect(result.answers.map(({ tool: name, output }) => [name, output.type])).toEqual([
        ["search", "execution-denied"],
        ["refund", "execution-denied"],
        ["both", "json"],
      ]);
    }
    expect(ran).toEqual(["both", "both"]);
  });

  verifies("ai.x.direct", "code that calls the tool itself is decided too", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const search = tool({ inputSchema: anything, execute: () => ++ran });
    const { search: guarded } = guardAI(guard, guard.ticket()).tools({ search });
    const execute = guarded.execute as (input: unknown, options?: unknown) => unknown; // as untyped code sees it
    expect(execute({})).toMatchObject({ "@interlatch/denied": { code: "missing_call_id" } });
    expect(execute({}, { toolCallId: "c1" })).toBe(1);
    expect(execute(1, { toolCallId: "c2", messages: 5 })).toMatchObject({
      "@interlatch/denied": { code: "arguments_not_json" },
    });
    expect(ran).toBe(1);
  });

  verifies(
    "ai.x.coverage",
    "the guard knows which tools are enforced and why the others are not",
    async () => {
      const guard = await testGuard(POLICY);
      const g = guardAI(guard, guard.ticket());
      const tools = {
        search: tool({ inputSchema: anything, execute: () => "found" }),
        confirm: { inputSchema: anything },
        web: { type: "provider", id: "acme.web", args: {}, inputSchema: anything },
        browser: {
          type: "provider",
          id: "acme.browser",
          args: {},
          isProviderExecuted: false,
          inputSchema: anything,
        },
      };
      expect(g.coverage(tools).map(({ tool: name, state }) => [name, state])).toEqual([
        ["search", "enforced"],
        ["confirm", "out_of_reach"],
        ["web", "hidden"],
        ["browser", "out_of_reach"],
      ]);
      const whole = new Map(guard.coverage().map((entry) => [entry.tool, entry]));
      expect(whole.get("search")).toMatchObject({ state: "enforced", known: true });
      expect(whole.get("web")).toMatchObject({ state: "hidden", known: false });
      expect(whole.get("refund")).toMatchObject({ state: "not_wrapped", known: true });
      g.tools({ refund: tools.search });
      expect(guard.coverage().find(({ tool: name }) => name === "refund")?.state).toBe("enforced");
    },
  );
});
