import fc from "fast-check";
import type { Expression, Policy, Rule } from "@interlatch/core";
import { argument, compare, ERRS, HOLDS, HOLDS_NOT, policyOf } from "./policies.ts";

/** Names that random arguments and conditions share. */
const NAMES = ["a", "b", "size", "list", "__proto__", "constructor"] as const;

const name = fc.constantFrom(...NAMES);
const number = fc.constantFrom(-1, 0, 1, 5, 100, 2 ** 53, 0.5);
const operator = fc.constantFrom("==", "!=", "<", "<=", ">", ">=", "in");

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom(HOLDS, HOLDS_NOT, ERRS),
  fc.tuple(name, operator, number).map(([of, op, right]) => compare(argument(of), op, right)),
  name.map((of): Expression => ({
    kind: "has",
    of: { kind: "variable", name: "arguments" },
    name: of,
  })),
  fc.tuple(name, number).map(([of, bound]): Expression => ({
    kind: "comprehension",
    macro: "exists",
    over: argument(of),
    as: "x",
    body: compare({ kind: "local", name: "x" }, ">", bound),
  })),
);

/** Conditions of a few levels: some hold, some do not, some err. */
export const arbitraryCondition: fc.Arbitrary<Expression> = fc.letrec<{ condition: Expression }>(
  (tie) => ({
    condition: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc
        .array(tie("condition"), { minLength: 2, maxLength: 3 })
        .map((operands): Expression => ({ kind: "and", operands })),
      fc
        .array(tie("condition"), { minLength: 2, maxLength: 3 })
        .map((operands): Expression => ({ kind: "or", operands })),
      tie("condition").map((of): Expression => ({ kind: "not", of })),
      fc
        .tuple(tie("condition"), tie("condition"), tie("condition"))
        .map(([test, then, otherwise]): Expression => ({
          kind: "if",
          test,
          then,
          else: otherwise,
        })),
    ),
  }),
).condition;

type RuleParts = Partial<Rule> & Pick<Rule, "action">;

/** A rule without a name; the policy names it. */
export function arbitraryRule(
  action: fc.Arbitrary<Rule["action"]> = fc.constantFrom("allow", "review", "deny"),
  { obligations = true }: { readonly obligations?: boolean } = {},
): fc.Arbitrary<RuleParts> {
  const plain = { action, when: fc.option(arbitraryCondition, { nil: undefined, freq: 6 }) };
  const bound = fc.option(fc.constantFrom(1, 5, 50), { nil: undefined, freq: 2 });
  const whole = obligations ? { ...plain, maxBatchSize: bound } : plain;
  return fc.record(whole).map((rule) => {
    // Fields that are not there must not be there as undefined.
    const fields = Object.entries(rule).filter(([, value]) => value !== undefined);
    return Object.fromEntries(fields) as unknown as RuleParts;
  });
}

/** A policy of one tool, `tool`, with these rules. */
export function policyWith(
  rules: readonly RuleParts[],
  {
    default: base = "deny",
    batch = true,
  }: { readonly default?: "allow" | "deny"; readonly batch?: boolean } = {},
): Policy {
  const tool = batch ? { default: base, batch: { argument: "size" } } : { default: base };
  return policyOf({ tools: { tool }, rules });
}

/** Arguments over the same names. */
export const arbitraryArguments: fc.Arbitrary<Record<string, unknown>> = fc
  .array(
    fc.tuple(
      name,
      fc.oneof(number, fc.constantFrom("x", "", null, true), fc.array(number, { maxLength: 8 })),
    ),
    { maxLength: 5 },
  )
  // Through JSON, so that a key `__proto__` becomes an own property.
  .map((entries): Record<string, unknown> =>
    JSON.parse(
      `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`,
    ),
  );

/**
 * The same rule where no condition asks whether an argument is there: what did is a constant. An error in the place
 * of a value can then only make a condition an error, or leave it as it is.
 */
export function withoutPresence<R extends Partial<Rule>>(rule: R): R {
  return rule.when === undefined ? rule : { ...rule, when: blind(rule.when) };
}

function blind(expression: Expression): Expression {
  switch (expression.kind) {
    case "has":
      return HOLDS;
    case "and":
    case "or":
      return { ...expression, operands: expression.operands.map(blind) };
    case "not":
      return { ...expression, of: blind(expression.of) };
    case "if":
      return {
        ...expression,
        test: blind(expression.test),
        then: blind(expression.then),
        else: blind(expression.else),
      };
    default:
      // The leaves of `arbitraryCondition` read one argument each, and ask for its presence with `has` alone.
      return expression;
  }
}
