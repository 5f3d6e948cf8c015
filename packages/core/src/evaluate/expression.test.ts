import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  and,
  callScope,
  compare,
  evaluate,
  literal,
  local,
  not,
  or,
  over,
  path,
} from "../../test/expressions.ts";
import { EXPRESSION_LIMITS, type Expression } from "../policy/expression.ts";
import { BUDGET_EXHAUSTED } from "./cost.ts";
import { compileCondition, compileExpression } from "./expression.ts";
import { EvaluationError, isError } from "./value.ts";
import { EVERY_PART } from "../../test/parts.ts";

describe("a condition", () => {
  const isLargeExport = and(
    not(compare(literal("admin"), "in", path("agent.roles"))),
    compare(path("data_type"), "==", literal("sensitive")),
    compare(path("arguments.size"), ">", literal(1000)),
  );

  it("is true, false or an error", () => {
    const condition = compileCondition(isLargeExport, EVERY_PART);
    const budget = { left: 1_000 };
    expect(condition(callScope({ size: 1001 }), budget)).toBe(true);
    expect(condition(callScope({ size: 1000 }), budget)).toBe(false);
    expect(condition(callScope({}), budget)).toBeInstanceOf(EvaluationError);
    expect(condition(callScope({ size: "1001" }), budget)).toBeInstanceOf(EvaluationError);
  });

  it("that gives no truth value is an error", () => {
    for (const value of [1, "true", null]) {
      const condition = compileCondition(literal(value), EVERY_PART);
      expect(condition(callScope({}), { left: 10 })).toBeInstanceOf(EvaluationError);
    }
  });

  it("gives the same answer each time, and keeps nothing of a call", () => {
    const condition = compileCondition(isLargeExport, EVERY_PART);
    for (let round = 0; round < 3; round++) {
      expect(condition(callScope({ size: 5 }), { left: 100 })).toBe(false);
      expect(condition(callScope({ size: 5000 }), { left: 100 })).toBe(true);
    }
  });

  it("errs in the same object each time, so that erring allocates nothing", () => {
    const condition = compileCondition(isLargeExport, EVERY_PART);
    const first = condition(callScope({}), { left: 100 });
    expect(condition(callScope({ other: 1 }), { left: 100 })).toBe(first);
  });
});

describe("the budget", () => {
  it("is charged one unit a node", () => {
    const budget = { left: 100 };
    const sum = compare(path("arguments.a.b"), "<", path("arguments.c"));
    compileExpression(sum, EVERY_PART, { shortcuts: false })(
      callScope({ a: { b: 1 }, c: 2 }),
      budget,
    );
    expect(budget.left).toBe(100 - 6);
  });

  it("is charged for texts by their length", () => {
    const budget = { left: 100_000 };
    const same = compare(path("arguments.a"), "==", path("arguments.b"));
    compileExpression(same, EVERY_PART)(
      callScope({ a: "x".repeat(64_000), b: "x".repeat(64_000) }),
      budget,
    );
    expect(100_000 - budget.left).toBeGreaterThanOrEqual(1_000);
    expect(100_000 - budget.left).toBeLessThan(1_010);
  });

  it("once spent makes everything an error, whatever would absorb it", () => {
    const budget = { left: -1 };
    for (const expression of [
      literal(true),
      or(literal(true), literal(true)),
      path("tool"),
      path("arguments.a"),
    ]) {
      expect(compileExpression(expression, EVERY_PART)(callScope({ a: 1 }), budget)).toBe(
        BUDGET_EXHAUSTED,
      );
    }
  });

  it("ends the comparing of large structures and of many texts", () => {
    const tree = Array.from({ length: 300 }, (_, index) => ({ index, list: [1, 2, 3] }));
    const same = over(
      path("arguments.l"),
      "all",
      compare(path("arguments.a"), "==", path("arguments.b")),
    );
    const scope = callScope({ l: tree, a: tree, b: structuredClone(tree) });
    expect(
      compileExpression(same, EVERY_PART)(scope, { left: EXPRESSION_LIMITS.costPerDecision }),
    ).toBe(BUDGET_EXHAUSTED);
    const long = "x".repeat(100_000);
    const texts = over(path("arguments.l"), "all", compare(local("x"), "<=", literal(long)));
    const many = callScope({ l: Array.from({ length: 200 }, () => long) });
    expect(
      compileExpression(texts, EVERY_PART)(many, { left: EXPRESSION_LIMITS.costPerDecision }),
    ).toBe(BUDGET_EXHAUSTED);
  });
});

describe("2,000 operands in a row", () => {
  it("are no deep recursion", () => {
    const operands = Array.from({ length: 1_990 }, () =>
      compare(path("arguments.n"), ">", literal(0)),
    );
    expect(evaluate(and(...operands), { n: 1 })).toBe(true);
    expect(evaluate(or(...operands), { n: 0 })).toBe(false);
  });
});

