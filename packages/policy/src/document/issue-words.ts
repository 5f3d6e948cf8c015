import type { z } from "zod";
import { nearest } from "../diagnostics/nearest.ts";
import { shown } from "../diagnostics/words.ts";
import type { YamlNode } from "../yaml/tree.ts";

type Issue = z.core.$ZodIssue;

/** What stands there, as a sentence names it. */
export function found(node: YamlNode): string {
  switch (node.kind) {
    case "map":
      return "a map";
    case "list":
      return node.items.length === 0 ? "an empty list" : "a list";
    case "broken":
      return "broken";
    case "scalar":
      if (node.value === null) return "empty";
      return typeof node.value === "string" && node.value === ""
        ? "an empty text"
        : `\`${shown(String(node.value))}\``;
  }
}

/** A value that only looks like a right one: the text `1`, or the word that YAML reads as null. */
export function foundInstead(node: YamlNode, values: readonly string[]): string {
  if (node.kind !== "scalar" || !values.includes(String(node.value))) return found(node);
  return typeof node.value === "string"
    ? `the text \`${node.value}\``
    : `YAML's ${String(node.value)}`;
}

/** What stands there, where the shape is wrong: a number between quotes would look like the number that is wanted. */
export function foundFor(node: YamlNode, issue: Issue): string {
  const number = quotedNumber(node, issue);
  return number === undefined ? found(node) : `the text "${shown(number)}"`;
}

/** A number that only its quotes make a text. */
export function unquoteHint(node: YamlNode, issue: Issue): string | undefined {
  const number = quotedNumber(node, issue);
  return number === undefined ? undefined : `Write it without quotes: ${shown(number)}`;
}

function quotedNumber(node: YamlNode, issue: Issue): string | undefined {
  const wantsNumber =
    issue.code === "invalid_type" && (issue.expected === "number" || issue.expected === "int");
  if (!wantsNumber || node.kind !== "scalar" || typeof node.value !== "string") return undefined;
  return /^-?\d+(?:\.\d+)?$/.test(node.value) ? node.value : undefined;
}

/** The word that was probably meant. */
export function wordHint(node: YamlNode, values: readonly string[]): string | undefined {
  if (node.kind !== "scalar") return undefined;
  if (typeof node.value !== "string")
    return values.includes(String(node.value)) ? `Quote it: "${node.value}"` : undefined;
  const right = nearest(node.value, values);
  return right === undefined ? undefined : `Did you mean \`${right}\`?`;
}

const SHAPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  array: "a list",
  object: "a map",
  record: "a map",
};

/** What should stand there, as a sentence names it. */
export function expectation(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return SHAPES[issue.expected] ?? issue.expected;
    case "too_small": {
      if (issue.origin === "array") return "a list of at least one item";
      if (issue.origin === "string") return "a text";
      return `a number ${issue.inclusive === false ? "above" : "of at least"} ${issue.minimum}`;
    }
    case "too_big":
      return `a number of at most ${issue.maximum}`;
    case "invalid_format":
      return issue.format === "regex" ? `a text of the form \`${issue.pattern}\`` : "another text";
    case "invalid_union":
      return unionShapes(issue.errors);
    default:
      return "something else";
  }
}

function unionShapes(options: readonly (readonly Issue[])[]): string {
  const shapes = options.flatMap((issues) => issues.map(expectation));
  return [...new Set(shapes)].join(" or ");
}

/** What holds a key, as a sentence names it. */
export function placeName(path: readonly PropertyKey[]): string {
  const [section, name, key] = path;
  if (section === undefined) return "the policy";
  if (section === "tools" && (key === "arguments" || key === "output")) return "a JSON Schema";
  if (key === undefined) {
    if (section === "rules") return "a rule";
    if (section === "agents") return "an agent profile";
    if (section === "tools") return `the tool \`${String(name)}\``;
    if (section === "cases") return "a case";
  }
  return `\`${String(path.findLast((step) => typeof step === "string"))}\``;
}

/** A sentence begins with a capital. */
export function capital(text: string): string {
  return text.replace(/^[a-z]/, (first) => first.toUpperCase());
}
