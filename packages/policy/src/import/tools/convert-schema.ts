import { TEXT_FORMATS } from "@interlatch/core";
import { SCHEMA_KEYWORDS } from "../../build/schema-references.ts";
import { shown } from "../../diagnostics/words.ts";
import { ANNOTATIONS, DIALECT, SCHEMA_TYPES } from "../../document/argument-schema.ts";
import { isCarried, isCarriedKey, isMap, type JsonMap, step, visibleText } from "./json-values.ts";
import { modernised } from "./older-drafts.ts";
import { carriedReference } from "./references.ts";
import type { Note } from "./tool-source.ts";

/** Levels of a schema and of the values in it. A policy file has 32 in all, of which a tool takes some. */
const MAX_DEPTH = 26;
/** Characters of a description. */
const MAX_WORDS = 2_000;

/** What converting a schema asks. */
export interface Conversion {
  readonly note: Note;
  /** Why RE2 does not take a pattern; `undefined` where it does. */
  readonly refusal: (pattern: string) => string | undefined;
}

type Schema = boolean | Record<string, unknown>;

/**
 * Turns a JSON Schema of any draft into one that a policy can hold. What has to go is noted: a keyword that only
 * described goes in silence, one that judged is named, and what is no schema at all admits nothing.
 */
export function convertSchema(root: unknown, place: string, conversion: Conversion): Schema {
  return new SchemaConverter(root, conversion).convert(root, place, MAX_DEPTH);
}

class SchemaConverter {
  readonly #root: unknown;
  readonly #note: Note;
  readonly #refusal: Conversion["refusal"];

  constructor(root: unknown, { note, refusal }: Conversion) {
    this.#root = root;
    this.#note = note;
    this.#refusal = refusal;
  }

  convert(source: unknown, place: string, depth: number): Schema {
    if (typeof source === "boolean") return source;
    if (!isMap(source)) {
      this.#note(place, "Is no schema, so nothing fits here.");
      return false;
    }
    if (depth <= 0) {
      this.#note(place, "Is nested too deep for a policy, so nothing fits here.");
      return false;
    }
    const modern = modernised(source);
    const schema: Record<string, unknown> = Object.create(null);
    for (const [key, value] of Object.entries(modern)) {
      const carried = this.#keyword(key, value, place + step(key), depth);
      if (carried !== undefined) schema[key] = carried;
    }
    return schema;
  }