/** Arguments with everything that conditions trip over. */
const anyArguments = fc.record(
  {
    a: fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(null, true, "x", "admin", -0, "\u{1F600}"),
    ),
    b: fc.oneof(
      fc.constantFrom("x", "eu", "2026-11-22T10:00:00Z", ""),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
    list: fc.array(
      fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom("x", null), fc.constant({ n: 1 })),
      { maxLength: 12 },
    ),
    inner: fc.record(
      { n: fc.integer({ min: 0, max: 3 }), toString: fc.constant("x") },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** Random expressions that compile, most of them with kinds mixed up. */
const { any: anyExpression } = fc.letrec<{ any: Expression; leaf: Expression }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(null, true, false, 0, 1, 2, -0, 1000, "x", "eu", "n", "admin").map(literal),
    fc
      .constantFrom(
        "arguments.a",
        "arguments.b",
        "arguments.list",
        "arguments.inner",
        "arguments.inner.n",
        "arguments.inner.toString",
        "agent.roles",
        "user.id",
        "data_type",
        "tenant",
        "tool",
        "facts",
        "request.time",
        "arguments",
        "context.x",
      )
      .map(path),
  ),
  any: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    tie("leaf"),
    fc
      .tuple(
        fc.constantFrom("==", "!=", "<", "<=", ">", ">=", "in" as const),
        tie("any"),
        tie("any"),
      )
      .map(([operator, left, right]) => compare(left, operator as "==", right)),
    fc.array(tie("any"), { minLength: 2, maxLength: 4 }).map((operands) => and(...operands)),
    fc.array(tie("any"), { minLength: 2, maxLength: 4 }).map((operands) => or(...operands)),
    fc.array(tie("leaf"), { maxLength: 4 }).map((items): Expression => ({ kind: "list", items })),
    tie("any").map(not),
    fc
      .tuple(tie("any"), tie("any"), tie("any"))
      .map(([test, then, otherwise]): Expression => ({ kind: "if", test, then, else: otherwise })),
    fc
      .tuple(tie("any"), fc.constantFrom("n", "toString", "x"))
      .map(([of, name]): Expression => ({ kind: "has", of, name })),
    fc
      .tuple(tie("any"), fc.constantFrom("+", "-", "*", "/", "%" as const), tie("any"))
      .map(([left, operator, right]): Expression => ({
        kind: "arithmetic",
        operator: operator as "+",
        left,
        right,
      })),
    fc
      .tuple(
        tie("any"),
        fc.constantFrom("all", "exists", "exists_one", "filter", "map" as const),
        tie("any"),
      )
      .map(([list, macro, body]) => over(list, macro as "all", compare(local("x"), "==", body))),
    fc
      .tuple(
        fc.constantFrom("startsWith", "contains", "glob", "host", "size", "lower" as const),
        tie("any"),
        tie("any"),
      )
      .map(([name, first, second]): Expression => ({
        kind: "call",
        function: name as "size",
        arguments: ["host", "size", "lower"].includes(name) ? [first] : [first, second],
      })),
  ),
}));

describe("short cuts", () => {
  it("give what the general form gives, errors included, and charge no more", () => {
    fc.assert(
      fc.property(anyExpression, anyArguments, fc.boolean(), (expression, args, known) => {
        const scope = callScope(
          args,
          known ? {} : { dataType: undefined, tenant: "t1", user: { id: "x" } },
        );
        const [fast, slow] = [{ left: 5_000 }, { left: 5_000 }];
        const quick = compileExpression(expression, EVERY_PART)(scope, fast);
        const general = compileExpression(expression, EVERY_PART, { shortcuts: false })(
          scope,
          slow,
        );
        if (slow.left < 0) return;
        if (isError(general)) expect(isError(quick) && quick.reason).toBe(general.reason);
        else expect(quick).toEqual(general);
        expect(fast.left).toBeGreaterThanOrEqual(slow.left);
      }),
      { numRuns: 5_000 },
    );
  });

  it("end when the general form ends, or later", () => {
    fc.assert(
      fc.property(
        anyExpression,
        anyArguments,
        fc.integer({ min: 0, max: 30 }),
        (expression, args, left) => {
          const general = compileExpression(expression, EVERY_PART, { shortcuts: false });
          const quick = compileExpression(expression, EVERY_PART);
          const [slow, fast] = [{ left }, { left }];
          const expected = general(callScope(args), slow);
          const result = quick(callScope(args), fast);
          if (slow.left < 0) expect(expected).toBe(BUDGET_EXHAUSTED);
          if (fast.left < 0) expect(result).toBe(BUDGET_EXHAUSTED);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("never throw", () => {
    fc.assert(
      fc.property(anyExpression, fc.object(), (expression, args) => {
        compileExpression(expression, EVERY_PART)(callScope(args as object), { left: 2_000 });
      }),
      { numRuns: 2_000 },
    );
  });
});
