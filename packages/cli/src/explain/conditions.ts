import { childrenOf } from "@interlatch/policy";
import type { Expression, Json } from "@interlatch/core";
import type { Trace, TracedValue } from "@interlatch/core/testing";
import { writeExpression } from "./write-expression.ts";

/** A condition or a part of one, and what became of it for one call. */
export interface ConditionValue {
  readonly text: string;
  readonly value: Truth;
  /** Why it could not be judged, where it could not. */
  readonly reason?: string;
  /** Whether the decision got as far: `false && x` does not look at `x`. */
  readonly reached: boolean;
  /** The conditions it is made of, where it is made of some. */
  readonly parts: readonly ConditionValue[];
  /** What it reads, where it reads something: `arguments.size` and its value. */
  readonly reads: readonly { readonly text: string; readonly value: Json }[];
  /** What it said of each item, where it goes through a list, up to the one that settled it. */
  readonly items: readonly { readonly item: Json; readonly value: Truth }[];
}

/** What became of a condition. */
export type Truth = boolean | "error";

/** Takes a condition apart at `&&`, `||`, `!` and `?:`, down to what compares something. */
export function valuesOf(condition: Expression, trace: Trace): ConditionValue {
  const reached = new Set<Expression>();
  trace.observe(condition, (part) => reached.add(part));
  const take = (one: Expression): ConditionValue => {
    const parts = conditionsIn(one).map(take);
    const value = trace.value(one);
    return {
      text: writeExpression(one),
      value: truthOf(value),
      ...(value.kind === "error" ? { reason: value.reason } : {}),
      reached: reached.has(one),
      parts,
      reads: parts.length > 0 ? [] : readsOf(one, trace),
      items: itemsOf(one, trace),
    };
  };
  return take(condition);
}

function truthOf(value: TracedValue): Truth {
  return value.kind === "value" && typeof value.value === "boolean" ? value.value : "error";
}

/** The conditions that a condition is made of. */
function conditionsIn(one: Expression): readonly Expression[] {
  return ["and", "or", "not", "if"].includes(one.kind) ? childrenOf(one) : [];
}

/** The items that `all`, `exists` or `exists_one` looked at, each with what the condition on it came to. */
function itemsOf(one: Expression, trace: Trace): ConditionValue["items"] {
  if (one.kind !== "comprehension" || one.macro === "map" || one.macro === "filter") return [];
  const over = trace.value(one.over);
  if (over.kind === "error" || typeof over.value !== "object" || over.value === null) return [];
  const items: readonly Json[] = Array.isArray(over.value) ? over.value : Object.keys(over.value);
  const values: Truth[] = [];
  trace.observe(one, (part, value) => {
    if (part === one.body) values.push(truthOf(value));
  });
  return values.map((value, index) => ({ item: items[index] ?? null, value }));
}

function readsOf(condition: Expression, trace: Trace): ConditionValue["reads"] {
  const paths = new Map(pathsIn(condition).map((path) => [writeExpression(path), path]));
  const reads: { text: string; value: Json }[] = [];
  for (const [text, path] of paths) {
    const value = trace.value(path);
    if (value.kind === "value") reads.push({ text, value: value.value });
  }
  return reads;
}

/** The longest chains of fields that begin at a variable. What a comprehension binds has a value for each item, so none here. */
function pathsIn(one: Expression): readonly Expression[] {
  return isPath(one) ? [one] : childrenOf(one).flatMap(pathsIn);
}

function isPath(one: Expression): boolean {
  return one.kind === "variable" || (one.kind === "field" && isPath(one.of));
}
