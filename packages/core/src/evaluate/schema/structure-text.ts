import { canonicalJson } from "../../snapshot/digest.ts";
import type { Json, JsonObject } from "../../snapshot/json.ts";

/**
 * The canonical text of a list or object: equal texts are equal values.
 *
 * @param most - `undefined` for a value whose text is surely longer, found without writing it: a small list of
 * permitted values must not cost a megabyte of text at each comparison
 */
export function structureText(value: Json, most: number): string | undefined {
  return most !== Infinity && leastLength(value, most) > most ? undefined : canonicalJson(value);
}

/** How long the text is at least; stops counting soon after `most`. */
function leastLength(value: Json, most: number): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return 1;
  let length = 2;
  if (isList(value)) {
    for (const item of value) {
      length += leastLength(item, most - length);
      if (length > most) break;
    }
    return length;
  }
  for (const key of Object.keys(value)) {
    length += key.length + 3 + leastLength(value[key] ?? null, most - length);
    if (length > most) break;
  }
  return length;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
