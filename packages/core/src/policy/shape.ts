import { type ErrorCode, InterlatchError } from "../errors/errors.ts";
import type { WrittenDimension } from "../scopes/entries.ts";
import type { RareChecks } from "./validate-rare.ts";

/**
 * Where a value stands in a document. A chain of cells and not a text: a text would be built for every value
 * although only a refused one needs it.
 */
export interface Place {
  readonly about: About;
  readonly parent: Place | undefined;
  /** A field name, an index, or for the outermost place the name of the document. */
  readonly key: string | number;
}

/** What the places of a document, or of a part of it, have in common. */
export interface About {
  /** The code of a value that is not what it should be. */
  readonly code: ErrorCode;
  /** The code of a field nobody knows. */
  readonly unknownField: ErrorCode;
  /** The patterns that the document has programs for. */
  readonly patterns: Set<string>;
  /** Reads an entry of a profile; `null` where there must be none, since that part was not loaded. */
  readonly isScopeEntry: ((dimension: WrittenDimension, text: string) => boolean) | null;
  /** Checks fields that many policies do without; `null` as above. */
  readonly rare: RareChecks | null;
  /** The condition these places are part of, if they are part of one. */
  readonly condition: ConditionWalk | undefined;
}

/** What the walk through one condition has used of its bounds, and the names its comprehensions bind here. */
export interface ConditionWalk {
  nodes: number;
  depth: number;
  readonly locals: string[];
}

/** Takes an untrusted value apart and gives back a frozen copy of the type `T`, or throws the place's code. */
export type Check<T> = (value: unknown, place: Place) => T;

/** The check of a field that may be missing. Made by {@link optional}. */
export interface OptionalCheck<T> {
  readonly optional: Check<T>;
}

/** One check for every field of `T`: a field added to a type without a check here does not compile. */
export type FieldChecks<T> = {
  readonly [Name in keyof T]-?: object extends Pick<T, Name>
    ? OptionalCheck<Exclude<T[Name], undefined>>
    : Check<T[Name]>;
};

/** The outermost place: `document` is what messages call it. */
export function place(document: string, code: ErrorCode, unknownField: ErrorCode = code): Place {
  const about: About = {
    code,
    unknownField,
    patterns: new Set<string>(),
    isScopeEntry: null,
    rare: null,
    condition: undefined,
  };
  return { about, parent: undefined, key: document };
}

/** The place of a field or an item. */
export function within(parent: Place, key: string | number): Place {
  return { about: parent.about, parent, key };
}

/** The same place, where faults carry another code. */
export function coded(at: Place, code: ErrorCode | undefined): Place {
  return code === undefined ? at : { ...at, about: { ...at.about, code } };
}

/** Throws the place's code, or `code`, and names the place: `policy.rules[3].when: …`. */
export function refuse(at: Place, what: string, code: ErrorCode = at.about.code): never {
  throw new InterlatchError(code, `${pathOf(at)}: ${what}`);
}

/** The path of a place, for messages. Long keys are cut: they come from whoever wrote the document. */
export function pathOf(at: Place): string {
  if (at.parent === undefined) return String(at.key);
  const parent = pathOf(at.parent);
  if (typeof at.key === "number") return `${parent}[${at.key}]`;
  return /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(at.key)
    ? `${parent}.${at.key}`
    : `${parent}[${quote(at.key)}]`;
}

/** A text from a document as it may stand in a message: escaped and cut at 96 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 96 ? `${text.slice(0, 96)}…` : text);
}

/** Marks a field that may be missing. */
export function optional<T>(check: Check<T>): OptionalCheck<T> {
  return { optional: check };
}

/**
 * What a checked object becomes. Nothing is inherited: a polluted `Object.prototype` supplies neither a missing field
 * nor an optional one, and `constructor` is not there. A class and not `Object.create(null)`, which makes objects of
 * a slow kind: ten thousand rules would take twice as long to check.
 */
