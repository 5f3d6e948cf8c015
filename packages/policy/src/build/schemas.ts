import type { ArgumentSchema } from "@interlatch/core";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { isLaterKeyword } from "../document/argument-schema.ts";
import { isText, listAt, mapAt, numberAt } from "../document/fields.ts";
import type { Span } from "../yaml/source.ts";
import { entryOf, toJson, type YamlMap, type YamlNode, valueOf } from "../yaml/tree.ts";
import type { PolicyParts } from "./parts.ts";

/** Reads argument schemas and remembers of which parts it is not known what they describe. */
export class SchemaReader {
  readonly #parts: PolicyParts;
  readonly #reporter: Reporter;
  readonly #unknown = new WeakSet<ArgumentSchema>();

  constructor(parts: PolicyParts, reporter: Reporter) {
    this.#parts = parts;
    this.#reporter = reporter;
  }

  isUnknown(schema: ArgumentSchema): boolean {
    return this.#unknown.has(schema);
  }

  /** The schema of a whole `arguments`: of an object. */
  root(node: YamlNode): ArgumentSchema {
    const schema = this.read(node);
    const type = schema.type;
    const fits = type === undefined || type === "object";
    if (!fits && !this.isUnknown(schema) && node.kind === "map") {
      const at = entryOf(node, "type")?.value.at ?? node.at;
      this.#reporter.error({
        code: "bad_schema",
        at,
        message: "The arguments of a tool are an object: `type: object`.",
      });
    }
    if (type !== undefined) return schema;
    const typed: ArgumentSchema = { type: "object", ...schema };
    if (this.isUnknown(schema)) this.#unknown.add(typed);
    return typed;
  }

  read(node: YamlNode): ArgumentSchema {
    if (node.kind !== "map") return this.#mark({});
    const schema: ArgumentSchema = {
      ...this.#words(node),
      ...this.#ranges(node),
      ...this.#shape(node),
    };
    if (this.#parts.isFaulty(node) || node.entries.some((entry) => isLaterKeyword(entry.key)))
      return this.#mark(schema);
    this.#checkRequired(node, schema);
    this.#checkRanges(node);
    return schema;
  }

  #mark(schema: ArgumentSchema): ArgumentSchema {
    this.#unknown.add(schema);
    return schema;
  }

  #words(node: YamlMap): ArgumentSchema {
    const schema: Record<string, unknown> = {};
    for (const key of ["title", "description", "type", "enum", "const", "required"]) {
      const value = valueOf(node, key);
      const json = value === undefined ? undefined : toJson(value);
      if (json !== undefined) schema[key] = json;
    }
    return schema as ArgumentSchema; // the schema of the document has checked each of these keys
  }

  #ranges(node: YamlMap): ArgumentSchema {
    const schema: Record<string, number> = {};
    for (const key of [...NUMBERS, ...COUNTS]) {
      const value = numberAt(node, key);
      if (value !== undefined) schema[key] = value;
    }
    return schema;
  }

  #shape(node: YamlMap): ArgumentSchema {
    const items = valueOf(node, "items");
    const properties = mapAt(node, "properties");
    const named: Record<string, ArgumentSchema> = Object.create(null);
    for (const { key, value } of properties?.entries ?? []) named[key] = this.read(value);
    return {
      ...(properties === undefined ? {} : { properties: named }),
      ...(items === undefined ? {} : { items: this.read(items) }),
    };
  }

  /** A required key that is not named could never be given: objects are closed. */
  #checkRequired(node: YamlMap, schema: ArgumentSchema): void {
    const known = new Set(Object.keys(schema.properties ?? {}));
    const seen = new Set<string>();
    for (const item of listAt(node, "required")?.items ?? []) {
      if (!isText(item)) continue;
      if (seen.has(item.value))
        this.#refuse(item.at, `\`${shown(item.value)}\` is required twice.`);
      seen.add(item.value);
      if (known.has(item.value)) continue;
      const right = this.#reporter.nearest(item.value, [...known]);
      const message = `\`${shown(item.value)}\` is required but is not among the \`properties\`, so no call could fit: objects are closed.`;
      this.#refuse(
        item.at,
        message,
        right === undefined ? undefined : `Did you mean \`${right}\`?`,
      );
    }
  }

  #checkRanges(node: YamlMap): void {
    for (const [low, high] of RANGES) {
      const [least, most] = [numberAt(node, low), numberAt(node, high)];
      if (least === undefined || most === undefined || least <= most) continue;
      this.#refuse(
        valueOf(node, high)?.at ?? node.at,
        `\`${high}\` (${most}) is below \`${low}\` (${least}), so nothing could fit.`,
      );
    }
  }

  #refuse(at: Span, message: string, hint?: string): void {
    this.#reporter.error({ code: "bad_schema", at, message, hint });
  }
}

const NUMBERS = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
] as const;
const COUNTS = [
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
] as const;
const RANGES = [
  ["minimum", "maximum"],
  ["minLength", "maxLength"],
  ["minItems", "maxItems"],
  ["minProperties", "maxProperties"],
] as const;
