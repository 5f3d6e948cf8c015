import type { ArgumentSchemaObject, SchemaType } from "../../policy/ir.ts";
import type { Json } from "../../snapshot/json.ts";
import type { Check } from "./check.ts";

/** Compiles `type`: one kind or several. Nothing is converted: `"100"` is no number. */
export function compileType({ type }: ArgumentSchemaObject): Check | null {
  if (type === undefined) return null;
  if (typeof type === "string") {
    const is = KINDS[type];
    const fault = ` must be ${NAMES[type]}`;
    return (value) => (is(value) ? null : fault);
  }
  const kinds = type.map((each) => KINDS[each]);
  const fault = ` must be ${type.map((each) => NAMES[each]).join(" or ")}`;
  return (value) => (kinds.some((is) => is(value)) ? null : fault);
}

const KINDS: { readonly [Kind in SchemaType]: (value: Json) => boolean } = {
  null: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number",
  // 100.0 and -0 are integers. Beyond 2^53-1 two different numbers in a text become one, so a limit on an
  // amount would judge another number than the tool may read.
  integer: (value) => Number.isSafeInteger(value),
  string: (value) => typeof value === "string",
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

const NAMES: { readonly [Kind in SchemaType]: string } = {
  null: "null",
  boolean: "true or false",
  number: "a number",
  integer: "an integer",
  string: "a text",
  array: "a list",
  object: "an object",
};
