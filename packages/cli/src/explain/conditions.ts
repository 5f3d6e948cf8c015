import type { Expression, Json } from "@interlatch/core";
import { writeExpression } from "./write-expression.ts";

/** A condition or a part of one, and what became of it for one call. */
export interface ConditionValue {
  readonly text: string;
  readonly value: boolean | "error";
  /** The conditions it is made of, where it is made of some. */
  readonly parts: readonly ConditionValue[];
  /** What it reads, where it reads something: `arguments.size` and its value. */
  readonly reads: readonly { readonly text: string; readonly value: Json }[];
}

/** Gives the value of an expression for the call at hand; `undefined`: it errs, or is no JSON. */
export type ValueOf = (expression: Expression) => Promise<Json | undefined>;

/** Takes a condition apart at `&&`, `||`, `!` and `?:`, down to what compares something. */
export async function valuesOf(condition: Expression, valueOf: ValueOf): Promise<ConditionValue> {
  const parts: ConditionValue[] = [];
  for (const part of partsOf(condition)) parts.push(await valuesOf(part, valueOf));
  const value = await valueOf(condition);
  return {
    text: writeExpression(condition),
    value: typeof value === "boolean" ? value : "error",
    parts,
    reads: parts.length > 0 ? [] : await readsOf(condition, valueOf),
  };
}

function partsOf(one: Expression): readonly Expression[] {
  switch (one.kind) {
    case "and":
    case "or":
      return one.operands;
    case "not":
      return [one.of];
    case "if":
      return [one.test, one.then, one.else];
    default:
      return [];
  }
}

async function readsOf(condition: Expression, valueOf: ValueOf): Promise<ConditionValue["reads"]> {
  const paths = new Map(pathsIn(condition).map((path) => [writeExpression(path), path]));
  const reads: { text: string; value: Json }[] = [];
  for (const [text, path] of paths) {
    const value = await valueOf(path);
    if (value !== undefined) reads.push({ text, value });
  }
  return reads;
}

/** The longest chains of fields that begin at a variable. What a comprehension binds has a value for each item, so none here. */
function pathsIn(one: Expression): readonly Expression[] {
  if (isPath(one)) return [one];
  switch (one.kind) {
    case "field":
    case "has":
    case "not":
    case "negate":
    case "matches":
      return pathsIn(one.of);
    case "index":
      return [...pathsIn(one.of), ...pathsIn(one.at)];
    case "list":
      return one.items.flatMap(pathsIn);
    case "map":
      return one.entries.flat().flatMap(pathsIn);
    case "and":
    case "or":
      return one.operands.flatMap(pathsIn);
    case "if":
      return [one.test, one.then, one.else].flatMap(pathsIn);
    case "compare":
    case "arithmetic":
      return [...pathsIn(one.left), ...pathsIn(one.right)];
    case "comprehension":
      return [
        ...pathsIn(one.over),
        ...(one.where === undefined ? [] : pathsIn(one.where)),
        ...pathsIn(one.body),
      ];
    case "call":
      return one.arguments.flatMap(pathsIn);
    case "literal":
    case "variable":
    case "local":
      return [];
  }
}

function isPath(one: Expression): boolean {
  return one.kind === "variable" || (one.kind === "field" && isPath(one.of));
}
