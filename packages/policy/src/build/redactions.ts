import type { Redaction } from "@interlatch/core";
import { readField } from "../conditions/fields.ts";
import {
  canBe,
  describe,
  DYNAMIC,
  isSurely,
  optionsOf,
  type Type,
  valuesOf,
} from "../conditions/types.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { mapAt, textsAt, type TextScalar, wordAt } from "../document/fields.ts";
import type { YamlMap } from "../yaml/tree.ts";
import type { BuiltTool } from "./tools.ts";

const PREFIX = "arguments";
const ITEMS = "*";
/** What `[redacted]` and tokens are. */
const MARK = "[redacted]";

/**
 * What a rule hides of the arguments. Paths are checked against the arguments of each of its tools: one that leads
 * nowhere would hide nothing, and one to what can be no text would deny every call.
 */
export function buildRedaction(
  rule: YamlMap,
  tools: readonly BuiltTool[],
  reporter: Reporter,
): Redaction | undefined {
  const map = mapAt(rule, "redact");
  const scalars = map === undefined ? textsAt(rule, "redact") : textsAt(map, "paths");
  const as = (map && wordAt(map, "as", ["mark", "token"])) ?? "mark";
  const paths = scalars.flatMap((scalar) => {
    const path = pathOf(scalar, reporter);
    if (path === undefined) return [];
    for (const tool of tools) checkPath(path, as, tool, scalar, reporter);
    return [path];
  });
  const [first] = paths;
  return first === undefined ? undefined : { paths: distinct(paths), as };
}

function distinct(paths: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
}

/** The names of a path below `arguments`. */
function pathOf({ value, at }: TextScalar, reporter: Reporter): readonly string[] | undefined {
  const steps = value.split(".");
  const names = steps[0] === PREFIX ? steps.slice(1) : steps;
  const isPath = names.length > 0 && names.every((name) => name === ITEMS || NAME.test(name));
  if (isPath && names[0] !== ITEMS) return names;
  reporter.error({
    code: "bad_literal",
    at,
    message: `\`${shown(value)}\` is no path of an argument.`,
    hint: "Write one such as `arguments.card`, or `arguments.items.*.secret` for every item of a list.",
  });
  return undefined;
}

/** A name as it may stand between dots. */
const NAME = /^[^\s.*[\]{}"'`]+$/;

function checkPath(
  path: readonly string[],
  as: Redaction["as"],
  tool: BuiltTool,
  scalar: TextScalar,
  reporter: Reporter,
): void {
  let type = tool.arguments;
  const walked = [PREFIX];
  for (const step of path) {
    if (type.kind === "dynamic") return;
    const next = step === ITEMS ? itemsOf(type) : fieldOf(type, step, tool, scalar);
    if (next === undefined) return refuseStep(type, step, walked.join("."), scalar, reporter);
    type = next;
    walked.push(step);
  }
  checkTarget(type, as, walked.join("."), tool, scalar, reporter);
}

function itemsOf(type: Type): Type | undefined {
  const lists = optionsOf(type).filter((option) => option.kind === "list");
  const [only] = lists;
  return lists.length > 1 ? DYNAMIC : only?.of;
}

/** The type of a field; an unknown one is reported where it is read. */
function fieldOf(
  type: Type,
  name: string,
  { checker }: BuiltTool,
  scalar: TextScalar,
): Type | undefined {
  if (!canBe(type, "object")) return undefined;
  const end = scalar.value.length;
  const source = { text: scalar.value, scalar, spanOf: () => scalar.at };
  const of = checker.notes.made({ kind: "variable", name: PREFIX }, source, { start: 0, end });
  const read = checker.notes.made({ kind: "field", of, name }, source, { start: 0, end });
  return readField(checker, type, read, true);
}

function refuseStep(
  type: Type,
  step: string,
  before: string,
  { at }: TextScalar,
  reporter: Reporter,
): void {
  const message =
    step === ITEMS
      ? `\`${before}\` is ${describe(type)}; \`*\` stands for every item of a list.`
      : `\`${before}\` is ${describe(type)} and has no fields; \`${shown(step)}\` names one.`;
  const hint = isSurely(type, "list") ? `Write \`${before}.*.${step}\` for every item.` : undefined;
  reporter.error({ code: "wrong_type", at, message, hint });
}

/** What stands at the end is replaced by a text, which must be able to fit. */
function checkTarget(
  type: Type,
  as: Redaction["as"],
  path: string,
  tool: BuiltTool,
  { at }: TextScalar,
  reporter: Reporter,
): void {
  const values = canBe(type, "string") ? valuesOf(type) : undefined;
  const fits =
    values === undefined ? canBe(type, "string") : as === "mark" && values.includes(MARK);
  if (fits) return;
  const what = values === undefined ? describe(type) : "one of a fixed list of texts";
  reporter.error({
    code: "wrong_type",
    at,
    message: `\`${path}\` of the tool \`${tool.name}\` is ${what}; redacted it would no longer fit, and every call would be denied.`,
    hint: "Redact a text, or let the schema of the argument take one as well.",
  });
}
