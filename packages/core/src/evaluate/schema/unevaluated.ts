import type { ArgumentSchema, ArgumentSchemaObject } from "../../policy/ir.ts";
import type { Json } from "../../snapshot/json.ts";
import { type Check, type CompileInner, placeOf, unknownKey } from "./check.ts";
import { OVER_BUDGET, type Run } from "./run.ts";
import { evaluatedSince, recordAll } from "./trail.ts";

/**
 * Compiles `unevaluatedProperties` and `unevaluatedItems` behind all other keywords of their schema, whose check
 * is `others`: they look at what those have left over.
 */
export function compileUnevaluated(
  schema: ArgumentSchemaObject,
  others: Check,
  compileSchema: CompileInner<ArgumentSchema>,
): Check {
  const { unevaluatedProperties: forKeys, unevaluatedItems: forItems } = schema;
  if (forKeys === undefined && forItems === undefined) return others;
  const checkKey = forKeys === undefined ? null : compileSchema(forKeys);
  const checkItem = forItems === undefined ? null : compileSchema(forItems);
  return (value, run) => {
    const start = run.trail.length;
    const fault = others(value, run);
    if (fault !== null || typeof value !== "object" || value === null) return fault;
    const check = Array.isArray(value) ? checkItem : checkKey;
    return check === null ? null : checkRest(value, start, check, run);
  };
}

function checkRest(value: Json & object, start: number, check: Check, run: Run): string | null {
  const evaluated = evaluatedSince(run, start, value);
  if (evaluated === null) return null;
  const isList = Array.isArray(value);
  for (const [key, each] of Object.entries(value)) {
    if (!run.take(1)) return OVER_BUDGET;
    if (evaluated.has(isList ? Number(key) : key)) continue;
    const fault = check(each, run);
    if (fault === null) continue;
    if (isList) return `[${key}]${fault}`;
    return fault === " is not permitted" ? unknownKey(key) : placeOf(key) + fault;
  }
  recordAll(run, value);
  return null;
}
