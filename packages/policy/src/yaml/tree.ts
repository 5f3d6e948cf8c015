import type { Json, JsonObject } from "@interlatch/core";
import type { Span } from "./source.ts";

/**
 * What a strict file holds, with the place of everything. Keys are text and unique. `broken` is a part
 * whose error is already reported: everything that reads the tree passes over it in silence, so that one
 * mistake gives one message.
 */
export type YamlNode = YamlMap | YamlList | YamlScalar | YamlBroken;

/** A map; its keys are unique, and no two look alike. */
export interface YamlMap {
  readonly kind: "map";
  readonly at: Span;
  readonly entries: readonly YamlEntry[];
}

/** One key of a map and its value. */
export interface YamlEntry {
  readonly key: string;
  readonly keyAt: Span;
  readonly value: YamlNode;
}

/** A list. */
export interface YamlList {
  readonly kind: "list";
  readonly at: Span;
  readonly items: readonly YamlNode[];
}

/** A single value. */
export interface YamlScalar {
  readonly kind: "scalar";
  readonly at: Span;
  readonly value: null | boolean | number | string;
  readonly style: ScalarStyle;
}
/** How a scalar is written. */
export type ScalarStyle = "plain" | "single" | "double" | "block";

/** A part whose error is reported. */
export interface YamlBroken {
  readonly kind: "broken";
  readonly at: Span;
}

/** The entry of a key. */
export function entryOf(map: YamlMap, key: string): YamlEntry | undefined {
  if (map.entries.length > SMALL) return indexOf(map).get(key);
  for (const entry of map.entries) if (entry.key === key) return entry;
  return undefined;
}

/** Of a larger map an index is made: ten thousand tools are looked up by name again and again. */
const SMALL = 32;
const indexes = new WeakMap<YamlMap, ReadonlyMap<string, YamlEntry>>();

function indexOf(map: YamlMap): ReadonlyMap<string, YamlEntry> {
  let index = indexes.get(map);
  if (index === undefined) {
    index = new Map(map.entries.map((entry) => [entry.key, entry]));
    indexes.set(map, index);
  }
  return index;
}

/** The value of a key. */
export function valueOf(map: YamlMap, key: string): YamlNode | undefined {
  return entryOf(map, key)?.value;
}

/**
 * The plain JSON of a node, objects without a prototype. A broken part is `undefined`.
 * `__proto__` never is a key: reading the file refuses it.
 */
export function toPlain(node: YamlNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(toPlain);
    case "map": {
      const object: Record<string, unknown> = Object.create(null);
      for (const { key, value } of node.entries) object[key] = toPlain(value);
      return object;
    }
    case "broken":
      return undefined;
  }
}

/** The JSON of a node, or `undefined` when any part of it is broken. */
export function toJson(node: YamlNode): Json | undefined {
  return isWhole(node) ? (toPlain(node) as Json) : undefined; // a whole tree holds JSON values only
}

/** The JSON of a map, or `undefined` when it is no map or any part of it is broken. */
export function toJsonObject(node: YamlNode): JsonObject | undefined {
  return node.kind === "map" ? (toJson(node) as JsonObject | undefined) : undefined; // a map becomes an object
}

function isWhole(node: YamlNode): boolean {
  switch (node.kind) {
    case "scalar":
      return true;
    case "list":
      return node.items.every(isWhole);
    case "map":
      return node.entries.every((entry) => isWhole(entry.value));
    case "broken":
      return false;
  }
}
