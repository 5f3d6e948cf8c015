import type { ArgumentSchema, ArgumentSchemaObject } from "@interlatch/core";
import type { Reporter } from "../diagnostics/reporter.ts";
import { FOREIGN_KEYWORDS } from "../document/argument-schema.ts";
import { mapAt, textAt } from "../document/fields.ts";
import type { Span } from "../yaml/source.ts";
import { entryOf, toJson, type YamlMap, type YamlNode, valueOf } from "../yaml/tree.ts";
import type { PolicyParts } from "./parts.ts";
import { cyclesInPlace } from "./schema-cycles.ts";
import { judgeSchema } from "./schema-judge.ts";
import { SCHEMA_KEYWORDS, SchemaReferences } from "./schema-references.ts";

/** What reading schemas tells and asks. */
export interface SchemaSurroundings {
  /** Whether the document's schema found fault with a node, so that it is not known what it says. */
  readonly isFaulty: PolicyParts["isFaulty"];
  readonly reporter: Reporter;
  /** Takes each RE2 pattern, to be compiled with those of conditions. */
  readonly pattern: (source: string, at: Span) => void;
  /**
   * Whether what could never fit is an error, as it is for an author. Test suites of JSON Schema hold such
   * schemas on purpose.
   */
  readonly judge: boolean;
}

/** Reads argument schemas and remembers of which parts it is not known what they describe. */
export class SchemaReader {
  readonly #surroundings: SchemaSurroundings;
  readonly #unknown = new WeakSet<ArgumentSchemaObject>();

  constructor(surroundings: SchemaSurroundings) {
    this.#surroundings = surroundings;
  }

  isUnknown(schema: ArgumentSchema): boolean {
    return typeof schema === "object" && this.#unknown.has(schema);
  }

  /**
   * The schema of a whole `arguments` or of a shape: of an object, and closed.
   *
   * @param what - how a message begins that says so
   */
  arguments(node: YamlNode, what = "The arguments of a tool are"): ArgumentSchemaObject {
    const schema = this.#root(node, true);
    const isObject = typeof schema === "object";
    const type = isObject ? schema.type : undefined;
    const fits = isObject && (type === undefined || type === "object");
    if (!fits && !this.isUnknown(schema)) {
      const at = (node.kind === "map" ? entryOf(node, "type")?.value.at : undefined) ?? node.at;
      const message = `${what} an object: \`type: object\`.`;
      this.#surroundings.reporter.error({ code: "bad_schema", at, message });
    }
    if (!isObject) return this.#mark({ type: "object" });
    if (type !== undefined) return schema;
    const typed: ArgumentSchemaObject = { type: "object", ...schema };
    return this.isUnknown(schema) ? this.#mark(typed) : typed;
  }

  /** Any other schema, such as that of a tool's result: open, as JSON Schema is. */
  any(node: YamlNode): ArgumentSchema {
    return this.#root(node, false);
  }

  #root(node: YamlNode, isClosed: boolean): ArgumentSchema {
    if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
    if (node.kind !== "map") return this.#mark({});
    const { reporter, judge, isFaulty } = this.#surroundings;
    const reading = new SchemaReading(node, this.#surroundings, (schema) => this.#mark(schema));
    const schema = reading.root();
    if (judge && !isFaulty(node)) judgeSchema(node, isClosed, this.#surroundings);
    for (const { at, path } of cyclesInPlace(schema, reading.uses)) {
      const message = `The schema refers to itself without a step into the value: ${path.join(" -> ")}.`;
      reporter.error({ code: "bad_schema", at, message });
      this.#mark(schema);
    }
    return schema;
  }

  #mark(schema: ArgumentSchemaObject): ArgumentSchemaObject {
    this.#unknown.add(schema);
    return schema;
  }
}

/** Reads one schema with all that it refers to. */
class SchemaReading {
  /** Where each reference was first used. */
  readonly uses = new Map<string, Span>();
  readonly #node: YamlMap;
  readonly #surroundings: SchemaSurroundings;
  readonly #mark: (schema: ArgumentSchemaObject) => ArgumentSchemaObject;
  readonly #references: SchemaReferences;
  /** Targets that were named and are still to be read. */
  readonly #waiting: (readonly [name: string, node: YamlNode])[] = [];
  readonly #named = new Set<string>();

  constructor(
    node: YamlMap,
    surroundings: SchemaSurroundings,
    mark: (schema: ArgumentSchemaObject) => ArgumentSchemaObject,
  ) {
    this.#node = node;
    this.#surroundings = surroundings;
    this.#mark = mark;
    this.#references = new SchemaReferences(node, surroundings.reporter);
  }

