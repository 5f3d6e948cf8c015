import { z } from "zod";
import { nearest } from "../diagnostics/nearest.ts";
import { oneOf, shown } from "../diagnostics/words.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { conditionOnLine, quotingHint } from "../yaml/eaten.ts";
import type { Span } from "../yaml/source.ts";
import { entryOf, toPlain, type YamlNode } from "../yaml/tree.ts";
import {
  capital,
  expectation,
  foundFor,
  foundInstead,
  placeName,
  unquoteHint,
  wordHint,
} from "./issue-words.ts";
import { NOT_SUPPORTED_YET } from "./shape.ts";

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/**
 * Judges a tree by a schema and reports every issue at its place in the file.
 *
 * @returns the nodes that an issue was found in, with all up to the map that holds them: what they say is not known
 */
export function checkShape(
  root: YamlNode,
  schema: z.ZodType,
  reporter: Reporter,
): ReadonlySet<YamlNode> {
  const faulty = new Set<YamlNode>();
  const result = schema.safeParse(toPlain(root));
  if (result.success) return faulty;
  // A misspelt key is also a missing one; the right name is said once, where the wrong one stands.
  const { issues } = result.error;
  const misspelt = new Set<string>();
  const [unknown, others] = [
    issues.filter(isUnknownKeys),
    issues.filter((issue) => !isUnknownKeys(issue)),
  ];
  for (const issue of [...unknown, ...others])
    reportIssue(root, schema, issue, [], { reporter, faulty, misspelt });
  return faulty;
}

function isUnknownKeys(issue: Issue): boolean {
  return issue.code === "unrecognized_keys";
}

/** What reporting the issues of one tree keeps. */
interface Report {
  readonly reporter: Reporter;
  readonly faulty: Set<YamlNode>;
  /** Paths of keys that were written in another way. */
  readonly misspelt: Set<string>;
}

function reportIssue(
  root: YamlNode,
  schema: z.ZodType,
  issue: Issue,
  before: Path,
  report: Report,
): void {
  const { reporter, faulty, misspelt } = report;
  const path = [...before, ...issue.path];
  const place = placeOf(root, path);
  if (place === "broken") return;
  const option = issue.code === "invalid_union" ? closestOption(issue.errors) : undefined;
  if (option !== undefined) {
    // What is wrong stands further in; the value of the union itself is understood.
    for (const inner of option) reportIssue(root, schema, inner, path, report);
    return;
  }
  markFaulty(root, path, faulty);
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys) reportUnknownKey(root, path, key, keysAt(schema, path), report);
      return;
    case "custom":
      if (issue.params?.["problem"] === NOT_SUPPORTED_YET)
        return reportNotYet(path, place, reporter);
      break;
    default:
      break;
  }
  if (place.missing) {
    if (!misspelt.has(pathKey(path))) reportMissing(place, path, issue, reporter);
    return;
  }
  reportValue(place, path, issue, reporter);
}

/**
 * The option of a union that the value was meant to be: the one that does not already fail at its root; else the
 * one that fails at its root with a wrong word, since it can say which words are right.
 */
function closestOption(options: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const failsAtRoot = (issues: readonly Issue[], code: Issue["code"]): boolean =>
    issues.some((issue) => issue.path.length === 0 && issue.code === code);
  const fitting = options.filter((issues) => !failsAtRoot(issues, "invalid_type"));
  return fitting.find((issues) => !failsAtRoot(issues, "invalid_value")) ?? fitting[0];
}

interface Place {
  /** The value, or the parent where the key is missing. */
  readonly at: Span;
  /** The key, where the value is that of one. */
  readonly keyAt?: Span;
  readonly node: YamlNode;
  readonly missing: boolean;
}

function placeOf(root: YamlNode, path: Path): Place | "broken" {
  let place: Place = { at: root.at, node: root, missing: false };
  for (const step of path) {
    const { node } = place;
    if (node.kind === "broken") return "broken";
    if (node.kind === "map") {
      const entry = entryOf(node, String(step));
      if (entry === undefined) return { ...place, missing: true };
      place = { at: entry.value.at, keyAt: entry.keyAt, node: entry.value, missing: false };
    } else if (node.kind === "list") {
      const item = node.items[Number(step)];
      if (item === undefined) return { ...place, missing: true };
      place = { at: item.at, node: item, missing: false };
    } else return place;
  }
  return place.node.kind === "broken" ? "broken" : place;
}

function markFaulty(root: YamlNode, path: Path, faulty: Set<YamlNode>): void {
  for (let length = path.length; length >= 0; length--) {
    const place = placeOf(root, path.slice(0, length));
    if (place === "broken") return;
    faulty.add(place.node);
    if (place.node.kind === "map" && length < path.length) return;
  }
}

