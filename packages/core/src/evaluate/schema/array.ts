import type { ArgumentSchema } from "../../policy/ir.ts";
import type { Json } from "../../snapshot/json.ts";
import type { Check } from "./check.ts";

/** Compiles the keywords of lists. Without `items` the items are dynamic. */
export function compileArray(
  schema: ArgumentSchema,
  compileSchema: (schema: ArgumentSchema) => Check,
): ((value: readonly Json[]) => string | null) | null {
  const { minItems = 0, maxItems = Infinity, items } = schema;
  if (minItems === 0 && maxItems === Infinity && items === undefined) return null;
  const check = items === undefined ? null : compileSchema(items);
  return (value) => {
    if (value.length < minItems) return ` must have at least ${minItems} items`;
    if (value.length > maxItems) return ` must have at most ${maxItems} items`;
    if (check === null) return null;
    for (let index = 0; index < value.length; index++) {
      const fault = check(value[index]!); // in range
      if (fault !== null) return `[${index}]${fault}`;
    }
    return null;
  };
}