  root(): ArgumentSchemaObject {
    const schema = this.#map(this.#node);
    const definitions: Record<string, ArgumentSchema> = Object.create(null);
    for (const { key, value } of mapAt(this.#node, "$defs")?.entries ?? []) this.#await(key, value);
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      definitions[next[0]] = this.#read(next[1]);
    }
    // The same object: it may be known that it is not known.
    return Object.keys(definitions).length === 0
      ? schema
      : Object.assign(schema, { $defs: definitions });
  }

  #await(name: string, node: YamlNode): void {
    if (this.#named.has(name)) return;
    this.#named.add(name);
    this.#waiting.push([name, node]);
  }

  #read(node: YamlNode): ArgumentSchema {
    if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
    return node.kind === "map" ? this.#map(node) : this.#mark({});
  }

  #map(node: YamlMap): ArgumentSchemaObject {
    const schema = { ...this.#plain(node), ...this.#inner(node) };
    const isForeign = this.#refuseForeign(node);
    const isKnown = this.#refer(node, schema) && !isForeign;
    this.#keepPatterns(node);
    return isKnown && !this.#surroundings.isFaulty(node) ? schema : this.#mark(schema);
  }

  #plain(node: YamlMap): ArgumentSchemaObject {
    const schema: Record<string, unknown> = {};
    for (const key of PLAIN_KEYWORDS) {
      const value = valueOf(node, key);
      const json = value === undefined ? undefined : toJson(value);
      if (json !== undefined) schema[key] = json;
    }
    return schema as ArgumentSchemaObject; // the schema of the document has checked each of these keys
  }

  #inner(node: YamlMap): ArgumentSchemaObject {
    const schema: Record<string, unknown> = {};
    for (const key of SCHEMA_KEYWORDS.one) {
      const value = valueOf(node, key);
      if (value !== undefined) schema[key] = this.#read(value);
    }
    for (const key of SCHEMA_KEYWORDS.list) {
      const list = valueOf(node, key);
      if (list?.kind === "list") schema[key] = list.items.map((item) => this.#read(item));
    }
    for (const key of SCHEMA_KEYWORDS.map) {
      const map = mapAt(node, key);
      if (map === undefined) continue;
      const named: Record<string, ArgumentSchema> = Object.create(null);
      for (const entry of map.entries) named[entry.key] = this.#read(entry.value);
      schema[key] = named;
    }
    return schema as ArgumentSchemaObject; // each key got what its keyword holds
  }

  /** @returns whether the reference, if there is one, leads to a schema */
  #refer(node: YamlMap, schema: ArgumentSchemaObject): boolean {
    const text = textAt(node, "$ref");
    if (text === undefined) return true;
    const target = this.#references.resolve(text);
    if (target === undefined) return false;
    if (!this.uses.has(target.reference)) this.uses.set(target.reference, text.at);
    if (target.reference !== "#")
      this.#await(target.reference.slice(DEFINITION.length), target.node);
    Object.assign(schema, { $ref: target.reference });
    return true;
  }

  #keepPatterns(node: YamlMap): void {
    const { pattern: keep } = this.#surroundings;
    const pattern = textAt(node, "pattern");
    if (pattern !== undefined) keep(pattern.value, pattern.at);
    for (const { key, keyAt } of mapAt(node, "patternProperties")?.entries ?? []) keep(key, keyAt);
  }

  #refuseForeign(node: YamlMap): boolean {
    let isForeign = false;
    for (const keyword of FOREIGN_KEYWORDS) {
      const entry = entryOf(node, keyword);
      if (entry === undefined) continue;
      isForeign = true;
      const hint =
        keyword === "$id"
          ? "Leave it out; refer within the schema: `$ref: '#/$defs/NAME'`."
          : "Write out what it stands for, with `$ref` and `$defs`.";
      const message = `\`${keyword}\` leads out of the policy: what it means depends on other documents.`;
      this.#surroundings.reporter.error({ code: "bad_schema", at: entry.keyAt, message, hint });
    }
    return isForeign;
  }
}

const DEFINITION = "#/$defs/";

const PLAIN_KEYWORDS = [
  "title",
  "description",
  "type",
  "enum",
  "const",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "pattern",
  "format",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minContains",
  "maxContains",
  "required",
  "dependentRequired",
  "minProperties",
  "maxProperties",
] as const satisfies readonly (keyof ArgumentSchemaObject)[];
