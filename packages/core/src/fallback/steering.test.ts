import { describe, expect } from "vitest";
import { argument, compare, perMinute, policyOf, says } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { EVERY_PART } from "../../test/parts.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { loadParts } from "../parts/load.ts";
import type { Fallback } from "../policy/ir.ts";
import { testGuard, type TestGuard, type TestGuardOptions } from "../testing/index.ts";
import type { Denial } from "./denial.ts";

async function guardWith(fallback: Fallback, options: TestGuardOptions = {}): Promise<TestGuard> {
  const no = { action: "deny", reason: "closed", fallback } as const;
  return testGuard(policyOf({ rules: [no], fallback: says("sorry") }), options);
}

function ask(guard: TestGuard, id = "c1", args: object = {}): unknown {
  const call = { ticket: guard.ticket(), id, tool: "tool", arguments: args };
  return guard.run(call, () => "ran");
}

describe("a route", () => {
  verifies("fallback.route", "is handed on with the policy's words", async () => {
    const guard = await guardWith({ kind: "route", route: "support" });
    expect(ask(guard)).toMatchObject({ kind: "route", route: "support", message: "sorry" });
    expect(guard.audit.records.at(-1)).toMatchObject({ outcome: "blocked", fallback: "route" });
  });
});

describe("an exception", () => {
  const stop: Fallback = { kind: "throw", message: ["No: ", { name: "reason" }] };

  verifies("fallback.throw", "is a message where the host has not allowed it", async () => {
    expect(ask(await guardWith(stop))).toMatchObject({ kind: "message", message: "No: closed" });
    expect(ask(await guardWith({ kind: "throw" }))).toMatchObject({ message: "sorry" });
  });

  verifies(
    "fallback.throw",
    "carries the denial where the host has, at once or later",
    async () => {
      const guard = await guardWith(stop, { allowThrow: true });
      const thrown = (() => {
        try {
          return ask(guard);
        } catch (error) {
          return error;
        }
      })();
      expect(isInterlatchError(thrown, "ERR_DENIED") && thrown.denial).toMatchObject({
        kind: "throw",
        message: "No: closed",
        decision: { code: "rule_denied" },
      });
      expect(guard.audit.records.at(-1)).toMatchObject({ outcome: "blocked", fallback: "throw" });
      const review = { action: "review", fallback: stop } as const;
      const late = await testGuard(policyOf({ rules: [review] }), {
        allowThrow: true,
        onReview: async () => ({ answer: "reject", reviewer: "ann" }),
      });
      await expect(ask(late)).rejects.toMatchObject({ code: "ERR_DENIED" });
      // A batch that is opened is answered whole; its caller throws.
      const call = { ticket: guard.ticket(), id: "c2", tool: "tool", arguments: {} };
      expect(guard.open([call])[0]?.denial).toMatchObject({ kind: "throw" });
    },
  );

  verifies("fallback.throw", "reaches whoever reads a stream, and nobody else", async () => {
    const review = { action: "review", fallback: stop } as const;
    const guard = await testGuard(policyOf({ rules: [review] }), {
      allowThrow: true,
      onReview: async () => ({ answer: "reject", reviewer: "ann" }),
    });
    const call = { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: {} };
    const parts = (): AsyncGenerator<unknown> =>
      guard.run(call, async function* () {
        yield "ran";
      }) as AsyncGenerator<unknown>; // a stream was given
    await expect(parts().next()).rejects.toMatchObject({ code: "ERR_DENIED" });
    // An unhandled rejection would end the process.
    parts();
    await guard.flush();
  });
});

describe("the end of a run", () => {
  const denialsOf = (guard: TestGuard, times: number, args: object = {}): (true | undefined)[] =>
    Array.from({ length: times }, (_, n) => (ask(guard, `c${n}`, args) as Denial).end);

  verifies(
    "fallback.end",
    "is said once a call was denied as often as the host lets it",
    async () => {
      const guard = await guardWith(says("no"), { maxRepeatedDenials: 2 });
      expect(guard.endsRuns).toBe(true);
      expect(denialsOf(guard, 3)).toEqual([undefined, true, true]);
      expect(denialsOf(guard, 1, { other: 1 })).toEqual([undefined]);
      const usual = await guardWith(says("no"));
      expect(usual.endsRuns).toBe(false);
      expect(denialsOf(usual, 5)).toEqual([undefined, undefined, undefined, undefined, undefined]);
      const odd = await guardWith(says("no"), { maxRepeatedDenials: Number.NaN });
      expect(denialsOf(odd, 1)).toEqual([true]);
    },
  );

  verifies("fallback.end", "is not said of a limit, which frees itself", async () => {
    const few = { action: "allow", rateLimit: perMinute(1) } as const;
    const guard = await testGuard(policyOf({ rules: [few] }), { maxRepeatedDenials: 1 });
    expect(ask(guard)).toBe("ran");
    expect(denialsOf(guard, 2)).toEqual([undefined, undefined]);
  });

  verifies(
    "fallback.end",
    "is said of each call by itself, whatever it falls back to",
    async () => {
      const value: Fallback = { kind: "value", value: { kind: "literal", value: 1 } };
      const no = { action: "deny", when: compare(argument("n"), ">", 0), fallback: value } as const;
      const guard = await testGuard(policyOf({ rules: [no] }), { maxRepeatedDenials: 2 });
      expect(denialsOf(guard, 2, { n: 1 })).toEqual([undefined, true]);
      expect(ask(guard, "c9", { n: 1 })).toMatchObject({ kind: "value", value: 1, end: true });
    },
  );
});

describe("what runs lesser tools", () => {
  verifies(
    "fallback.hop.loaded",
    "is loaded where a policy names one, and only there",
    async () => {
      const plain = policyOf({
        rules: [{ action: "deny", fallback: { kind: "route", route: "a" } }],
      });
      expect((await loadParts(plain)).hop).toBeNull();
      expect(EVERY_PART.hop).not.toBeNull();
    },
  );
});
