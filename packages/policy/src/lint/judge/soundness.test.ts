import {
  ENGINE,
  type Expression,
  type Json,
  type Policy,
  prepareEvaluator,
} from "@interlatch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { implies } from "./implication.ts";
import { Judge } from "./judge.ts";
import { keyOf } from "./key.ts";
import { type Normal, normalOf } from "./normal.ts";
import type { Outcomes } from "./outcomes.ts";
import { surroundingsOf } from "./surroundings.ts";
import { verifies } from "../../../../../test/verifies.ts";

const TOOL = {
  operation: "write",
  data: "internal",
  reversible: false,
  default: "deny",
  arguments: {
    type: "object",
    properties: {
      n: { type: "integer", minimum: 0, maximum: 3 },
      share: { type: "number", exclusiveMinimum: 0, maximum: 1 },
      kind: { enum: ["a", "b", 1] },
      names: { type: "array", items: { enum: ["a", "b"] }, maxItems: 2 },
      filled: { type: "array", items: { type: "integer", minimum: 1 }, minItems: 1 },
      box: { allOf: [{ type: "object", properties: { n: { $ref: "#/$defs/small" } } }] },
      any: true,
      flag: { type: "boolean" },
    },
    required: ["n", "share", "filled"],
    $defs: { small: { type: "number", maximum: 2 } },
  },
  at: { file: "", line: 1 },
} as const;

const POLICY: Policy = {
  engine: ENGINE,
  id: "x",
  mode: "enforce",
  agents: null,
  tools: { t: TOOL },
  facts: { limit: 2, names: ["a"] },
  rules: [],
};

/** Arguments that fit the schema. */
const fitting = fc.record(
  {
    n: fc.integer({ min: 0, max: 3 }),
    share: fc.constantFrom(0.25, 0.5, 1),
    kind: fc.constantFrom("a", "b", 1),
    names: fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }),
    filled: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
    box: fc.record({ n: fc.constantFrom(-1, 0, 2) }, { requiredKeys: [] }),
    any: fc.constantFrom<Json>(null, true, 0, 2, "a", ["a"], { n: 1 }),
    flag: fc.boolean(),
  },
  { requiredKeys: ["n", "share", "filled"] },
);

const field = (of: Expression, name: string): Expression => ({ kind: "field", of, name });
const ARGUMENTS: Expression = { kind: "variable", name: "arguments" };
const literal = (value: null | boolean | number | string): Expression => ({
  kind: "literal",
  value,
});

const scalar = fc.constantFrom<null | boolean | number | string>(
  -1,
  0,
  1,
  2,
  3,
  0.5,
  "a",
  "b",
  "c",
  true,
  false,
  null,
);
const read: fc.Arbitrary<Expression> = fc.oneof(
  fc
    .constantFrom("n", "share", "kind", "names", "filled", "box", "any", "flag", "none")
    .map((name) => field(ARGUMENTS, name)),
  fc.constant(field(field(ARGUMENTS, "box"), "n")),
  fc.constant(field({ kind: "variable", name: "facts" }, "limit")),
  fc
    .constantFrom("risk", "tool", "operation", "data_type", "tenant")
    .map((name): Expression => ({ kind: "variable", name: name as "risk" })), // names of the language
  fc.constantFrom("names", "filled", "any").map((name): Expression => ({
    kind: "call",
    function: "size",
    arguments: [field(ARGUMENTS, name)],
  })),
  scalar.map(literal),
);
const operator = fc.constantFrom("==", "!=", "<", "<=", ">", ">=");

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(read, operator, scalar).map(([left, op, value]): Expression => ({
      kind: "compare",
      operator: op,
      left,
      right: literal(value),
    })),
  },
  fc.tuple(scalar, operator, read).map(([value, op, right]): Expression => ({
    kind: "compare",
    operator: op,
    left: literal(value),
    right,
  })),
  fc
    .tuple(read, operator, read)
    .map(([left, op, right]): Expression => ({ kind: "compare", operator: op, left, right })),
  fc.tuple(read, fc.array(scalar, { maxLength: 3 })).map(([left, values]): Expression => ({
    kind: "compare",
    operator: "in",
    left,
    right: { kind: "list", items: values.map(literal) },
  })),
  fc.tuple(scalar, fc.constantFrom("names", "filled", "any")).map(([value, name]): Expression => ({
    kind: "compare",
    operator: "in",
    left: literal(value),
    right: field(ARGUMENTS, name),
  })),
  fc
    .constantFrom("n", "kind", "box", "none")
    .map((name): Expression => ({ kind: "has", of: ARGUMENTS, name })),
  read,
);

