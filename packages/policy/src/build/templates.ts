import type { Expression, Json, MessageTemplate, ValueTemplate } from "@interlatch/core";
import type { Checker } from "../conditions/check.ts";
import type { Conditions } from "../conditions/conditions.ts";
import { sourceOf } from "../conditions/source.ts";
import { canBe, describe, optionsOf, type Type } from "../conditions/types.ts";
import { nearest } from "../diagnostics/nearest.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import type { TextScalar } from "../document/fields.ts";
import { spanInScalar } from "../yaml/offsets.ts";
import type { YamlMap, YamlNode } from "../yaml/tree.ts";

/** A piece of a template: literal text, or what stands between braces (offsets in the scalar's value). */
type Piece = string | { readonly start: number; readonly end: number };

/**
 * Takes a template apart. `{` opens an expression and `}` closes it; braces and quotes inside the expression are
 * passed over. `{{` and `}}` are literal braces.
 */
function piecesOf(scalar: TextScalar, reporter: Reporter): readonly Piece[] | undefined {
  const text = scalar.value;
  const pieces: Piece[] = [];
  let literal = "";
  const refuse = (start: number, message: string): undefined => {
    reporter.error({
      code: "bad_template",
      at: spanInScalar(scalar, start, start + 1),
      message,
      hint: "Write a literal brace twice: `{{`, `}}`.",
    });
    return undefined;
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if ((sign === "{" || sign === "}") && text[at + 1] === sign) {
      literal += sign;
      at++;
    } else if (sign === "}") return refuse(at, "A `}` closes nothing here.");
    else if (sign === "{") {
      const end = closingBrace(text, at + 1);
      if (end === undefined) return refuse(at, "This `{` is never closed.");
      if (literal !== "") pieces.push(literal);
      literal = "";
      pieces.push({ start: at + 1, end });
      at = end;
    } else literal += sign;
  }
  return literal === "" ? pieces : [...pieces, literal];
}

function closingBrace(text: string, from: number): number | undefined {
  let depth = 0;
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const sign = text[at] ?? "";
    if (quote !== "") {
      if (sign === "\\") at++;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "{") depth++;
    else if (sign === "}" && depth-- === 0) return at;
  }
  return undefined;
}

const MESSAGE_NAMES = ["reason", "tool", "rule"] as const;

/** A message for the model: `reason`, `tool` and `rule` alone, never a value or a detail for operators. */
export function messageTemplate(
  scalar: TextScalar,
  reporter: Reporter,
): MessageTemplate | undefined {
  const pieces = piecesOf(scalar, reporter);
  const parts = pieces?.map((piece) => {
    if (typeof piece === "string") return piece;
    const written = scalar.value.slice(piece.start, piece.end).trim();
    const name = MESSAGE_NAMES.find((known) => known === written);
    if (name !== undefined) return { name };
    const right = nearest(written, MESSAGE_NAMES);
    reporter.error({
      code: "bad_template",
      at: spanInScalar(scalar, piece.start, piece.end),
      message: `A message holds \`{reason}\`, \`{tool}\` or \`{rule}\` and nothing else; found \`{${shown(written)}}\`.`,
      hint: right === undefined ? undefined : `Did you mean \`{${right}}\`?`,
    });
    return undefined;
  });
  return parts?.filter((part) => part !== undefined);
}

/** JSON with expressions in it; whatever has none stays literal. */
export function valueTemplate(
  node: YamlNode,
  conditions: Conditions,
  checkers: readonly Checker[],
  reporter: Reporter,
): ValueTemplate | undefined {
  const inner = (child: YamlNode): ValueTemplate | undefined =>
    valueTemplate(child, conditions, checkers, reporter);
  switch (node.kind) {
    case "broken":
      return undefined;
    case "scalar":
      if (typeof node.value !== "string") return { kind: "literal", value: node.value };
      return textTemplate({ ...node, value: node.value }, ANY_JSON, conditions, checkers, reporter);
    case "list": {
      const items = node.items.map(inner).filter((item) => item !== undefined);
      if (items.length < node.items.length) return undefined;
      const values = literalsOf(items);
      return values === undefined ? { kind: "list", items } : { kind: "literal", value: values };
    }
    case "map":
      return objectTemplate(node, inner);
  }
}

