import fc from "fast-check";
import { describe, expect } from "vitest";
import {
  arbitraryArguments,
  arbitraryCondition,
  arbitraryRule,
  policyWith,
} from "../../../../test/arbitrary-policy.ts";
import { ERRS, HOLDS, HOLDS_NOT } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { evaluate } from "../../test/evaluation.ts";
import { isDenial } from "../fallback/denial.ts";
import type { Policy, Rule } from "../policy/ir.ts";
import { testGuard } from "../testing/index.ts";
import type { Evaluation } from "./evaluator.ts";

const RANK = { allow: 0, review: 1, deny: 2 } as const;

async function rank(policy: Policy, args: object): Promise<number> {
  return RANK[(await evaluate(policy, args)).verdict.effect];
}

/** What a caller sees of a decision, whatever the order of things. */
function seen({ verdict, arguments: effective, rewrites }: Evaluation): unknown {
  const { effect, code, rule, rules, obligations } = verdict;
  const sorted = obligations.map((one) => JSON.stringify(one)).sort();
  return {
    effect,
    code,
    rule,
    rules: rules.map(({ name, outcome }) => [name, outcome]),
    sorted,
    effective,
    rewrites,
  };
}

const rules = fc.array(arbitraryRule(), { maxLength: 6 });
const base = fc.constantFrom("allow" as const, "deny" as const);
const named = (list: readonly Partial<Rule>[]): (Partial<Rule> & Pick<Rule, "action">)[] =>
  list.map((rule, index) => ({ action: "deny", ...rule, name: `r${index}` }));
const runs = { numRuns: 400 };

