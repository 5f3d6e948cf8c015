import type { Expression } from "@interlatch/core";
import { shown } from "../diagnostics/words.ts";
import type { Checker } from "./check.ts";
import { canBe, describe, DYNAMIC, join, type ObjectType, STRING, type Type } from "./types.ts";

type Read = Extract<Expression, { kind: "field" | "has" | "index" }>;

/**
 * The type of a field, after saying what is wrong with reading it.
 *
 * @param present - whether it was asked for with `has` already, or is being asked for
 */
export function readField(
  checker: Checker,
  of: Type,
  read: Extract<Read, { name: string }>,
  present: boolean,
): Type {
  return fieldType(checker, of, read, read.name, present);
}

/** The type of `of[at]`. */
export function readIndex(
  checker: Checker,
  of: Type,
  at: Type,
  read: Extract<Expression, { kind: "index" }>,
  present: boolean,
): Type {
  if (read.at.kind === "literal" && typeof read.at.value === "string" && canBe(of, "object")) {
    return fieldType(checker, of, read, read.at.value, present);
  }
  if (!canBe(of, "list", "object")) {
    checker.report(
      "wrong_type",
      read,
      `Only lists and objects have items; \`${shown(checker.notes.textOf(read.of))}\` is ${describe(of)}.`,
    );
    return DYNAMIC;
  }
  const fits =
    (canBe(of, "list") && canBe(at, "number")) || (canBe(of, "object") && canBe(at, "string"));
  if (!fits)
    checker.report(
      "wrong_type",
      read.at,
      `${canBe(of, "list") ? "A list is read by a number" : "An object is read by a text"}; found ${describe(at)}.`,
    );
  if (of.kind === "list") return of.of;
  return of.kind === "object" ? anyFieldOf(of) : DYNAMIC;
}

/** A key that is known only at run time may be any. */
function anyFieldOf({ fields, rest }: ObjectType): Type {
  const types = [...fields.values()].map((field) => field.type);
  return rest !== undefined || types.length === 0 ? DYNAMIC : types.reduce(join);
}

function fieldType(checker: Checker, of: Type, read: Read, name: string, present: boolean): Type {
  if (of.kind === "oneOf") {
    const objects = of.options.filter((option) => option.kind === "object");
    const [only] = objects;
    return objects.length === 1 && only !== undefined
      ? fieldType(checker, only, read, name, present)
      : DYNAMIC;
  }
  if (of.kind === "dynamic") return DYNAMIC;
  if (of.kind !== "object") {
    const text = shown(checker.notes.textOf(read.of));
    checker.report(
      "wrong_type",
      read,
      `\`${text}\` is ${describe(of)} and has no fields; \`.${shown(name)}\` reads one.`,
    );
    return DYNAMIC;
  }
  const field = of.fields.get(name);
  if (field === undefined) return of.rest ?? refuseUnknown(checker, of, read, name);
  if (field.optional && !present) refuseOptional(checker, read, name);
  return field.type;
}

function refuseUnknown(checker: Checker, of: ObjectType, read: Read, name: string): Type {
  const known = [...of.fields.keys()];
  const right = checker.nearest(name, known);
  const hint =
    right !== undefined
      ? `Did you mean \`${right}\`?`
      : known.length === 0
        ? undefined
        : `There ${known.length === 1 ? "is" : "are"}: ${known.slice(0, 20).join(", ")}.`;
  checker.report("unknown_field", read, unknownMessage(of, name), hint, `${of.name}.${name}`);
  return DYNAMIC;
}

function unknownMessage({ name: object, owner }: ObjectType, name: string): string {
  if (object === "arguments")
    return `${owner === undefined ? "The tool" : capital(owner)} has no argument \`${shown(name)}\`.`;
  if (object === "facts") return `There is no fact \`${shown(name)}\` under \`facts\`.`;
  return `\`${object}\`${owner === undefined ? "" : ` of ${owner}`} has no field \`${shown(name)}\`.`;
}

function refuseOptional(checker: Checker, read: Read, name: string): void {
  const text = shown(checker.notes.textOf(read));
  checker.report(
    "optional_without_has",
    read,
    `\`${text}\` may be missing, and reading a field that is missing is an error.`,
    `Ask first: \`has(${text}) && ...\`, or \`!has(${text}) || ...\`, with \`has\` on the left.`,
    name,
  );
}

/** Literal keys and texts in list positions. */
export function itemType(of: Type): Type {
  if (of.kind === "list") return of.of;
  return of.kind === "object" ? STRING : DYNAMIC;
}

function capital(text: string): string {
  return text.replace(/^[a-z]/, (first) => first.toUpperCase());
}
