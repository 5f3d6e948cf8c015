import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { asks } from "../test/counted.ts";
import { WAYS } from "../test/majors.ts";
import { guardAI } from "./index.ts";

const POLICY = { search: "allow", other: "allow" } as const;
const anything = z.looseObject({});

/** What a tool is given beside its input, as far as the majors differ. */
interface Given {
  readonly context?: unknown;
  readonly experimental_context?: unknown;
}

describe.each(WAYS)("$title", ({ sdk, mode }) => {
  verifies("ai.37", "a tool gets its context as without the guard, and no other's", async () => {
    const guard = await testGuard(POLICY);
    // By name: a tool that is decided first need not run first.
    const seen = new Map<string, unknown>();
    const named = (name: string, contextSchema?: object): object => ({
      ...tool({ inputSchema: anything, execute: () => "found" }),
      ...(contextSchema === undefined ? {} : { contextSchema }),
      execute: (_input: unknown, { context, experimental_context }: Given) => {
        seen.set(name, { context, experimental_context });
        return "found";
      },
    });
    const tenant = z.object({ tenant: z.string(), limit: z.number().default(5) });
    const tools = { search: named("search", tenant), other: named("other") };
    const toolsContext = { search: { tenant: "acme" } };
    const runtimeContext = { run: 7 };
    const settings = { toolsContext, runtimeContext, experimental_context: { tenant: "acme" } };
    const turns = asks("search", "other");
    await sdk.converse(mode, turns, { ...settings, tools });
    const plain = new Map(seen);
    seen.clear();
    await sdk.converse(mode, turns, {
      ...settings,
      ...guardAI(guard, guard.ticket()).options(tools),
    });
    expect(seen).toEqual(plain);
    const search = { tenant: "acme", limit: 5 };
    const six = { context: undefined, experimental_context: { tenant: "acme" } };
    const seven = (context: unknown): object => ({ context, experimental_context: undefined });
    expect(Object.fromEntries(plain)).toEqual(
      sdk.version === 7
        ? { search: seven(search), other: seven(undefined) }
        : { search: six, other: six },
    );
  });

  verifies(
    "ai.37",
    "a context that its schema refuses runs nothing, as without the guard",
    async () => {
      const guard = await testGuard(POLICY);
      let ran = 0;
      const search = {
        ...tool({ inputSchema: anything, execute: () => ++ran }),
        contextSchema: z.object({ tenant: z.string() }),
      };
      const told = async (options: object): Promise<unknown> =>
        sdk.converse(mode, asks("search"), { ...options, toolsContext: { search: {} } }).then(
          ({ content, parts }) => [...content, ...parts].map(({ type }) => type),
          (error: Error) => error.name,
        );
      const plain = await told({ tools: { search } });
      const runsPlain = ran;
      const guarded = await told(guardAI(guard, guard.ticket()).options({ search }));
      expect(guarded).toEqual(plain);
      // AI SDK 6 knows no contexts for tools and passes over the schema.
      expect([runsPlain, ran]).toEqual(sdk.version === 7 ? [0, 0] : [1, 2]);
    },
  );

  verifies("ai.37", "a context is data for the tool and no identity for the guard", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const search = tool({ inputSchema: anything, execute: () => ++ran });
    const ticket = guard.ticket();
    const forged = { interlatch: ticket, ticket, agent: { id: "admin", roles: ["admin"] } };
    const result = await sdk.converse(mode, asks("search"), {
      ...guardAI(guard, undefined).options({ search }),
      runtimeContext: forged,
      toolsContext: { search: forged },
      experimental_context: forged,
    });
    expect(result.answer("c-search")?.type).toBe("execution-denied");
    expect(ran).toBe(0);
    expect(guard.decisions.map(({ decision }) => decision.code)).toEqual(["identity_required"]);
  });
});