/** Words that people bring along from elsewhere. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  effect: "action",
  decision: "action",
  if: "when",
  condition: "when",
  expires: "until",
  limit: "rate_limit",
  args: "arguments",
  params: "arguments",
  message: "reason",
};

function pathKey(path: Path): string {
  return JSON.stringify(path.map(String));
}

function reportUnknownKey(
  root: YamlNode,
  path: Path,
  key: string,
  known: readonly string[],
  { reporter, misspelt }: Report,
): void {
  const parent = placeOf(root, path);
  if (parent === "broken" || parent.node.kind !== "map") return;
  const entry = entryOf(parent.node, key);
  if (entry === undefined) return;
  const other = Object.hasOwn(OTHER_WORDS, key) ? OTHER_WORDS[key] : undefined;
  const right =
    nearest(key, known) ?? (other !== undefined && known.includes(other) ? other : undefined);
  if (right !== undefined) misspelt.add(pathKey([...path, right]));
  reporter.error({
    code: "unknown_key",
    at: entry.keyAt,
    message: `\`${shown(key)}\` is not a key of ${placeName(path)}.`,
    hint: right === undefined ? `Known keys: ${known.join(", ")}.` : `Did you mean \`${right}\`?`,
  });
}

function reportNotYet(path: Path, place: Place, reporter: Reporter): void {
  const last = path.at(-1);
  const value = place.node.kind === "scalar" ? String(place.node.value) : "";
  const where = placeName(path.slice(0, -1));
  // Of `mode` and of list items it is the value that is not run; of all others the key.
  const what =
    typeof last === "number"
      ? `\`${value}\``
      : last === "mode"
        ? `\`mode: ${value}\``
        : `\`${String(last)}\` (${where})`;
  reporter.error({
    code: "not_supported_yet",
    at: place.keyAt ?? place.at,
    message: `${what} is part of the language, but this engine does not run it yet.`,
  });
}

function reportMissing(place: Place, path: Path, issue: Issue, reporter: Reporter): void {
  const key = String(path.at(-1));
  const expected =
    issue.code === "invalid_value" ? `; expected ${oneOf(issue.values.map(String))}` : "";
  const { file, start } = place.at;
  const lineEnd = file.text.indexOf("\n", start);
  const end = Math.min(place.at.end, lineEnd === -1 ? place.at.end : lineEnd);
  const at = place.keyAt ?? { file, start, end };
  reporter.error({
    code: "missing_key",
    at,
    message: `${capital(placeName(path.slice(0, -1)))} has no \`${key}\`${expected}.`,
  });
}

function reportValue({ at, node }: Place, path: Path, issue: Issue, reporter: Reporter): void {
  const name =
    typeof path.at(-1) === "number"
      ? `an item of \`${String(path.at(-2))}\``
      : path.length === 0
        ? "the file"
        : `\`${String(path.at(-1))}\``;
  if (isCondition(path) && node.kind === "scalar" && typeof node.value !== "string") {
    const written =
      node.value === null ? "nothing" : `the YAML ${typeof node.value} \`${node.value}\``;
    const message = `A condition is a text; found ${written}.`;
    const hint =
      node.value === null
        ? "Leave the key out, or write a condition."
        : `Quote it: "${node.value}"`;
    reporter.error({ code: "condition_not_text", at, message, hint });
    return;
  }
  if (isCondition(path) && node.kind === "map" && reportTakenApart(at, reporter)) return;
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    const message = `${capital(name)} is ${foundInstead(node, values)}; expected ${oneOf(values)}.`;
    reporter.error({ code: "bad_value", at, message, hint: wordHint(node, values) });
    return;
  }
  const code =
    issue.code === "invalid_type" || issue.code === "invalid_union" ? "wrong_shape" : "bad_value";
  reporter.error({
    code,
    at,
    message: `${capital(name)} is ${foundFor(node, issue)}; expected ${expectation(issue)}.`,
    hint: rateHint(node, path) ?? unquoteHint(node, issue),
  });
}

/** How many, but not in how long. */
function rateHint(node: YamlNode, path: Path): string | undefined {
  const isNumber = node.kind === "scalar" && typeof node.value === "number";
  return path.at(-1) === "rate_limit" && isNumber
    ? `Write \`${node.value} calls/minute\`.`
    : undefined;
}

/** A condition with `: ` in it, which YAML reads as a key and a value. */
function reportTakenApart(at: Span, reporter: Reporter): boolean {
  const condition = conditionOnLine(at.file, at.file.positionOf(at.start).line);
  if (condition === undefined) return false;
  const message = `YAML reads \`${condition.text}\` as a map, so it is not the condition that was written.`;
  reporter.error({
    code: "condition_not_text",
    at: condition.at,
    message,
    hint: quotingHint(condition),
    key: "eaten",
  });
  return true;
}

function isCondition(path: Path): boolean {
  const key = typeof path.at(-1) === "number" ? path.at(-2) : path.at(-1);
  if (path[0] === "define" && path.length === 2) return true;
  return (
    (path[0] === "rules" || path[0] === "agents") &&
    (key === "when" || key === "conditions" || key === "unless")
  );
}

/** The keys that an object may have at a place of the schema. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let at: unknown = schema;
  for (const step of path) {
    at = unwrap(at);
    if (at instanceof z.ZodObject) at = at.shape[String(step)];
    else if (at instanceof z.ZodRecord) at = at.valueType;
    else if (at instanceof z.ZodArray) at = at.element;
    else return [];
  }
  at = unwrap(at);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrap(schema: unknown): unknown {
  let at = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodLazy) at = at.unwrap();
  // Of several forms the map is the one that has keys.
  if (at instanceof z.ZodUnion)
    return at.options.find((option) => option instanceof z.ZodObject) ?? at;
  return at;
}
