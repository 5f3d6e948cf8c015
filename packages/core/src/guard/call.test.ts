import { describe, expect, it } from "vitest";
import { argument, compare, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { isDenial } from "../fallback/denial.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import type { CallInput } from "./guard.ts";

/** Runs a call and says what came of it and what the tool got. */
async function attempt(guard: TestGuard, call: Partial<CallInput>): Promise<Attempt> {
  const got: unknown[] = [];
  const input = { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: {}, ...call };
  const result = await guard.run(input, (args: unknown) => {
    got.push(args);
    return "ran";
  });
  return { code: isDenial(result) ? result.decision.code : result, got };
}
/** A ticket whose denials nobody counted yet: the fourth denial of one call says `repeated`. */
function anew(guard: TestGuard): { readonly ticket: CallInput["ticket"] } {
  return { ticket: guard.ticket({ session: crypto.randomUUID() }) };
}

interface Attempt {
  readonly code: string;
  readonly got: readonly unknown[];
}

const allowed = policyOf({ rules: [{ action: "allow" }] });

describe("a call's id", () => {
  verifies("core.call.missing-id", "is demanded", async () => {
    const guard = await testGuard(allowed);
    for (const id of [undefined, "", null, 7, {}]) {
      // What a framework hands over is not always what its types say.
      const made = await attempt(guard, { ...anew(guard), id: id as string | undefined });
      expect(made).toEqual({ code: "missing_call_id", got: [] });
    }
  });

  verifies(
    "core.call.duplicate-id",
    "that stands twice in a batch denies every call with it",
    async () => {
      const guard = await testGuard({ a: "allow", b: "allow" });
      const ticket = guard.ticket();
      const opened = guard.open([
        { ticket, id: "x", tool: "a", arguments: {} },
        { ticket, id: "y", tool: "a", arguments: {} },
        { ticket, id: "x", tool: "b", arguments: {} },
      ]);
      expect(opened.map(({ decision }) => decision.code)).toEqual([
        "duplicate_call_id",
        "allowed",
        "duplicate_call_id",
      ]);
      expect(opened.map(({ denial }) => denial !== undefined)).toEqual([true, false, true]);
    },
  );

  verifies(
    "core.call.duplicate-id",
    "runs once in a batch, also when the first is done",
    async () => {
      const guard = await testGuard(allowed);
      const batch = {};
      expect(await attempt(guard, { id: "x", batch })).toEqual({ code: "ran", got: [{}] });
      expect(await attempt(guard, { id: "x", batch })).toEqual({
        code: "duplicate_call_id",
        got: [],
      });
      expect(await attempt(guard, { id: "y", batch })).toEqual({ code: "ran", got: [{}] });
      expect(await attempt(guard, { id: "x", batch: {} })).toEqual({ code: "ran", got: [{}] });
    },
  );

  it("may come again in the same batch when its tool failed: frameworks retry", async () => {
    const guard = await testGuard(allowed);
    const batch = {};
    const call = { ticket: guard.ticket(), id: "x", tool: "tool", arguments: {}, batch };
    expect(() =>
      guard.run(call, () => {
        throw new Error("broken");
      }),
    ).toThrow("broken");
    expect(await attempt(guard, call)).toEqual({ code: "ran", got: [{}] });
  });

  verifies(
    "core.call.id-in-use",
    "is taken while its call is under way, and free after",
    async () => {
      const guard = await testGuard(allowed);
      const call = { ticket: guard.ticket(), id: "x", tool: "tool", arguments: {} };
      let finish = (): void => undefined;
      const first = guard.run(
        call,
        () => new Promise<string>((done) => (finish = () => done("one"))),
      );
      expect(guard.status().openCalls).toBe(1);
      expect(await attempt(guard, { id: "x" })).toEqual({ code: "duplicate_call_id", got: [] });
      const elsewhere = guard.ticket({ session: "other" });
      expect(await attempt(guard, { id: "x", ticket: elsewhere })).toEqual({
        code: "ran",
        got: [{}],
      });
      finish();
      expect(await first).toBe("one");
      expect(guard.status().openCalls).toBe(0);
      expect(await attempt(guard, { id: "x" })).toEqual({ code: "ran", got: [{}] });
    },
  );

  it("cannot be written so that two sessions share it", async () => {
    const guard = await testGuard(allowed);
    let inner: Attempt | undefined;
    const outer = {
      ticket: guard.ticket({ session: 's","x' }),
      id: "y",
      tool: "tool",
      arguments: {},
    };
    await guard.run(outer, async () => {
      inner = await attempt(guard, { ticket: guard.ticket({ session: "s" }), id: 'x","y' });
    });
    expect(inner?.code).toBe("ran");
  });
});

describe("a tool's name", () => {
  const names = [
    "Tool",
    "tool ",
    " tool",
    "tool\u200b",
    "t\u043eol",
    "\uff54ool",
    "tool\0",
    "tool\n",
    "",
  ];
  verifies("core.call.unknown-tool", "is matched exactly", async () => {
    const guard = await testGuard(allowed);
    expect((await attempt(guard, {})).code).toBe("ran");
    for (const tool of [...names, "x".repeat(129), "other"]) {
      const made = await attempt(guard, { tool });
      expect(made.got).toEqual([]);
      expect(["unknown_tool", "tool_name_invalid"]).toContain(made.code);
    }
  });

  verifies("core.call.prototype-tool", "is never found on a prototype", async () => {
    const guard = await testGuard(allowed);
    const members = [
      ...Object.getOwnPropertyNames(Object.prototype),
      "prototype",
      "length",
      "then",
    ];
    for (const tool of members) {
      expect(await attempt(guard, { tool })).toEqual({ code: "unknown_tool", got: [] });
    }
  });

  it("may be that of a member of Object.prototype where the policy names it", async () => {
    const guard = await testGuard(
      policyOf({ tools: { constructor: {}, toString: {} }, rules: [{ action: "allow" }] }),
    );
    expect((await attempt(guard, { tool: "constructor" })).code).toBe("ran");
    expect((await attempt(guard, { tool: "valueOf" })).code).toBe("unknown_tool");
  });

  it("that is no text is no tool", async () => {
    const guard = await testGuard(allowed);
    const tool = { toString: () => "tool" };
    // What a framework hands over is not always what its types say.
    const made = await attempt(guard, { tool: tool as unknown as string });
    expect(made).toEqual({ code: "tool_name_invalid", got: [] });
  });
});

describe("arguments", () => {
  verifies("core.call.prototype-key", "keep a key __proto__ or constructor as data", async () => {
    const admin = compare({ kind: "field", of: argument("__proto__"), name: "admin" }, "==", true);
    const guard = await testGuard(
      policyOf({
        rules: [
          { action: "allow" },
          { action: "deny", name: "sees-it", when: admin },
          {
            action: "deny",
            name: "inherits",
            when: { kind: "has", of: { kind: "variable", name: "arguments" }, name: "toString" },
          },
        ],
      }),
    );
    const seen = await attempt(guard, { arguments: JSON.parse('{"__proto__":{"admin":true}}') });
    expect(seen).toEqual({ code: "rule_denied", got: [] });
    expect(guard.decisions[0]?.decision.rule).toBe("sees-it");
    const harmless = '{"__proto__":{"admin":false},"constructor":1}';
    const made = await attempt(guard, { arguments: JSON.parse(harmless) });
    expect(made.code).toBe("ran");
    expect(JSON.stringify(made.got[0])).toBe(harmless);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  verifies("core.call.not-a-number", "that are not JSON are denied", async () => {
    const guard = await testGuard(allowed);
    for (const value of [Number.NaN, Infinity, -Infinity, () => 1, Symbol("s"), new Map()]) {
      const made = await attempt(guard, { ...anew(guard), arguments: { value } });
      expect(made).toEqual({ code: "arguments_not_json", got: [] });
    }
  });

  verifies("core.call.unsafe-integer", "beyond 2^53-1 are no integers and else data", async () => {
    const guard = await testGuard(
      policyOf({
        tools: {
          tool: { arguments: { type: "object", properties: { n: { type: "integer" } } } },
          free: {},
        },
        rules: [{ action: "allow" }],
      }),
    );
    const beyond = JSON.parse("9007199254740993"); // 2^53 + 1, as a model writes it
    expect((await attempt(guard, { arguments: { n: 2 ** 53 - 1 } })).code).toBe("ran");
    expect((await attempt(guard, { arguments: { n: beyond } })).code).toBe("invalid_arguments");
    expect((await attempt(guard, { arguments: { n: -beyond } })).code).toBe("invalid_arguments");
    const made = await attempt(guard, { tool: "free", arguments: { n: beyond } });
    expect(made).toEqual({ code: "ran", got: [{ n: 2 ** 53 }] });
  });

  verifies("core.call.cyclic", "that are cyclic are denied", async () => {
    const guard = await testGuard(allowed);
    const cyclic: unknown[] = [];
    cyclic.push({ cyclic });
    const made = await attempt(guard, { arguments: { cyclic } });
    expect(made).toEqual({ code: "arguments_too_large", got: [] });
  });

  verifies(
    "core.call.too-large",
    "of 10 MB, 100 levels or too many values are denied",
    async () => {
      const guard = await testGuard(allowed);
      let deep: object = {};
      for (let level = 0; level < 100; level++) deep = { deep };
      const many = Array.from({ length: 100_001 }, () => 0);
      for (const value of ["x".repeat(10_000_000), deep, many]) {
        const made = await attempt(guard, { ...anew(guard), arguments: { value } });
        expect(made).toEqual({ code: "arguments_too_large", got: [] });
      }
    },
  );

  verifies("core.call.no-object", "that are no object are denied", async () => {
    const guard = await testGuard(allowed);
    for (const args of ["{}", 1, true, null, undefined, [], [{}], new Date(0), () => ({})]) {
      const made = await attempt(guard, { ...anew(guard), arguments: args });
      expect(made).toEqual({ code: "arguments_not_json", got: [] });
    }
  });

  const tenAtMost = policyOf({
    rules: [{ action: "allow", when: compare(argument("amount"), "<=", 10) }],
  });

  verifies(
    "core.call.getter",
    "cannot show one value to the rules and another to the tool",
    async () => {
      const guard = await testGuard(tenAtMost);
      let reads = 0;
      const getter = {
        get amount() {
          return ++reads === 1 ? 5 : 5000;
        },
      };
      expect(await attempt(guard, { arguments: getter })).toEqual({
        code: "ran",
        got: [{ amount: 5 }],
      });
      let asked = 0;
      const proxy = new Proxy({ amount: 0 }, { get: () => (++asked === 1 ? 5 : 5000) });
      expect(await attempt(guard, { arguments: proxy })).toEqual({
        code: "ran",
        got: [{ amount: 5 }],
      });
    },
  );

  verifies(
    "core.call.throwing-getter",
    "that throw when read are denied and do not throw",
    async () => {
      const guard = await testGuard(allowed);
      const getter = {
        get amount(): number {
          throw new RangeError("boom");
        },
      };
      const proxy = new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error("boom");
          },
        },
      );
      for (const args of [getter, { proxy }]) {
        const made = await attempt(guard, { arguments: args });
        expect(made).toEqual({ code: "arguments_not_json", got: [] });
      }
    },
  );

  verifies(
    "core.call.mutated",
    "changed after the call was handed over change nothing",
    async () => {
      const asked: unknown[] = [];
      const args = { amount: 5, list: [1] };
      const guard = await testGuard(
        policyOf({ rules: [{ action: "review", when: compare(argument("amount"), "<=", 10) }] }),
        {
          onReview: async (request) => {
            args.amount = 5000;
            args.list.push(2);
            await Promise.resolve();
            asked.push(request.arguments);
            return { answer: "approve", reviewer: "ann" };
          },
        },
      );
      const made = await attempt(guard, { arguments: args });
      expect(made).toEqual({ code: "ran", got: [{ amount: 5, list: [1] }] });
      expect(asked).toEqual([{ amount: 5, list: [1] }]);
      expect(guard.decisions[0]?.decision.arguments).toEqual({ amount: 5, list: [1] });
    },
  );

  verifies(
    "core.copy.isolated",
    "that the tool changes stay as they were everywhere else",
    async () => {
      const guard = await testGuard(tenAtMost);
      const args = { amount: 5, inner: { list: [1] } };
      const input = { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: args };
      await guard.run(input, (got: typeof args) => {
        got.amount = 5000;
        got.inner.list.push(9);
      });
      expect(args).toEqual({ amount: 5, inner: { list: [1] } });
      expect(guard.decisions[0]?.decision.arguments).toEqual(args);
      expect(await attempt(guard, { arguments: args })).toEqual({ code: "ran", got: [args] });
    },
  );
});
