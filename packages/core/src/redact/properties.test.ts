import fc from "fast-check";
import { describe, expect } from "vitest";
import {
  arbitraryArguments,
  arbitraryRule,
  policyWith,
} from "../../../../test/arbitrary-policy.ts";
import { verifies } from "../../../../test/verifies.ts";
import { evaluate } from "../../test/evaluation.ts";
import type { Evaluation } from "../decision/evaluator.ts";
import type { Policy, Redaction, Rule } from "../policy/ir.ts";
import { createTokens } from "./token.ts";

const RANK = { allow: 0, review: 1, deny: 2 } as const;
const tokens = createTokens(new Uint8Array(32));

function decide(policy: Policy, args: object): Promise<Evaluation> {
  return evaluate(policy, args, { tokens });
}

type Parts = Partial<Rule> & Pick<Rule, "action">;

const path = fc
  .tuple(fc.constantFrom("a", "b", "list", "__proto__"), fc.subarray(["*"]))
  .map(([name, rest]) => [name, ...rest]);
const redaction: fc.Arbitrary<Redaction> = fc.record({
  paths: fc.array(path, { minLength: 1, maxLength: 3 }),
  as: fc.constantFrom("mark", "token"),
});
/** A rule, and what it may redact. */
const pair = fc.tuple(arbitraryRule(), fc.option(redaction, { nil: undefined }));
const pairs = fc.array(pair, { maxLength: 6 });
const base = fc.constantFrom("allow" as const, "deny" as const);

function rulesOf(
  list: readonly (readonly [Parts, Redaction | undefined])[],
  whole: boolean,
): Parts[] {
  return list.map(([rule, redact], index) => ({
    ...rule,
    ...(whole && redact !== undefined ? { redact } : {}),
    name: `r${index}`,
  }));
}

const runs = { numRuns: 1_000 };

describe("redactions in any policy", () => {
  verifies("redact.16", "loosen no decision", async () => {
    let redacted = 0;
    await fc.assert(
      fc.asyncProperty(pairs, base, arbitraryArguments, async (list, effect, args) => {
        const options = { default: effect };
        const plain = await decide(policyWith(rulesOf(list, false), options), args);
        const made = await decide(policyWith(rulesOf(list, true), options), args);
        expect(RANK[made.verdict.effect]).toBeGreaterThanOrEqual(RANK[plain.verdict.effect]);
        if (made.rewrites.some(({ kind }) => kind === "redact")) redacted++;
      }),
      runs,
    );
    expect(redacted).toBeGreaterThan(20);
  });

  verifies("redact.16", "do not depend on the order of rules", async () => {
    await fc.assert(
      fc.asyncProperty(pairs, base, arbitraryArguments, async (list, effect, args) => {
        const rules = rulesOf(list, true);
        const one = await decide(policyWith(rules, { default: effect }), args);
        const other = await decide(policyWith(rules.toReversed(), { default: effect }), args);
        expect([other.verdict.code, other.arguments, other.rewrites]).toEqual([
          one.verdict.code,
          one.arguments,
          one.rewrites,
        ]);
      }),
      runs,
    );
  });

  verifies("redact.16", "leave nothing to redact behind where a call may run", async () => {
    let redacted = 0;
    await fc.assert(
      fc.asyncProperty(pairs, arbitraryArguments, async (list, args) => {
        const { verdict, arguments: effective } = await decide(
          policyWith(rulesOf(list, true), { default: "allow" }),
          args,
        );
        if (verdict.effect === "deny") return;
        const text = (value: unknown): boolean =>
          /^\[redacted(:[0-9a-f]{16})?\]$/.test(String(value));
        for (const obligation of verdict.obligations) {
          if (obligation.kind !== "redact") continue;
          for (const [, name = "", rest] of obligation.paths.map((one) => one.split("."))) {
            if (!Object.hasOwn(effective, name)) continue;
            const value = effective[name];
            // Another rule may have replaced the whole of it.
            const found = rest === undefined || !Array.isArray(value) ? [value] : value;
            for (const item of found) if (item !== null) expect(text(item)).toBe(true);
            redacted++;
          }
        }
      }),
      runs,
    );
    expect(redacted).toBeGreaterThan(20);
  });
});
