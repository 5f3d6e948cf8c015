import { guardAI } from "@interlatch/ai-sdk";
import {
  memoryRollback,
  verifyAudit,
  type AuditSink,
  type Expression,
  type GuardOptions,
  type Policy,
} from "@interlatch/core";
import { testGuard } from "@interlatch/core/testing";
import { guardTool } from "@interlatch/langchain";
import { RunnableLambda } from "@langchain/core/runnables";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { ADAPTERS } from "./adapters/all.ts";
import { toolsOf } from "./adapters/langchain-parts.ts";
import { attempt, guardOf } from "./evasions/evasion.ts";
import { argument, compare, ERRS, perMinute, policyOf } from "./policies.ts";
import { BEGIN, guardOver, instant, makeSigning } from "./signed.ts";
import { knownFailure, vectorReport } from "./suites/vectors.ts";
import { verifies } from "./verifies.ts";

describe("nothing runs undecided", () => {
  for (const adapter of ADAPTERS) {
    verifies(
      "promise.1",
      `through ${adapter.name}: a tool runs only where the guard decided so`,
      async () => {
        const guard = await testGuard({ open: "allow", shut: "deny", asked: "review" });
        const ran: string[] = [];
        const tools = ["open", "shut", "asked", "unknown"].map((name) => ({
          name,
          execute: () => {
            ran.push(name);
            return "ran";
          },
        }));
        const calls = tools.map(({ name }) => ({ id: name, tool: name, arguments: {} }));
        await adapter.converse({ guard, ticket: guard.ticket(), tools, calls });
        expect(ran).toEqual(["open"]);
        const allowed = guard.decisions.filter(({ decision }) => decision.effect === "allow");
        expect(allowed.map(({ tool }) => tool)).toEqual(["open"]);
        await adapter.converse({ guard, ticket: undefined, tools, calls });
        expect(ran).toEqual(["open"]);
      },
    );
  }

  verifies("promise.1", "by a LangChain tool's own methods", async () => {
    const guard = await testGuard({ shut: "deny" });
    let ran = 0;
    const [plain] = toolsOf([{ name: "shut", execute: () => ++ran }]);
    if (plain === undefined) throw new Error("no tool");
    const tool = guardTool(plain, guard);
    const config = { configurable: { interlatch: guard.ticket() } };
    const toolCall = { type: "tool_call", id: "c1", name: "shut", args: {} } as const;
    const whole = { ...config, toolCall };
    await tool.invoke({}, config);
    await tool.invoke(toolCall, config);
    await tool.call({}, config);
    // Protected in the types; a caller in plain JavaScript reaches it.
    const bare = tool as unknown as { _call(args: object, _: undefined, config: object): unknown };
    await bare._call({}, undefined, whole);
    await tool.func({}, undefined, whole);
    await tool.batch([{}, {}], config);
    await tool.pipe(RunnableLambda.from((given: unknown) => given)).invoke({}, config);
    await tool.withRetry().invoke({}, config);
    for await (const part of await tool.stream({}, config)) expect(part).toBeDefined();
    for await (const event of tool.streamEvents({}, { ...config, version: "v2" }))
      expect(event).toBeDefined();
    expect(ran).toBe(0);
    expect(guard.decisions.every(({ decision }) => decision.effect === "deny")).toBe(true);
    expect(guard.decisions.length).toBeGreaterThanOrEqual(11);
  });

  verifies("promise.1", "by an AI SDK tool's own execute", async () => {
    const guard = await testGuard({ shut: "deny" });
    let ran = 0;
    const bare = { shut: { inputSchema: {}, execute: () => ++ran } };
    const { shut } = guardAI(guard, guard.ticket()).tools(bare) as {
      shut: { execute: (input: unknown, options: object) => unknown };
    }; // as the SDK calls it
    await shut.execute({}, { toolCallId: "c1", messages: [] });
    expect(ran).toBe(0);
    expect(guard.decisions.map(({ decision }) => decision.code)).toEqual(["rule_denied"]);
  });
});

