import type { Json, JsonObject } from "@interlatch/core";
import {
  differsText,
  equalText,
  fieldText,
  inText,
  type Literal,
  NotCarried,
  orderText,
} from "./condition-text.ts";
import type { Carried } from "./expression.ts";

const ORDER: Readonly<Record<string, string>> = { gt: ">", lt: "<", gte: ">=", lte: "<=" };

/**
 * Reads a condition in AGT's structured form: `{ field, operator, value }`.
 *
 * @throws NotCarried
 */
export function readStructured(condition: JsonObject): Carried {
  const { field, operator, value = null, ...more } = condition;
  const unknown = Object.keys(more)[0];
  if (unknown !== undefined)
    throw new NotCarried(`\`${unknown.slice(0, 60)}\` is not known in a condition`);
  if (typeof field !== "string" || typeof operator !== "string") {
    throw new NotCarried("a condition has no field or no operator");
  }
  const path = fieldText(field);
  if (path === "tool") {
    const names =
      operator === "eq" ? [value] : operator === "in" && Array.isArray(value) ? value : [];
    const texts = names.filter((name: Json) => typeof name === "string");
    if (texts.length > 0 && texts.length === names.length) return { tools: texts, when: undefined };
  }
  return { tools: null, when: comparison(path, operator, value) };
}

function comparison(path: string, operator: string, value: Json): string {
  switch (operator) {
    case "eq":
      return equalText(path, literal(value));
    case "ne":
      return differsText(path, literal(value));
    case "gt":
    case "lt":
    case "gte":
    case "lte":
      return orderText(path, ORDER[operator] ?? "", value);
    case "in":
      if (!Array.isArray(value)) throw new NotCarried("`in` needs a list");
      return inText(path, value.map(literal));
    case "contains":
      return `${path}.contains(${JSON.stringify(textIn(value))})`;
    case "matches":
      return `${path}.matches(${JSON.stringify(textIn(value))})`;
    default:
      throw new NotCarried(`there is no operator \`${operator.slice(0, 60)}\``);
  }
}

function literal(value: Json): Literal {
  if (value === null || typeof value !== "object") return value;
  throw new NotCarried("lists and maps are compared differently in AGT's languages");
}

function textIn(value: Json): string {
  if (typeof value === "string") return value;
  throw new NotCarried("the operator needs a text");
}

/** Reads the conditions of a flat rule: every field equals its value. @throws NotCarried */
export function readFlat(conditions: JsonObject): string | undefined {
  const parts = Object.entries(conditions).map(([field, value]) =>
    equalText(fieldText(field), literal(value)),
  );
  return parts.length === 0 ? undefined : parts.join(" && ");
}
