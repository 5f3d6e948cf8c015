import { InterlatchError } from "@interlatch/core";
import { nearest } from "@interlatch/policy";
import { counted, shown } from "./output.ts";

/** What a field of a config file may hold. */
type FieldType = "text" | "texts" | "boolean" | "version" | "instant";

interface Field {
  readonly type: FieldType;
  readonly required?: boolean;
}

/** One entry for every field of `T`: a field added to the type without an entry here does not compile. */
export type FieldTypes<T> = { readonly [Name in keyof T]-?: Field };

const EXPECTED: Readonly<Record<FieldType, string>> = {
  text: "a text that is not empty",
  texts: "a list of texts that are not empty",
  boolean: "true or false",
  version: "a whole number from 1 on",
  instant: "an instant like 2026-01-31T00:00:00Z",
};

/**
 * Reads a JSON object with exactly these fields.
 *
 * @param name - of the file, for messages
 * @throws ERR_CONFIG with everything that is wrong, the nearest right name for a misspelt one
 */
export function readFields<T extends object>(text: string, name: string, types: FieldTypes<T>): T {
  const value = parse(text, name);
  const fields = new Map(Object.entries<Field>(types));
  const faults = [
    ...Object.entries(value).flatMap(([key, found]) => faultOf(key, found, fields)),
    ...[...fields].flatMap(([key, { required = false }]) =>
      required && !Object.hasOwn(value, key) ? [`\`${key}\` is missing`] : [],
    ),
  ];
  if (faults.length > 0) {
    const list = faults.map((fault) => `\n  ${fault}`).join("");
    throw new InterlatchError(
      "ERR_CONFIG",
      `${name} has ${counted(faults.length, "fault")}:${list}`,
    );
  }
  // Every field was checked by its type, and no other is there.
  return value as T;
}

function parse(text: string, name: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InterlatchError("ERR_CONFIG", `${name} is not JSON: ${why}`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new InterlatchError("ERR_CONFIG", `${name} must hold a JSON object.`);
}

function faultOf(
  key: string,
  value: unknown,
  fields: ReadonlyMap<string, Field>,
): readonly string[] {
  const field = fields.get(key);
  if (field === undefined) {
    const near = nearest(key, fields.keys());
    const known =
      near === undefined ? `known: ${[...fields.keys()].join(", ")}` : `meant: \`${near}\`?`;
    return [`${shown(key)} is no field; ${known}`];
  }
  if (fits(value, field.type)) return [];
  return [`\`${key}\` must be ${EXPECTED[field.type]}; found ${shown(value)}`];
}

function fits(value: unknown, type: FieldType): boolean {
  switch (type) {
    case "text":
      return isText(value);
    case "texts":
      return Array.isArray(value) && value.every(isText);
    case "boolean":
      return typeof value === "boolean";
    case "version":
      return Number.isSafeInteger(value) && Number(value) >= 1;
    case "instant":
      return typeof value === "string" && isInstant(value);
  }
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** Whether a text is `YYYY-MM-DDThh:mm:ssZ` and there is such a second. */
export function isInstant(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && instantOf(time) === text;
}

/** An instant as documents hold it: `YYYY-MM-DDThh:mm:ssZ`, the second it lies in. */
export function instantOf(time: number): string {
  return `${new Date(Math.floor(time / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}
