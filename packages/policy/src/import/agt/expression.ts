import {
  differsText,
  equalText,
  fieldText,
  inText,
  type Literal,
  NotCarried,
  orderText,
} from "./condition-text.ts";

/** A condition, taken apart at its outermost `and`. */
export interface Carried {
  /** Tools that it names and that it is for alone; `null`: any. */
  readonly tools: readonly string[] | null;
  /** What the names of its tools begin with, up to a dot or their end. */
  readonly prefix?: string;
  /** What else must hold; `undefined`: nothing. */
  readonly when: string | undefined;
}

/**
 * Reads a condition in AGT's expression form: `path == 'x'`, `!=`, `<`, `in ['a', 'b']`, `not in`, a bare path, joined
 * by `and` and `or`. Whatever else stands there is never true in AGT, without a word; here it is said.
 *
 * @throws NotCarried
 */
export function readExpression(text: string): Carried {
  const parts = splitOutside(text.trim(), " or ").length > 1 ? [text] : splitOutside(text, " and ");
  const tools: string[][] = [];
  const whens: string[] = [];
  for (const part of parts) {
    const named = toolsNamed(part.trim());
    if (named !== null) tools.push(named);
    else whens.push(orPart(part.trim()));
  }
  const [first, ...others] = tools;
  const common = first?.filter((name) => others.every((other) => other.includes(name))) ?? null;
  return { tools: common, when: whens.length === 0 ? undefined : whens.join(" && ") };
}

const TOOL = /^(?:tool_name|tool\.name|tool|action)\s*(==|in)\s*(.+)$/;

function toolsNamed(part: string): string[] | null {
  const [, operator, value = ""] = TOOL.exec(part) ?? [];
  if (operator === undefined) return null;
  const values = operator === "in" ? listIn(value) : [literalIn(value)];
  return values.every((each) => typeof each === "string") ? values : null;
}

function orPart(text: string): string {
  const ors = splitOutside(text, " or ");
  if (ors.length > 1) return `(${ors.map((part) => andPart(part.trim())).join(" || ")})`;
  return andPart(text);
}

function andPart(text: string): string {
  const parts = splitOutside(text, " and ").map((part) => comparison(part.trim()));
  return parts.length === 1 ? (parts[0] ?? "") : `(${parts.join(" && ")})`;
}

const PATH = "\\w+(?:\\.\\w+)*";
const MEMBER = new RegExp(`^(${PATH})\\s+(not\\s+)?in\\s+(\\[[^\\]]*\\])$`);
const COMPARED = new RegExp(`^(${PATH})\\s*(==|!=|>=|<=|>|<)\\s*(.+)$`);
const BARE = new RegExp(`^${PATH}$`);

function comparison(text: string): string {
  const member = MEMBER.exec(text);
  if (member !== null) {
    const [, path = "", not, list = ""] = member;
    const held = inText(fieldText(path), listIn(list).flatMap(asTextAndValue));
    return not === undefined ? held : `!(${held})`;
  }
  const compared = COMPARED.exec(text);
  if (compared !== null) {
    const [, path = "", operator = "", right = ""] = compared;
    const value = literalIn(right);
    const field = fieldText(path);
    if (operator === "==") return equalText(field, value);
    if (operator === "!=") return differsText(field, value);
    return orderText(field, operator, value);
  }
  if (BARE.test(text) && !/^\d/.test(text)) return fieldText(text);
  throw new NotCarried(`\`${text.slice(0, 60)}\` is no condition of AGT's expression form`);
}

/** AGT makes a text of whatever it looks for in a list, so `5` is found in `['5']`. */
function asTextAndValue(value: string | number | boolean | null): readonly Literal[] {
  if (typeof value !== "string") return [String(value), value];
  if (value === "true" || value === "false") return [value, value === "true"];
  return String(Number(value)) === value ? [value, Number(value)] : [value];
}

function literalIn(text: string): string | number | boolean {
  const quoted = /^'([^']*)'$|^"([^"]*)"$/.exec(text.trim());
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? "";
  if (/^\d+(?:\.\d+)?$/.test(text.trim())) return Number(text);
  if (/^(?:true|false)$/.test(text.trim())) return text.trim() === "true";
  throw new NotCarried(`\`${text.slice(0, 60)}\` is no literal of AGT's expression form`);
}

function listIn(text: string): (string | number | boolean)[] {
  const inside = /^\[([^\]]*)\]$/.exec(text.trim())?.[1];
  if (inside === undefined) throw new NotCarried(`\`${text.slice(0, 60)}\` is no list`);
  return inside
    .split(",")
    .filter((item) => item.trim() !== "")
    .map(literalIn);
}

/** Splits at a word that stands outside quotes. @throws NotCarried for a quote that is not closed */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (quote === "" && (character === "'" || character === '"')) quote = character;
    else if (quote === character) quote = "";
    else if (quote === "" && text.startsWith(separator, at)) {
      parts.push(text.slice(start, at));
      start = at + separator.length;
      at = start - 1;
    }
  }
  if (quote !== "") throw new NotCarried("a quote is not closed");
  return [...parts, text.slice(start)];
}