describe("decisions", () => {
  verifies("core.decide.order", "do not depend on the order of rules or of arguments", async () => {
    const shuffled = rules.chain((list) => {
      const all = named(list);
      return fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }));
    });
    await fc.assert(
      fc.asyncProperty(shuffled, base, arbitraryArguments, async ([one, other], effect, args) => {
        const options = { default: effect };
        const turned = Object.fromEntries(Object.entries(args).reverse());
        const made = await evaluate(policyWith(other, options), turned);
        expect(seen(made)).toEqual(seen(await evaluate(policyWith(one, options), args)));
      }),
      runs,
    );
  });

  verifies("core.decide.deny-tightens", "are never loosened by one more deny rule", async () => {
    const one = arbitraryRule(fc.constant("deny" as const));
    await fc.assert(
      fc.asyncProperty(rules, one, base, arbitraryArguments, async (list, more, effect, args) => {
        const options = { default: effect };
        const before = await evaluate(policyWith(named(list), options), args);
        const after = await evaluate(
          policyWith([...named(list), { ...more, name: "more" }], options),
          args,
        );
        expect(RANK[after.verdict.effect]).toBeGreaterThanOrEqual(RANK[before.verdict.effect]);
        const limits = new Set(
          after.verdict.obligations.map((obligation) => JSON.stringify(obligation)),
        );
        if (after.verdict.effect === "deny") return;
        for (const kept of before.verdict.obligations)
          expect(limits).toContain(JSON.stringify(kept));
      }),
      runs,
    );
  });

  verifies(
    "core.decide.review-tightens",
    "are lifted by one more review rule to a review at most, and only where nothing forbade",
    async () => {
      const one = arbitraryRule(fc.constant("review" as const));
      await fc.assert(
        fc.asyncProperty(rules, one, base, arbitraryArguments, async (list, more, effect, args) => {
          const options = { default: effect };
          const before = await evaluate(policyWith(named(list), options), args);
          const after = await evaluate(
            policyWith([...named(list), { ...more, name: "more" }], options),
            args,
          );
          const outcome = after.verdict.rules.find(({ name }) => name === "more")?.outcome;
          if (after.verdict.effect === "allow") {
            expect(before.verdict.effect).toBe("allow");
            expect(outcome).toBe("not_matched");
          }
          if (before.verdict.effect === "deny" && after.verdict.effect !== "deny") {
            // A review is a conditional grant where no rule would allow, or where none could be judged.
            expect(["no_match", "condition_error"]).toContain(before.verdict.code);
            expect(
              before.verdict.rules.some(
                (rule) => rule.action === "deny" && rule.outcome !== "not_matched",
              ),
            ).toBe(false);
            expect(after.verdict.effect).toBe("review");
          }
          if (before.verdict.effect === "review") expect(after.verdict.effect).not.toBe("allow");
        }),
        runs,
      );
    },
  );

  verifies(
    "core.decide.error-tightens",
    "are, where a condition errs, as tight as if it held and as if it did not",
    async () => {
      const plain = fc.array(arbitraryRule(undefined, { obligations: false }), { maxLength: 5 });
      const action = fc.constantFrom("allow" as const, "review" as const, "deny" as const);
      await fc.assert(
        fc.asyncProperty(
          plain,
          action,
          base,
          arbitraryArguments,
          async (list, acts, effect, args) => {
            const options = { default: effect };
            const having = (when: typeof ERRS): Policy =>
              policyWith([...named(list), { name: "more", action: acts, when }], options);
            const erring = await rank(having(ERRS), args);
            expect(erring).toBeGreaterThanOrEqual(await rank(having(HOLDS), args));
            expect(erring).toBeGreaterThanOrEqual(await rank(having(HOLDS_NOT), args));
          },
        ),
        runs,
      );
    },
  );

  verifies(
    "core.decide.error-tightens",
    "are no looser for an error inside a condition than for both its values",
    async () => {
      const action = fc.constantFrom("allow" as const, "review" as const, "deny" as const);
      const around = fc.tuple(
        arbitraryCondition,
        fc.constantFrom("and", "or", "first", "test", "not"),
      );
      await fc.assert(
        fc.asyncProperty(
          rules,
          action,
          around,
          base,
          arbitraryArguments,
          async (list, acts, [other, how], effect, args) => {
            const options = { default: effect };
            const having = (part: typeof ERRS): Policy => {
              const when =
                how === "and"
                  ? ({ kind: "and", operands: [other, part] } as const)
                  : how === "or"
                    ? ({ kind: "or", operands: [other, part] } as const)
                    : how === "first"
                      ? ({ kind: "and", operands: [part, other] } as const)
                      : how === "test"
                        ? ({ kind: "if", test: part, then: other, else: HOLDS } as const)
                        : ({ kind: "not", of: part } as const);
              return policyWith([...named(list), { name: "more", action: acts, when }], options);
            };
            const [erring, holds, holdsNot] = [
              await rank(having(ERRS), args),
              await rank(having(HOLDS), args),
              await rank(having(HOLDS_NOT), args),
            ];
            expect(erring).toBeGreaterThanOrEqual(Math.min(holds, holdsNot));
          },
        ),
        runs,
      );
    },
  );

  verifies("core.decide.pure", "are the same again, whatever was decided in between", async () => {
    await fc.assert(
      fc.asyncProperty(
        rules,
        base,
        fc.array(arbitraryArguments, { minLength: 2, maxLength: 6 }),
        async (list, effect, many) => {
          const guard = await testGuard(policyWith(named(list), { default: effect }));
          const ask = (args: object): unknown => {
            const {
              effect: got,
              code,
              rule,
              arguments: effective,
            } = guard.decide({ ticket: guard.ticket(), id: "c", tool: "tool", arguments: args });
            return { got, code, rule, effective };
          };
          const first = many.map(ask);
          expect(many.toReversed().map(ask).toReversed()).toEqual(first);
        },
      ),
      { numRuns: 150 },
    );
  });

  verifies(
    "core.decide.total",
    "are made for any policy and any arguments, and nothing throws",
    async () => {
      const anything = fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withObjectString: true,
        withSparseArray: true,
        withTypedArray: true,
      });
      await fc.assert(
        fc.asyncProperty(
          rules,
          base,
          fc.oneof(arbitraryArguments, anything),
          async (list, effect, args) => {
            const policy = policyWith(named(list), { default: effect });
            const guard = await testGuard(policy, {
              onReview: () => ({ answer: "approve", reviewer: "ann" }),
            });
            const call = { ticket: guard.ticket(), id: "c", tool: "tool", arguments: args };
            const previewed = guard.decide(call);
            let ran = 0;
            const result = await guard.run(call, () => ++ran);
            expect(isDenial(result)).toBe(previewed.effect === "deny");
            expect(ran).toBe(previewed.effect === "deny" ? 0 : 1);
            expect(guard.audit.records.filter(({ type }) => type === "outcome")).toHaveLength(1);
          },
        ),
        runs,
      );
    },
  );

  verifies(
    "promise.3",
    "are never loosened by order, one more deny, or an error, for any policy",
    async () => {
      const one = arbitraryRule(fc.constant("deny" as const));
      await fc.assert(
        fc.asyncProperty(rules, one, arbitraryArguments, async (list, more, args) => {
          const before = await rank(policyWith(named(list)), args);
          const after = await rank(
            policyWith([...named(list), { ...more, when: ERRS, name: "more" }].toReversed()),
            args,
          );
          expect(after).toBeGreaterThanOrEqual(before);
          expect(after).toBe(RANK.deny);
        }),
        { numRuns: 100 },
      );
    },
  );
});
