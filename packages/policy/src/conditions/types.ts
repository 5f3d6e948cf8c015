import { oneOf } from "../diagnostics/words.ts";

/** What is known at build of a value that a condition reads. */
export type Type =
  /** Anything; what does not fit is an error at run time. */
  | { readonly kind: "dynamic" }
  | { readonly kind: "null" | "boolean" | "number" | "timestamp" | "duration" }
  /** With `values`: it is one of these. */
  | { readonly kind: "string"; readonly values?: readonly string[] }
  | { readonly kind: "list"; readonly of: Type }
  | ObjectType
  | { readonly kind: "oneOf"; readonly options: readonly Type[] };

/** An object, closed or with further fields of one type. */
export interface ObjectType {
  readonly kind: "object";
  /** How a message names it: `arguments.window`. */
  readonly name: string;
  /** Whose it is, where that helps: ``the tool `pay` ``. */
  readonly owner?: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** What fields are that `fields` does not name. Absent: there are none. */
  readonly rest?: Type;
}

/** A field of an object. */
export interface Field {
  readonly type: Type;
  /** Whether a call may come without it. */
  readonly optional: boolean;
}

/** Anything. */
export const DYNAMIC: Type = { kind: "dynamic" };
/** `true` or `false`. */
export const BOOLEAN: Type = { kind: "boolean" };
/** A double. */
export const NUMBER: Type = { kind: "number" };
/** Any text. */
export const STRING: Type = { kind: "string" };
/** An instant. */
export const TIMESTAMP: Type = { kind: "timestamp" };
/** A length of time. */
export const DURATION: Type = { kind: "duration" };

/** The kinds that a type may turn out to be, or `undefined` for any. */
export function kindsOf(
  type: Type,
): readonly Exclude<Type["kind"], "dynamic" | "oneOf">[] | undefined {
  if (type.kind === "dynamic") return undefined;
  if (type.kind !== "oneOf") return [type.kind];
  const kinds = type.options.map(kindsOf);
  return kinds.some((kind) => kind === undefined) ? undefined : kinds.flatMap((kind) => kind ?? []);
}

/** Whether a value of the type can be of one of the kinds. */
export function canBe(type: Type, ...wanted: readonly Type["kind"][]): boolean {
  const kinds = kindsOf(type);
  return kinds === undefined || kinds.some((kind) => wanted.includes(kind));
}

/** Whether a value of the type is surely of the kind, where it is anything usable at all. */
export function isSurely(type: Type, kind: Type["kind"]): boolean {
  return kindsOf(type)?.every((one) => one === kind) ?? false;
}

/** Whether values of two types can be equal. */
export function canEqual(a: Type, b: Type): boolean {
  const kinds = kindsOf(a);
  return kinds === undefined || canBe(b, ...kinds);
}

/** The values that a text may have, or `undefined` for any. */
export function valuesOf(type: Type): readonly string[] | undefined {
  if (type.kind === "string") return type.values;
  if (type.kind !== "oneOf") return undefined;
  const values = type.options.filter((option) => option.kind === "string").map(valuesOf);
  return values.some((value) => value === undefined) || values.length === 0
    ? undefined
    : values.flatMap((value) => value ?? []);
}

/** A type of more options than this is anything: a list of ten thousand unlike objects says nothing more. */
const OPTIONS = 16;

/** A type that has the values of both. */
export function join(a: Type, b: Type): Type {
  if (a === b) return a;
  if (a.kind === "dynamic" || b.kind === "dynamic") return DYNAMIC;
  if (a.kind === "string" && b.kind === "string") {
    return a.values === undefined || b.values === undefined
      ? STRING
      : { kind: "string", values: [...new Set([...a.values, ...b.values])] };
  }
  if (a.kind === "list" && b.kind === "list") return { kind: "list", of: join(a.of, b.of) };
  if (a.kind === b.kind && a.kind !== "object" && a.kind !== "oneOf") return a;
  const options = [...optionsOf(a), ...optionsOf(b)];
  return options.length > OPTIONS ? DYNAMIC : { kind: "oneOf", options };
}

/** The types that a type may turn out to be; of most there is one. */
export function optionsOf(type: Type): readonly Type[] {
  return type.kind === "oneOf" ? type.options : [type];
}

const KINDS: Readonly<Record<Exclude<Type["kind"], "oneOf">, string>> = {
  dynamic: "anything",
  null: "null",
  boolean: "a boolean",
  number: "a number",
  string: "a text",
  timestamp: "a timestamp",
  duration: "a duration",
  list: "a list",
  object: "an object",
};

/** A type in a message: `a number`. */
export function describe(type: Type): string {
  const kinds = kindsOf(type);
  if (kinds === undefined) return KINDS.dynamic;
  return [...new Set(kinds.map((kind) => KINDS[kind]))].join(" or ");
}

/** The values of a text in a message. */
export function describeValues(values: readonly string[]): string {
  return oneOf(values);
}