class Fields {
  [name: string]: unknown;
}
delete (Fields.prototype as { constructor?: unknown }).constructor;
Object.freeze(Object.setPrototypeOf(Fields.prototype, null));

interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly check: Check<unknown>;
  readonly code: ErrorCode | undefined;
}

/**
 * A check for an object with exactly these fields. Fields are read as own properties, once each, in the order in
 * which the checks stand here.
 *
 * @param codes - codes of their own for single fields, missing ones included
 */
export function closed<T extends object>(
  checks: FieldChecks<T>,
  codes: { readonly [Name in keyof T]?: ErrorCode } = {},
): Check<T> {
  const fields = fieldsOf(checks, codes);
  return (value, at) => {
    const source = asObject(value, at);
    const copy = new Fields();
    let count = 0;
    for (const { name, required, check, code } of fields) {
      if (Object.hasOwn(source, name)) {
        count += 1;
        copy[name] = check(source[name], coded(within(at, name), code));
      } else if (required) {
        refuse(coded(within(at, name), code), "is missing");
      }
    }
    if (Object.keys(source).length !== count) refuseUnknown(source, fields, at);
    // Every field of T went through its own check just now.
    return Object.freeze(copy) as T;
  };
}

function fieldsOf<T extends object>(
  checks: FieldChecks<T>,
  codes: { readonly [Name in keyof T]?: ErrorCode },
): readonly Field[] {
  // Mapped types do not survive Object.entries; each entry is one of the forms that they allow.
  const entries = Object.entries(checks) as [string, Check<unknown> | OptionalCheck<unknown>][];
  const byName = new Map(Object.entries(codes) as [string, ErrorCode][]);
  return entries.map(([name, check]) => ({
    name,
    required: typeof check === "function",
    check: typeof check === "function" ? check : check.optional,
    code: byName.get(name),
  }));
}

function refuseUnknown(source: object, fields: readonly Field[], at: Place): never {
  const known = new Set(fields.map(({ name }) => name));
  const unknown = Object.keys(source).find((name) => !known.has(name)) ?? "";
  return refuse(at, `has the unknown field ${quote(unknown)}`, at.about.unknownField);
}

/**
 * A check for something that holds itself, at most `max` deep. Beyond that it is refused before the walk
 * descends: a deep document must not become a deep call stack.
 */
export function nested<T>(max: number, make: (inner: Check<T>) => Check<T>): Check<T> {
  const level = (left: number): Check<T> => {
    let check: Check<T> | undefined;
    return (value, at) => {
      if (left === 0) return refuse(at, `is nested deeper than ${max}`);
      check ??= make(level(left - 1));
      return check(value, at);
    };
  };
  return level(max);
}

/** A check for an object whose `kind` names one of these shapes. */
export function variants<T extends { readonly kind: string }>(shapes: {
  readonly [Kind in T["kind"]]: Check<Extract<T, { readonly kind: Kind }>>;
}): Check<T> {
  const byKind = new Map<unknown, Check<T>>(Object.entries<Check<T>>(shapes));
  return (value, at) => {
    const source = asObject(value, at);
    const check = byKind.get(Object.hasOwn(source, "kind") ? source["kind"] : undefined);
    return check === undefined
      ? refuse(within(at, "kind"), `expected one of ${[...byKind.keys()].join(", ")}`)
      : check(value, at);
  };
}

/** The value as an object to read own properties of. Lists, instances of classes and `null` are refused. */
export function asObject(value: unknown, at: Place): { readonly [name: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse(at, `expected an object, found ${found(value)}`);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    return refuse(at, "expected a plain object");
  }
  // A plain object: reading any own name of it gives some value, which is then checked.
  return value as { readonly [name: string]: unknown };
}

/** What a value is, for messages. */
export function found(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return quote(value);
  return typeof value === "object" ? "an object" : String(value).slice(0, 64);
}