const condition: fc.Arbitrary<Expression> = fc.letrec<{ condition: Expression }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthIdentifier: "condition" },
    leaf,
    fc
      .tuple(
        fc.constantFrom("and" as const, "or" as const),
        fc.array(tie("condition"), { minLength: 2, maxLength: 4 }),
      )
      .map(([kind, operands]): Expression => ({ kind, operands })),
    tie("condition").map((of): Expression => ({ kind: "not", of })),
    fc
      .tuple(tie("condition"), tie("condition"), tie("condition"))
      .map(([test, then, otherwise]): Expression => ({ kind: "if", test, then, else: otherwise })),
    fc
      .tuple(
        fc.constantFrom("all" as const, "exists" as const, "exists_one" as const),
        fc.constantFrom("names", "filled", "any", "box"),
        tie("condition"),
        operator,
        scalar,
      )
      .map(([macro, name, inner, op, value]): Expression => ({
        kind: "comprehension",
        macro,
        over: field(ARGUMENTS, name),
        as: "x",
        body: {
          kind: "and",
          operands: [
            {
              kind: "compare",
              operator: op,
              left: { kind: "local", name: "x" },
              right: literal(value),
            },
            inner,
          ],
        },
      })),
  ),
})).condition;

type Truth = keyof Outcomes;

const evaluator = await prepareEvaluator(POLICY, { anyTemplate: true });

/** What the engine makes of a condition. */
function truthOf(expression: Expression, args: Json): Truth {
  const request = evaluator.request({
    tool: "t",
    arguments: args as { readonly [name: string]: Json }, // made by `fitting`
    agent: { id: "a", roles: [] },
    user: undefined,
    tenant: undefined,
    session: "s",
    facts: POLICY.facts,
    time: 0,
    context: {},
  });
  const asked: Expression = { kind: "and", operands: [expression, literal(true)] };
  const value = evaluator.value({ kind: "expression", expression: asked }, request);
  return value === true ? "true" : value === false ? "false" : "error";
}

const RUNS = { numRuns: 3_000, seed: 20261122 };

describe("what is claimed of a condition", () => {
  verifies("lint.sound", "holds of every call", () => {
    fc.assert(
      fc.property(
        condition,
        fc.array(fitting, { minLength: 4, maxLength: 8 }),
        (expression, calls) => {
          const outcomes = new Judge(surroundingsOf(POLICY, { name: "t", policy: TOOL })).outcomes(
            expression,
          );
          for (const call of calls)
            expect(outcomes[truthOf(expression, call)], JSON.stringify(call)).toBe(true);
        },
      ),
      RUNS,
    );
  });

  it("is not empty: of some conditions something is claimed", () => {
    const conditions = fc.sample(condition, { numRuns: 500, seed: 7 });
    const claims = conditions.filter((one) => {
      const outcomes = new Judge(surroundingsOf(POLICY, { name: "t", policy: TOOL })).outcomes(one);
      return outcomes.true !== outcomes.false;
    });
    expect(claims.length).toBeGreaterThan(50);
  });

  verifies("lint.sound", "holds where one condition is said to imply another", () => {
    let implied = 0;
    const pair = fc
      .tuple(condition, condition, fc.boolean())
      .map(([a, b, isJoined]): [Expression, Expression] =>
        isJoined ? [{ kind: "and", operands: [a, b] }, b] : [a, b],
      );
    fc.assert(
      fc.property(pair, fc.array(fitting, { minLength: 4, maxLength: 8 }), ([a, b], calls) => {
        if (!implies(normalOf(a), normalOf(b))) return;
        implied++;
        for (const call of calls)
          if (truthOf(a, call) === "true") expect(truthOf(b, call)).toBe("true");
      }),
      RUNS,
    );
    expect(implied).toBeGreaterThan(100);
  });

  it("holds of the normal form and of keys: truth stays truth and an error an error", () => {
    fc.assert(
      fc.property(
        condition,
        condition,
        fitting,
        fc.boolean(),
        (expression, other, call, isTrue) => {
          const whole: Expression = isTrue ? expression : { kind: "not", of: expression };
          expect(truthOf(written(normalOf(expression, isTrue)), call)).toBe(truthOf(whole, call));
          if (keyOf(expression) === keyOf(other))
            expect(truthOf(expression, call)).toBe(truthOf(other, call));
        },
      ),
      RUNS,
    );
  });
});

/** A normal form as a condition again. */
function written(normal: Normal): Expression {
  if (normal.kind !== "atom") {
    const operands = normal.parts.map(written);
    return { kind: normal.kind === "all" ? "and" : "or", operands };
  }
  const { subject, test } = normal;
  switch (test.operator) {
    case "is":
      return test.value ? subject : { kind: "not", of: subject };
    case "in":
    case "not in": {
      const right: Expression = { kind: "list", items: test.values.map(literal) };
      const among: Expression = { kind: "compare", operator: "in", left: subject, right };
      return test.operator === "in" ? among : { kind: "not", of: among };
    }
    default:
      return {
        kind: "compare",
        operator: test.operator,
        left: subject,
        right: literal(test.value),
      };
  }
}
