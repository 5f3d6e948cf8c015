import type { ArgumentSchema, ArgumentSchemaObject } from "../../policy/ir.ts";
import type { Json } from "../../snapshot/json.ts";
import type { CompileInner } from "./check.ts";
import type { Run } from "./run.ts";

/** A check of a list. */
export type ListCheck = (value: readonly Json[], run: Run) => string | null;

/** Compiles a list of `items`, `minItems` and `maxItems` alone. Without `items` the items are dynamic. */
export function compilePlainList(
  schema: ArgumentSchemaObject,
  compileSchema: CompileInner<ArgumentSchema>,
): ListCheck | null {
  const count = compileItemCount(schema);
  if (schema.items === undefined) return count;
  const check = compileSchema(schema.items);
  return (value, run) => {
    const early = count?.(value, run) ?? null;
    if (early !== null) return early;
    for (let index = 0; index < value.length; index++) {
      const fault = check(value[index]!, run); // in range
      if (fault !== null) return `[${index}]${fault}`;
    }
    return null;
  };
}

/** Compiles `minItems` and `maxItems`. */
export function compileItemCount({
  minItems = 0,
  maxItems = Infinity,
}: ArgumentSchemaObject): ListCheck | null {
  if (minItems === 0 && maxItems === Infinity) return null;
  return (value) => {
    if (value.length < minItems) return ` must have at least ${minItems} items`;
    return value.length > maxItems ? ` must have at most ${maxItems} items` : null;
  };
}
