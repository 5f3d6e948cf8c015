import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { isText, listAt, mapAt, numberAt, textsAt } from "../document/fields.ts";
import type { Span } from "../yaml/source.ts";
import { entryOf, type YamlMap, type YamlNode, valueOf } from "../yaml/tree.ts";
import { SCHEMA_KEYWORDS } from "./schema-references.ts";

interface Judge {
  readonly reporter: Reporter;
  /** Whether what a node says is known. */
  readonly isFaulty: (node: YamlNode) => boolean;
}

/**
 * Reports what could never fit: bounds that contradict each other, required keys that no schema admits, values in
 * `enum` and `const` of another type. Such a schema refuses every call, which nobody means.
 *
 * @param isClosed - whether objects are closed where nothing else is said
 */
export function judgeSchema(node: YamlNode, isClosed: boolean, judge: Judge): void {
  if (node.kind !== "map" || judge.isFaulty(node)) return;
  judgeRanges(node, judge);
  judgeLiterals(node, judge);
  judgeRequired(node, isClosed, judge);
  // Keys of an object may be described elsewhere as well once schemas are combined.
  const isSole = isClosed && !IN_PLACE.some((key) => entryOf(node, key) !== undefined);
  for (const key of SCHEMA_KEYWORDS.one) {
    const inner = valueOf(node, key);
    const closes = isSole && !TESTS.has(key);
    if (inner !== undefined) judgeSchema(inner, closes, judge);
  }
  for (const key of SCHEMA_KEYWORDS.list) {
    for (const inner of listAt(node, key)?.items ?? []) {
      judgeSchema(inner, isSole && key === "prefixItems", judge);
    }
  }
  for (const key of [...SCHEMA_KEYWORDS.map, "$defs"] as const) {
    const closes = isSole && key !== "$defs" && entryOf(node, "patternProperties") === undefined;
    for (const { value } of mapAt(node, key)?.entries ?? []) judgeSchema(value, closes, judge);
  }
}

/** Keywords that apply further schemas to the same value. */
const IN_PLACE = ["$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas"] as const;
/** Keywords that only ask, so that nothing is closed inside. */
const TESTS: ReadonlySet<string> = new Set(["not", "if", "contains", "propertyNames"]);

/** A required key that nothing names could never be given. */
function judgeRequired(node: YamlMap, isClosed: boolean, { reporter }: Judge): void {
  const known = (mapAt(node, "properties")?.entries ?? []).map(({ key }) => key);
  const names = new Set(known);
  const seen = new Set<string>();
  const isHopeless = admitsNoOthers(node, isClosed);
  for (const item of listAt(node, "required")?.items ?? []) {
    if (!isText(item)) continue;
    const { value: key, at } = item;
    if (seen.has(key)) refuse(reporter, at, `\`${shown(key)}\` is required twice.`);
    seen.add(key);
    if (names.has(key) || !isHopeless) continue;
    const right = reporter.nearest(key, known);
    refuse(
      reporter,
      at,
      `\`${shown(key)}\` is required but is not among the \`properties\`, so no call could fit: objects are closed.`,
      right === undefined ? undefined : `Did you mean \`${right}\`?`,
    );
  }
}

function admitsNoOthers(node: YamlMap, isClosed: boolean): boolean {
  if (entryOf(node, "patternProperties") !== undefined) return false;
  const additional = valueOf(node, "additionalProperties");
  if (additional !== undefined) return additional.kind === "scalar" && additional.value === false;
  const others = ["unevaluatedProperties", "enum", "const", ...IN_PLACE];
  return isClosed && others.every((key) => entryOf(node, key) === undefined);
}

const RANGES = [
  ["minimum", "maximum"],
  ["minLength", "maxLength"],
  ["minItems", "maxItems"],
  ["minContains", "maxContains"],
  ["minProperties", "maxProperties"],
] as const;

/** Bounds of which one is not itself permitted. */
const OPEN_RANGES = [
  ["exclusiveMinimum", "maximum"],
  ["minimum", "exclusiveMaximum"],
  ["exclusiveMinimum", "exclusiveMaximum"],
] as const;

function judgeRanges(node: YamlMap, { reporter }: Judge): void {
  for (const [low, high] of RANGES) {
    const [least, most] = [numberAt(node, low), numberAt(node, high)];
    if (least === undefined || most === undefined || least <= most) continue;
    const message = `\`${high}\` (${most}) is below \`${low}\` (${least}), so nothing could fit.`;
    refuse(reporter, valueOf(node, high)?.at ?? node.at, message);
  }
  for (const [low, high] of OPEN_RANGES) {
    const [least, most] = [numberAt(node, low), numberAt(node, high)];
    if (least === undefined || most === undefined || least < most) continue;
    const message = `\`${high}\` (${most}) is not above \`${low}\` (${least}), so nothing could fit.`;
    refuse(reporter, valueOf(node, high)?.at ?? node.at, message);
  }
}

function judgeLiterals(node: YamlMap, { reporter }: Judge): void {
  const list = listAt(node, "enum");
  if (list?.items.length === 0) {
    refuse(reporter, list.at, "`enum` is an empty list, so nothing could fit.");
  }
  const types = textsAt(node, "type").map(({ value }) => value);
  if (types.length === 0) return;
  const one = valueOf(node, "const");
  const listed = list?.items ?? [];
  for (const [keyword, value] of [
    ...(one === undefined ? [] : [["const", one] as const]),
    ...listed.map((item) => ["enum", item] as const),
  ]) {
    if (value.kind === "broken" || types.some((type) => isOfType(value, type))) continue;
    const what = value.kind === "scalar" ? `\`${shown(JSON.stringify(value.value))}\`` : "a value";
    const message = `\`${keyword}\` holds ${what}, which does not fit \`type: ${types.join(", ")}\`.`;
    refuse(reporter, value.at, message);
  }
}

function isOfType(node: YamlNode, type: string): boolean {
  if (node.kind === "list") return type === "array";
  if (node.kind === "map") return type === "object";
  if (node.kind === "broken") return true;
  const { value } = node;
  if (type === "null") return value === null;
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

function refuse(reporter: Reporter, at: Span, message: string, hint?: string): void {
  reporter.error({ code: "bad_schema", at, message, hint });
}
