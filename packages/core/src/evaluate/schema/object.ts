import type { ArgumentSchema } from "../../policy/ir.ts";
import type { JsonObject } from "../../snapshot/json.ts";
import { placeOf, type Check } from "./check.ts";

/** Compiles the keywords of objects. Unknown keys are refused wherever the schema speaks of objects at all. */
export function compileObject(
  schema: ArgumentSchema,
  compileSchema: (schema: ArgumentSchema) => Check,
): ((value: JsonObject) => string | null) | null {
  if (!speaksOfObjects(schema)) return null;
  // A map, for a key such as `constructor` must find nothing that the author did not write.
  const checks = new Map(
    Object.entries(schema.properties ?? {}).map(([key, each]) => [key, compileSchema(each)]),
  );
  const required = [...new Set(schema.required ?? [])];
  const { minProperties = 0, maxProperties = Infinity } = schema;
  const isClosed = schema.enum === undefined && schema.const === undefined;
  const fault = (value: JsonObject): string | null => {
    for (const key of required) {
      if (!Object.hasOwn(value, key)) return `${placeOf(key)} is required`;
    }
    const keys = Object.keys(value);
    if (keys.length < minProperties) return ` must have at least ${minProperties} keys`;
    if (keys.length > maxProperties) return ` must have at most ${maxProperties} keys`;
    for (const key of keys) {
      const check = checks.get(key);
      if (check === undefined) {
        if (isClosed) return `${placeOf(key)} is not a known key`;
        continue;
      }
      const fault = check(value[key]!); // the key is the value's own, and JSON has no undefined
      if (fault !== null) return placeOf(key) + fault;
    }
    return null;
  };
  const fits = quickCheck(checks, required);
  if (!isClosed || minProperties > 0 || maxProperties < Infinity) return fault;
  return (value) => (fits(value) ? null : fault(value));
}

/** Beyond this many properties a map finds a key faster than looking through a list does. */
const FEW = 8;

/**
 * Whether a closed object fits, and nothing on why it does not: most calls fit, and this asks about each key once,
 * without a look-up of its own for required ones.
 */
function quickCheck(
  checks: ReadonlyMap<string, Check>,
  required: readonly string[],
): (value: JsonObject) => boolean {
  const names = [...checks.keys()];
  const each = [...checks.values()];
  const isRequired = names.map((name) => required.includes(name));
  const places = names.length > FEW ? new Map(names.map((name, index) => [name, index])) : null;
  return (value) => {
    let missing = required.length;
    for (const key of Object.keys(value)) {
      const place = places === null ? names.indexOf(key) : (places.get(key) ?? -1);
      const check = each[place];
      if (check === undefined || check(value[key]!) !== null) return false; // the key is the value's own
      if (isRequired[place] === true) missing--;
    }
    return missing === 0;
  };
}

function speaksOfObjects({ type, ...schema }: ArgumentSchema): boolean {
  if (type === "object" || (Array.isArray(type) && type.includes("object"))) return true;
  const { properties, required, minProperties, maxProperties } = schema;
  return [properties, required, minProperties, maxProperties].some((each) => each !== undefined);
}
