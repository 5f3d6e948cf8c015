import type { ArgumentSchema, ArgumentSchemaObject } from "../../policy/ir.ts";
import type { Json } from "../../snapshot/json.ts";
import type { Check, CompileInner } from "./check.ts";
import { compileItemCount, type ListCheck } from "./list.ts";
import { OVER_BUDGET, type Run } from "./run.ts";
import { recordAll, recordOne } from "./trail.ts";
import { isUnique } from "./unique.ts";

/** How the schemas inside a list are compiled. */
export interface ArrayCompilation {
  /** Whether what is evaluated is recorded. */
  readonly tracked: boolean;
  readonly compileItem: CompileInner<ArgumentSchema>;
  /** For `contains`, which asks and does not describe: inside it nothing is closed. */
  readonly compileTest: CompileInner<ArgumentSchema>;
}

/** Compiles the keywords of lists. Without `items` the items are dynamic. */
export function compileArray(
  schema: ArgumentSchemaObject,
  compilation: ArrayCompilation,
): ListCheck | null {
  const checks = [
    compileItemCount(schema),
    compileItems(schema, compilation),
    compileContains(schema, compilation),
    schema.uniqueItems === true ? checkUnique : null,
  ].filter((check) => check !== null);
  const [first, ...others] = checks;
  if (first === undefined || others.length === 0) return first ?? null;
  return (value, run) => {
    let fault = first(value, run);
    for (let index = 0; fault === null && index < others.length; index++) {
      fault = others[index]?.(value, run) ?? null;
    }
    return fault;
  };
}

function compileItems(
  { prefixItems, items }: ArgumentSchemaObject,
  { compileItem, tracked }: ArrayCompilation,
): ListCheck | null {
  if (prefixItems === undefined && items === undefined) return null;
  const prefix = (prefixItems ?? []).map(compileItem);
  const check: Check | null = items === undefined ? null : compileItem(items);
  return (value, run) => {
    const count = check === null ? Math.min(prefix.length, value.length) : value.length;
    for (let index = 0; index < count; index++) {
      const fault = (prefix[index] ?? check)?.(value[index]!, run) ?? null; // in range
      if (fault !== null) return `[${index}]${fault}`;
      if (tracked && check === null) recordOne(run, value, index);
    }
    if (tracked && check !== null) recordAll(run, value);
    return null;
  };
}

function compileContains(
  { contains, minContains = 1, maxContains = Infinity }: ArgumentSchemaObject,
  { compileTest, tracked }: ArrayCompilation,
): ListCheck | null {
  if (contains === undefined) return null;
  const holds = compileTest(contains);
  return (value, run) => {
    let count = 0;
    for (let index = 0; index < value.length; index++) {
      if (!run.take(1)) return OVER_BUDGET;
      if (holds(value[index]!, run) !== null) continue; // in range
      count++;
      if (count > maxContains) {
        return ` must have at most ${maxContains} items of the kind the schema counts`;
      }
      if (tracked) recordOne(run, value, index);
    }
    return count >= minContains
      ? null
      : ` must have at least ${minContains} items of the kind the schema counts`;
  };
}

function checkUnique(value: readonly Json[], run: Run): string | null {
  if (isUnique(value, run)) return null;
  return run.left < 0 ? OVER_BUDGET : " must not hold an item twice";
}
