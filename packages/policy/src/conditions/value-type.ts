import type { Json } from "@interlatch/core";
import { BOOLEAN, DYNAMIC, join, NUMBER, type Type } from "./types.ts";

/** The type of one of several values: of texts it is known which. */
export function typeOfEnum(values: readonly Json[]): Type {
  const texts = values.filter((value) => typeof value === "string");
  const others = values.filter((value) => typeof value !== "string").map(typeOfValue);
  const types: readonly Type[] =
    texts.length === 0 ? others : [{ kind: "string", values: texts }, ...others];
  return types.reduce(join);
}

/** The type of a JSON value and of every value of its shape. */
export function typeOfValue(value: Json): Type {
  if (value === null) return { kind: "null" };
  switch (typeof value) {
    case "boolean":
      return BOOLEAN;
    case "number":
      return NUMBER;
    case "string":
      return { kind: "string", values: [value] };
    default:
      return DYNAMIC;
  }
}