describe("what cannot be judged is denied", () => {
  const down = (): never => {
    throw new Error("down");
  };
  const sink: AuditSink = {
    durable: true,
    append: down,
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const open: Policy = policyOf({ id: "p", tools: { tool: { default: "allow" } } });
  const expired = { clock: () => BEGIN + 30 * 86_400_000 };
  const table: readonly (readonly [string, Policy, Partial<GuardOptions>, string])[] = [
    ["no rule matches", policyOf({}), {}, "no_match"],
    ["an unknown tool", policyOf({ tools: { other: {} } }), {}, "unknown_tool"],
    ["an unknown agent", policyOf({ agents: {} }), {}, "unknown_agent"],
    [
      "a failing condition",
      policyOf({ rules: [{ action: "deny", when: ERRS }, { action: "allow" }] }),
      {},
      "condition_error",
    ],
    [
      "a failing condition of a review",
      policyOf({ rules: [{ action: "review", when: ERRS }] }),
      {},
      "condition_error",
    ],
    [
      "a review that nobody answers",
      policyOf({ rules: [{ action: "review" }] }),
      {},
      "review_unavailable",
    ],
    [
      "an obligation that cannot be met",
      policyOf({ rules: [{ action: "allow", maxBatchSize: 1 }] }),
      {},
      "obligation_failed",
    ],
    [
      "a failing store",
      policyOf({ rules: [{ action: "allow", rateLimit: perMinute(1) }] }),
      { stores: { limits: { reserve: down, peek: down } } },
      "store_unavailable",
    ],
    ["a failing log", open, { audit: sink }, "audit_unavailable"],
  ];
  for (const [what, policy, options, code] of table) {
    verifies("promise.2", `for ${what}: ${code}`, async () => {
      const { bundle, trust } = await makeSigning();
      const { guard } = await guardOver(await bundle(policy), trust, options);
      expect(await attempt(guard, "tool", {})).toEqual({ code, got: [] });
    });
  }

  verifies(
    "promise.2",
    "for a bundle that ended, is missing, or asks for what this engine cannot do",
    async () => {
      const { bundle, trust } = await makeSigning();
      let now = BEGIN;
      const { guard } = await guardOver(await bundle(open), trust, { clock: () => now });
      expect((await attempt(guard, "tool", {})).code).toBe("ran");
      now = expired.clock();
      expect(await attempt(guard, "tool", {})).toEqual({ code: "bundle_expired", got: [] });
      const missing = { name: "far", read: () => Promise.reject(new Error("no route")) };
      expect(await attempt((await guardOver(missing, trust)).guard, "tool", {})).toEqual({
        code: "no_bundle",
        got: [],
      });
      const unknown = {
        ...open,
        rules: [{ ...policyOf({ rules: [{ action: "allow" }] }).rules[0], pixelate: true }],
      };
      // Signed by the right key, and asking for an obligation that nobody knows.
      await expect(
        guardOver(await bundle(unknown as unknown as Policy), trust),
      ).rejects.toMatchObject({
        code: "ERR_BUNDLE_POLICY",
      });
    },
  );

  for (const adapter of ADAPTERS) {
    verifies("promise.2", `and never ends the run of ${adapter.name}`, async () => {
      const guard = await testGuard(
        policyOf({ tools: { tool: {} }, rules: [{ action: "deny", when: ERRS }] }),
      );
      const tools = [{ name: "tool", execute: () => "ran" }];
      const calls = [{ id: "c1", tool: "tool", arguments: {} }];
      const answers = await adapter.converse({ guard, ticket: guard.ticket(), tools, calls });
      expect(answers.map(({ id }) => id)).toEqual(["c1"]);
    });
  }
});

describe("the same call gets the same decision", () => {
  for (const adapter of ADAPTERS) {
    // Every other vector is replayed by the kit, as `adapter.vectors`.
    verifies("promise.3", `in ${adapter.name}: the vectors of combining`, async () => {
      const { passed, files } = await vectorReport("combining", adapter);
      const failures = files.flatMap((file) =>
        file.failures.filter((one) => knownFailure(one) === undefined),
      );
      expect(failures).toEqual([]);
      expect(passed).toBeGreaterThan(40);
    });
  }
});

describe("what was judged is what runs", () => {
  for (const adapter of ADAPTERS) {
    verifies("promise.4", `through ${adapter.name}, whatever the arguments`, async () => {
      const json = fc
        .dictionary(fc.constantFrom("a", "b", "size", "constructor", "é"), fc.jsonValue(), {
          maxKeys: 4,
        })
        // The AI SDK itself refuses such keys; `core.call.prototype-key` has them.
        .filter((given) => !/"(?:__proto__|prototype)"/.test(JSON.stringify(given)));
      await fc.assert(
        fc.asyncProperty(json, async (given) => {
          const args = JSON.parse(JSON.stringify(given));
          const guard = await testGuard({ tool: "allow" });
          const got: unknown[] = [];
          const execute = (taken: unknown): string => {
            got.push(taken);
            return "ran";
          };
          const calls = [{ id: "c1", tool: "tool", arguments: args }];
          await adapter.converse({
            guard,
            ticket: guard.ticket(),
            tools: [{ name: "tool", execute }],
            calls,
          });
          const [decided] = guard.decisions;
          // A name that the framework itself refuses reaches neither the guard nor the tool.
          if (decided === undefined) return expect(got).toEqual([]);
          expect(decided.decision.arguments).toEqual(args);
          expect(got).toEqual([args]);
        }),
        { numRuns: 25 },
      );
    });
  }

  verifies(
    "promise.4",
    "after a rewrite too: shown, recorded and run are the smaller number",
    async () => {
      const shown: unknown[] = [];
      const policy = policyOf({
        tools: { tool: { batch: { argument: "size" } } },
        rules: [{ action: "review", maxBatchSize: 5, when: compare(argument("size"), ">", 0) }],
      });
      const { bundle, trust } = await makeSigning();
      const { guard, audit } = await guardOver(await bundle(policy), trust, {
        onReview: (request) => {
          shown.push(request.arguments);
          return { answer: "approve", reviewer: "ann" };
        },
      });
      const { got } = await attempt(guard, "tool", { size: 5_000, when: new Date(0) });
      expect(got).toEqual([{ size: 5, when: new Date(0) }]);
      expect(shown).toEqual([{ size: 5, when: "1970-01-01T00:00:00.000Z" }]);
      const rewrites = audit.records.flatMap((one) => (one.type === "call" ? one.rewrites : []));
      expect(rewrites).toEqual([
        { kind: "max_batch_size", path: "arguments.size", from: 5_000, to: 5 },
      ]);
    },
  );
});

describe("every call leaves its records", () => {
  for (const adapter of ADAPTERS) {
    verifies(
      "promise.6",
      `through ${adapter.name}: one before, one after, in a log that verifies`,
      async () => {
        const guard = await testGuard({ open: "allow", shut: "deny" });
        const tools = ["open", "shut"].map((name) => ({ name, execute: () => "ran" }));
        const calls = tools.map(({ name }) => ({ id: name, tool: name, arguments: {} }));
        await adapter.converse({ guard, ticket: guard.ticket(), tools, calls });
        expect(verifyAudit(guard.audit.lines())).toMatchObject({
          fault: null,
          calls: 2,
          outcomes: 2,
        });
      },
    );
  }
});

describe("only signed bundles load", () => {
  verifies("promise.7", "never unsigned, older, ended, or made for another place", async () => {
    const { bundle, document, trust } = await makeSigning();
    const policy = policyOf({ id: "p" });
    const good = await bundle(policy, { version: 2 });
    const rollback = memoryRollback();
    await guardOver(good, trust, { rollback });
    const refused: readonly (readonly [string, string, Partial<GuardOptions>])[] = [
      [JSON.stringify(policy), "ERR_BUNDLE_FORMAT", {}],
      [JSON.stringify({ ...JSON.parse(good), signatures: [] }), "ERR_BUNDLE_SIGNATURE", {}],
      [await (await makeSigning()).bundle(policy, { version: 9 }), "ERR_BUNDLE_SIGNATURE", {}],
      [await document("status", policy), "ERR_BUNDLE_TYPE", {}],
      [await bundle(policy, { version: 1 }), "ERR_BUNDLE_ROLLBACK", {}],
      [
        await bundle(policy, { version: 3, expires: instant(BEGIN + 1_000) }),
        "ERR_BUNDLE_EXPIRED",
        {},
      ],
      [good, "ERR_BUNDLE_AUDIENCE", { audience: "prod" }],
      [good, "ERR_BUNDLE_STREAM", { id: "other" }],
    ];
    for (const [text, code, options] of refused) {
      await expect(guardOver(text, trust, { rollback, ...options })).rejects.toMatchObject({
        code,
      });
    }
    await expect(guardOver(good, trust, { rollback })).resolves.toBeDefined();
  });
});

describe("no bundle can hang the process", () => {
  const list = {
    kind: "field",
    of: { kind: "variable", name: "arguments" },
    name: "list",
  } as const;
  const each = (as: string, body: Expression): Expression => ({
    kind: "comprehension",
    macro: "all",
    over: list,
    as,
    body,
  });
  const held = compare({ kind: "local", name: "w" }, "!=", "nothing in the list");

  verifies(
    "promise.8",
    "not by comprehensions in comprehensions: the steps are counted",
    async () => {
      const deep = each("x", each("y", each("z", each("w", held))));
      const { bundle, trust } = await makeSigning();
      const policy = policyOf({
        id: "p",
        rules: [
          { action: "allow", when: deep },
          { action: "deny", when: deep },
        ],
      });
      const { guard } = await guardOver(await bundle(policy), trust);
      const made = await attempt(guard, "tool", {
        list: Array.from({ length: 10_000 }, (_, n) => `${n}`),
      });
      expect(made).toEqual({ code: "budget_exhausted", got: [] });
    },
  );

  verifies("promise.8", "not by texts that double: what is built is bounded", async () => {
    let doubled: Expression = argument("text");
    for (let level = 0; level < 40; level++) {
      doubled = { kind: "arithmetic", operator: "+", left: doubled, right: argument("text") };
    }
    const size: Expression = { kind: "call", function: "size", arguments: [doubled] };
    const { bundle, trust } = await makeSigning();
    const policy = policyOf({ id: "p", rules: [{ action: "allow", when: compare(size, ">", 0) }] });
    const { guard } = await guardOver(await bundle(policy), trust);
    expect((await attempt(guard, "tool", { text: "ab" })).code).toBe("ran");
    const made = await attempt(guard, "tool", { text: "x".repeat(1_000_000) });
    expect(["budget_exhausted", "no_match"]).toContain(made.code);
  });

  verifies(
    "promise.8",
    "not by a pattern: it runs in linear time, and a large one does not build",
    async () => {
      const { guard } = await guardOf(`
tools: { tool: { operation: write, resources: none } }
rules: [{ name: r, tool: tool, when: 'arguments.text.matches("^(a+)+$")', action: allow }]
`);
      expect((await attempt(guard, "tool", { text: "a".repeat(8_000) })).code).toBe("ran");
      expect((await attempt(guard, "tool", { text: `${"a".repeat(8_000)}!` })).code).toBe(
        "no_match",
      );
    },
  );
});
