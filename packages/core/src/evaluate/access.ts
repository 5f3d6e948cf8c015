import type { Expression } from "../policy/expression.ts";
import { BUDGET_EXHAUSTED } from "./cost.ts";
import { describe } from "./describe.ts";
import type { Compilation, Node } from "./node.ts";
import { EvaluationError, isError, isList, isMap } from "./value.ts";
import type { Value, ValueMap } from "./value.ts";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;

/**
 * An own field of an object. `undefined` when it is not there: a name such as `constructor` finds nothing
 * that was not sent, and a host whose `Object.prototype` was polluted finds no more.
 */
export function ownField(object: ValueMap, name: string): Value | undefined {
  const value = object[name];
  return value === undefined || !Object.hasOwn(object, name) ? undefined : value;
}

/** The errors of reading one field, made once. */
export function fieldErrors(expression: Of<"field"> | Of<"has">): {
  readonly missing: EvaluationError;
  readonly notObject: EvaluationError;
} {
  const of = describe(expression.of);
  return {
    missing: new EvaluationError(`${of}.${expression.name} is missing`),
    notObject: new EvaluationError(`${of} is not an object`),
  };
}

/** Compiles `of.name`: an own field, or an error. */
export function compileField(expression: Of<"field">, compilation: Compilation): Node {
  const of = compilation.compile(expression.of);
  const { name } = expression;
  const { missing, notObject } = fieldErrors(expression);
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const object = of(scope, budget, frame);
    if (isError(object)) return object;
    if (!isMap(object)) return notObject;
    const value = ownField(object, name);
    return value === undefined ? missing : value;
  };
}

/** Compiles `has(of.name)`: whether the last field is there, null included; a missing parent is an error. */
export function compileHas(expression: Of<"has">, compilation: Compilation): Node {
  const of = compilation.compile(expression.of);
  const { name } = expression;
  const { notObject } = fieldErrors(expression);
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const object = of(scope, budget, frame);
    if (isError(object)) return object;
    return isMap(object) ? Object.hasOwn(object, name) : notObject;
  };
}

/** Compiles `of[at]`: an item by a whole number in range, or an own field by a text. */
export function compileIndex(expression: Of<"index">, compilation: Compilation): Node {
  const of = compilation.compile(expression.of);
  const at = compilation.compile(expression.at);
  const name = describe(expression.of);
  const missing = new EvaluationError(`${name} has nothing at this index`);
  const mismatch = new EvaluationError(`${name} cannot be indexed by this`);
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const container = of(scope, budget, frame);
    if (isError(container)) return container;
    const index = at(scope, budget, frame);
    if (isError(index)) return index;
    if (isList(container)) {
      if (typeof index !== "number") return mismatch;
      // A fraction, a negative number and one past the end find nothing.
      const item = Number.isInteger(index) ? container[index] : undefined;
      return item === undefined ? missing : item;
    }
    if (!isMap(container) || typeof index !== "string") return mismatch;
    const value = ownField(container, index);
    return value === undefined ? missing : value;
  };
}
