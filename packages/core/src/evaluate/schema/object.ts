import type { ArgumentSchema, ArgumentSchemaObject } from "../../policy/ir.ts";
import type { JsonObject } from "../../snapshot/json.ts";
import { type Check, type CompileInner, placeOf, unknownKey } from "./check.ts";
import type { Run } from "./run.ts";

/** A check of an object. */
export type ObjectCheck = (value: JsonObject, run: Run) => string | null;

/** Beyond this many properties a map finds a key faster than looking through a list does. */
const FEW = 8;

/**
 * Compiles an object of `properties`, `required`, `minProperties` and `maxProperties` alone: the kind nearly all
 * arguments are. Each key is looked at once, required ones are counted by the way.
 */
export function compilePlainObject(
  schema: ArgumentSchemaObject,
  isClosed: boolean,
  compileSchema: CompileInner<ArgumentSchema>,
): ObjectCheck {
  const properties = Object.entries(schema.properties ?? {});
  const names = properties.map(([name]) => name);
  const checks: readonly Check[] = properties.map(([, each]) => compileSchema(each));
  // Maps and lists, for a key such as `constructor` must find nothing that the author did not write.
  const places = names.length > FEW ? new Map(names.map((name, index) => [name, index])) : null;
  const asked = new Set(schema.required ?? []);
  const required = [...asked];
  const isRequired = names.map((name) => asked.has(name));
  const named = isRequired.filter(Boolean).length;
  const count = compileKeyCount(schema);
  const missingKey = (value: JsonObject): string | null => {
    const key = required.find((each) => !Object.hasOwn(value, each));
    return key === undefined ? null : `${placeOf(key)} is required`;
  };
  return (value, run) => {
    const keys = Object.keys(value);
    if (named < required.length || count !== null) {
      const fault = missingKey(value) ?? count?.(keys.length) ?? null;
      if (fault !== null) return fault;
    }
    let missing = named;
    for (const key of keys) {
      const place = places === null ? names.indexOf(key) : (places.get(key) ?? -1);
      const check = checks[place];
      if (check === undefined) {
        if (isClosed) return missingKey(value) ?? unknownKey(key);
        continue;
      }
      const fault = check(value[key]!, run); // the key is the value's own, and JSON has no undefined
      if (fault !== null) return missingKey(value) ?? placeOf(key) + fault;
      if (isRequired[place] === true) missing--;
    }
    return missing === 0 ? null : missingKey(value);
  };
}

/** Compiles `minProperties` and `maxProperties`. */
export function compileKeyCount({
  minProperties = 0,
  maxProperties = Infinity,
}: ArgumentSchemaObject): ((count: number) => string | null) | null {
  if (minProperties === 0 && maxProperties === Infinity) return null;
  return (count) => {
    if (count < minProperties) return ` must have at least ${minProperties} keys`;
    return count > maxProperties ? ` must have at most ${maxProperties} keys` : null;
  };
}