function objectTemplate(
  node: YamlMap,
  inner: (child: YamlNode) => ValueTemplate | undefined,
): ValueTemplate | undefined {
  const entries = node.entries.flatMap(({ key, value }) => {
    const template = inner(value);
    return template === undefined ? [] : [[key, template] as const];
  });
  if (entries.length < node.entries.length) return undefined;
  const values = literalsOf(entries.map(([, template]) => template));
  if (values === undefined) return { kind: "object", entries };
  const object: Record<string, Json> = Object.create(null);
  entries.forEach(([key], index) => (object[key] = values[index] ?? null));
  return { kind: "literal", value: object };
}

function literalsOf(templates: readonly ValueTemplate[]): readonly Json[] | undefined {
  const literals = templates.filter((template) => template.kind === "literal");
  return literals.length < templates.length ? undefined : literals.map((literal) => literal.value);
}

/** What an expression that is the whole of a template must give. */
interface Demand {
  readonly wanted: string;
  fits(type: Type): boolean;
}

const ANY_JSON: Demand = {
  wanted: "JSON",
  fits: (type) => canBe(type, "null", "boolean", "number", "string", "list", "object"),
};

const TEXTS: Demand = {
  wanted: "a text or a list of texts",
  fits: (type) => optionsOf(type).some(isTexts),
};

function isTexts(type: Type): boolean {
  return type.kind === "list" ? canBe(type.of, "string") : canBe(type, "string");
}

/** A text, with expressions in it or not, that names what a call touches: one thing, or a list of them. */
export function resourceTemplate(
  scalar: TextScalar,
  conditions: Conditions,
  checkers: readonly Checker[],
  reporter: Reporter,
): ValueTemplate | undefined {
  return textTemplate(scalar, TEXTS, conditions, checkers, reporter);
}

function textTemplate(
  scalar: TextScalar,
  demand: Demand,
  conditions: Conditions,
  checkers: readonly Checker[],
  reporter: Reporter,
): ValueTemplate | undefined {
  const pieces = piecesOf(scalar, reporter);
  if (pieces === undefined) return undefined;
  const alone = pieces.length === 1;
  const parts = pieces.map((piece) =>
    typeof piece === "string"
      ? piece
      : expressionOf(scalar, piece, alone ? demand : undefined, conditions, checkers),
  );
  const whole = parts.filter((part) => part !== undefined);
  if (whole.length < parts.length) return undefined;
  const [only] = whole;
  if (whole.every((part) => typeof part === "string"))
    return { kind: "literal", value: whole.join("") };
  if (alone && only !== undefined && typeof only !== "string")
    return { kind: "expression", expression: only };
  return { kind: "text", parts: whole };
}

function expressionOf(
  scalar: TextScalar,
  { start, end }: { readonly start: number; readonly end: number },
  alone: Demand | undefined,
  conditions: Conditions,
  checkers: readonly Checker[],
): Expression | undefined {
  const expression = conditions.compileSource(sourceOf(scalar, scalar.value, start, end));
  if (expression === undefined) return undefined;
  for (const checker of checkers) {
    const type = checker.value(expression);
    const fits = alone?.fits(type) ?? canBe(type, "null", "boolean", "number", "string");
    if (!fits) {
      const wanted = alone?.wanted ?? "a text, a number, a boolean or null";
      checker.report(
        "wrong_type",
        expression,
        `An expression ${alone === undefined ? "inside text " : ""}must give ${wanted}; this gives ${describe(type)}.`,
      );
    }
  }
  return expression;
}
