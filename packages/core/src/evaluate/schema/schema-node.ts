import type { ArgumentSchema } from "../../policy/ir.ts";
import type { Json, JsonObject } from "../../snapshot/json.ts";
import { compileArray } from "./array.ts";
import { allOf, type Check } from "./check.ts";
import { compileLiterals } from "./literals.ts";
import { compileNumber } from "./number.ts";
import { compileObject } from "./object.ts";
import { compileText } from "./text.ts";
import { compileType } from "./type.ts";

/** Compiles one schema with all that is inside it. */
export function compileSchema(schema: ArgumentSchema): Check {
  const type = compileType(schema);
  const keywords = compileKeywords(schema);
  if (type === null) return keywords ?? fits;
  return keywords === null ? type : (value) => type(value) ?? keywords(value);
}

function fits(): null {
  return null;
}

/** As JSON Schema has it, a keyword looks only at values of its own kind: `minimum` says nothing about a text. */
function compileKeywords(schema: ArgumentSchema): Check | null {
  const number = compileNumber(schema);
  const text = compileText(schema);
  const array = compileArray(schema, compileSchema);
  const object = compileObject(schema, compileSchema);
  const checks = [compileLiterals(schema)];
  if (number !== null) checks.push((value) => (typeof value === "number" ? number(value) : null));
  if (text !== null) checks.push((value) => (typeof value === "string" ? text(value) : null));
  if (array !== null) checks.push((value) => (isArray(value) ? array(value) : null));
  if (object !== null) checks.push((value) => (isObject(value) ? object(value) : null));
  return allOf(checks.filter((check) => check !== null));
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