  /** What a keyword holds in the policy; `undefined` where it is left out. */
  #keyword(key: string, value: unknown, place: string, depth: number): unknown {
    if (isOneOf(SCHEMA_KEYWORDS.one, key)) return this.convert(value, place, depth - 1);
    if (isOneOf(SCHEMA_KEYWORDS.list, key)) return this.#list(value, place, depth - 2);
    if (key === "$defs" || isOneOf(SCHEMA_KEYWORDS.map, key)) {
      return this.#map(value, place, depth - 2, key === "patternProperties");
    }
    const read = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
    if (read !== undefined) {
      const carried = read(value, depth - 1);
      if (carried === undefined) this.#note(place, `\`${key}\` is left out: ${found(value)}.`);
      return carried;
    }
    return this.#special(key, value, place, depth);
  }

  #special(key: string, value: unknown, place: string, depth: number): unknown {
    switch (key) {
      case "title":
      case "description":
        return typeof value === "string" ? this.#words(value, place) : undefined;
      case "$ref": {
        const reference = carriedReference(value, this.#root);
        if (reference === undefined) {
          this.#note(place, "Leads out of this schema, or nowhere; left out, so more fits here.");
        }
        return reference;
      }
      case "pattern": {
        if (typeof value !== "string") return undefined;
        const why = this.#refusal(value);
        if (why === undefined) return value;
        this.#note(place, `The pattern is left out, so more fits here: ${why}`);
        return undefined;
      }
      case "format":
        if (TEXT_FORMATS.some((format) => format === value)) return value;
        this.#note(
          place,
          `No policy checks the format ${shown(JSON.stringify(value) ?? "")}; left out.`,
        );
        return undefined;
      case "enum":
        return this.#values(value, place, depth);
      case "$schema":
        if (value !== DIALECT) this.#note(place, "Is read as draft 2020-12.");
        return undefined;
      case "$anchor":
        return value;
      default:
        if (!isOneOf(ANNOTATIONS, key)) {
          this.#note(place, `\`${shown(key)}\` is no keyword that a policy runs; left out.`);
        }
        return undefined;
    }
  }

  #words(text: string, place: string): string {
    const words = visibleText(text);
    if (words !== text.replace(/\r\n?/g, "\n").replaceAll("\t", " ").trim()) {
      this.#note(place, "Held invisible characters, which are removed.");
    }
    if (words.length <= MAX_WORDS) return words;
    this.#note(place, `Is cut at ${MAX_WORDS} characters.`);
    return `${words.slice(0, MAX_WORDS - 1).replace(/[\ud800-\udbff]$/, "")}…`;
  }

  #list(value: unknown, place: string, depth: number): readonly Schema[] | undefined {
    if (Array.isArray(value) && value.length > 0) {
      return value.map((item, index) => this.convert(item, place + step(index), depth));
    }
    this.#note(place, "Is no list of schemas; left out.");
    return undefined;
  }

  #map(value: unknown, place: string, depth: number, isByPattern: boolean): JsonMap | undefined {
    if (!isMap(value)) {
      this.#note(place, "Is no map of schemas; left out.");
      return undefined;
    }
    const map: Record<string, unknown> = Object.create(null);
    const looks = new Set<string>();
    for (const [key, schema] of Object.entries(value)) {
      const look = key.normalize("NFKC");
      const why = looks.has(look)
        ? "it looks like another key"
        : !isCarriedKey(key)
          ? "a policy holds no such key"
          : isByPattern
            ? this.#refusal(key)
            : undefined;
      if (why !== undefined) {
        this.#note(place, `The key ${shown(JSON.stringify(visibleText(key)))} is left out: ${why}`);
        continue;
      }
      looks.add(look);
      map[key] = this.convert(schema, place + step(key), depth);
    }
    return map;
  }

  /** Values that a policy cannot hold are no longer permitted. */
  #values(value: unknown, place: string, depth: number): readonly unknown[] | undefined {
    if (!Array.isArray(value) || value.length === 0) {
      this.#note(place, "Is no list of values; left out, so more fits here.");
      return undefined;
    }
    const carried = value.filter((item) => isCarried(item, depth - 2));
    if (carried.length < value.length) {
      this.#note(place, "Some values cannot stand in a policy and are no longer permitted.");
    }
    return carried;
  }
}

/** Reads a keyword that holds no schema; `undefined`: it does not hold what it should. */
type Reader = (value: unknown, depth: number) => unknown;

const number: Reader = (value) =>
  typeof value === "number" && isCarried(value, 0) ? value : undefined;
const count: Reader = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? value : undefined;
const isType = (value: unknown): boolean => SCHEMA_TYPES.some((type) => type === value);

function names(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item) => typeof item === "string" && isCarriedKey(item));
  return texts.length === value.length ? [...new Set(texts as string[])] : undefined; // all of them are texts
}

const READERS: Readonly<Record<string, Reader>> = {
  type: (value) => {
    if (!Array.isArray(value)) return isType(value) ? value : undefined;
    return value.length > 0 && value.every(isType) ? [...new Set(value)] : undefined;
  },
  const: (value, depth) => (isCarried(value, depth) ? value : undefined),
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: (value) => (Number(number(value, 0) ?? 0) > 0 ? value : undefined),
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  minContains: count,
  maxContains: count,
  minProperties: count,
  maxProperties: count,
  uniqueItems: (value) => (typeof value === "boolean" ? value : undefined),
  required: names,
  dependentRequired: (value) => {
    if (!isMap(value)) return undefined;
    const entries = Object.entries(value).map(([key, keys]) => [key, names(keys)] as const);
    const isWhole = entries.every(([key, keys]) => isCarriedKey(key) && keys !== undefined);
    return isWhole ? Object.fromEntries(entries) : undefined;
  },
};

function found(value: unknown): string {
  return `it holds ${shown(JSON.stringify(value) ?? "nothing")}`;
}

function isOneOf(words: readonly string[], key: string): boolean {
  return words.includes(key);
}
