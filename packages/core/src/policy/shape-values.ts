import type { Json } from "../snapshot/json.ts";
import { type Check, type Place, asObject, found, quote, refuse, within } from "./shape.ts";

/** Names of tools, rules, profiles and streams. */
const NAME = /^[A-Za-z0-9_.:/-]{1,128}$/;

/** Nesting of plain JSON inside a document: facts, enums, literals. */
const JSON_DEPTH = 32;

/** A check for a text of at most `max` UTF-16 units. */
export function text(max: number): Check<string> {
  return (value, at) => {
    if (typeof value !== "string") return refuse(at, `expected text, found ${found(value)}`);
    if (value.length > max) return refuse(at, `is longer than ${max} characters`);
    return value;
  };
}

/** A name: `[A-Za-z0-9_.:/-]{1,128}`, and never `__proto__`, which is a key with powers on an ordinary object. */
export function name(value: unknown, at: Place): string {
  if (typeof value !== "string") return refuse(at, `expected a name, found ${found(value)}`);
  if (!NAME.test(value) || value === "__proto__") {
    return refuse(at, `${quote(value)} is not a name ([A-Za-z0-9_.:/-], at most 128)`);
  }
  return value;
}

/** A check for a safe integer from `min` to `max`. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Check<number> {
  return (value, at) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : refuse(at, `expected an integer from ${min} to ${max}, found ${found(value)}`);
}

/** A finite number. */
export function finite(value: unknown, at: Place): number {
  return typeof value === "number" && Number.isFinite(value)
    ? value
    : refuse(at, `expected a number, found ${found(value)}`);
}

/** `true` or `false`. */
export function flag(value: unknown, at: Place): boolean {
  return typeof value === "boolean"
    ? value
    : refuse(at, `expected true or false, found ${found(value)}`);
}

/** A check for one of these values. */
export function oneOf<const T extends string | number>(allowed: readonly T[]): Check<T> {
  return (value, at) => {
    // A loop, for this is asked of every node of every condition.
    for (const candidate of allowed) if (candidate === value) return candidate;
    return refuse(at, `expected ${allowed.join(" or ")}, found ${found(value)}`);
  };
}

/** A check for a list of `min` to `max` items. A hole in the list is an `undefined` and refused by the item's check. */
export function listOf<T>(item: Check<T>, min: number, max: number): Check<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) return refuse(at, `expected a list, found ${found(value)}`);
    const count = value.length;
    if (count < min || count > max) {
      return refuse(at, `expected ${min} to ${max} items, found ${count}`);
    }
    const copy: T[] = [];
    for (let index = 0; index < count; index += 1) {
      copy.push(item(value[index], within(at, index)));
    }
    return Object.freeze(copy);
  };
}

/** A check for a {@link listOf} in which no value stands twice. */
export function setOf<T extends string>(
  item: Check<T>,
  min: number,
  max: number,
): Check<readonly T[]> {
  const list = listOf(item, min, max);
  return (value, at) => {
    const items = list(value, at);
    return new Set(items).size === items.length ? items : refuse(at, "names something twice");
  };
}

/** A check for an object that maps names to values. `key` checks each name; `__proto__` is always refused. */
export function mapOf<T>(
  key: Check<string>,
  item: Check<T>,
  max: number,
): Check<{ readonly [name: string]: T }> {
  return (value, at) => {
    const source = asObject(value, at);
    const names = Object.keys(source);
    if (names.length > max) return refuse(at, `has more than ${max} entries`);
    const copy: { [name: string]: T } = Object.create(null);
    for (const entry of names) {
      const here = within(at, entry);
      refusePrototypeKey(entry, here);
      copy[key(entry, here)] = item(source[entry], here);
    }
    return Object.freeze(copy);
  };
}

/** Plain JSON, at most 32 deep, copied without prototypes and frozen. */
export function json(value: unknown, at: Place): Json {
  return copyJson(value, at, JSON_DEPTH);
}

/** An object of plain JSON. */
export function jsonObject(value: unknown, at: Place): { readonly [name: string]: Json } {
  return copyObject(asObject(value, at), at, JSON_DEPTH);
}

function copyJson(value: unknown, at: Place, depth: number): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return finite(value, at);
  if (depth === 0) return refuse(at, `is nested deeper than ${JSON_DEPTH}`);
  if (Array.isArray(value)) {
    const copy: Json[] = [];
    for (let index = 0; index < value.length; index += 1) {
      copy.push(copyJson(value[index], within(at, index), depth - 1));
    }
    return Object.freeze(copy);
  }
  return copyObject(asObject(value, at), at, depth);
}

function copyObject(
  source: { readonly [name: string]: unknown },
  at: Place,
  depth: number,
): { readonly [name: string]: Json } {
  const copy: { [name: string]: Json } = Object.create(null);
  for (const key of Object.keys(source)) {
    const here = within(at, key);
    refusePrototypeKey(key, here);
    copy[key] = copyJson(source[key], here, depth - 1);
  }
  return Object.freeze(copy);
}

function refusePrototypeKey(key: string, at: Place): void {
  if (key === "__proto__") refuse(at, "__proto__ is not allowed as a key");
}
