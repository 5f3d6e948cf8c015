import { quoted } from "../yaml/eaten.ts";
import { inDoubleQuotes, isSeen } from "../yaml/hidden.ts";
import type { YamlScalar } from "../yaml/tree.ts";

/** Where a text stands: between braces or brackets more signs have a meaning. */
export type Surrounding = "block" | "flow";

/** A line begins with its operator, so that nobody overlooks it. */
function withOperator(lines: string[], word: string): readonly string[] {
  const last = lines.at(-1);
  const found = /^(.*) (&&|\|\|)$/.exec(last ?? "");
  if (found === null) return [word];
  const [, rest = "", operator = ""] = found;
  lines[lines.length - 1] = rest;
  return [`${operator} ${word}`];
}

/** A condition that was written on several lines goes on one up to this length, else on lines of it. */
const FOLDED = 80;

/** Nothing that a YAML reader, of 1.2 or of 1.1, takes for something else than a text. */
const RESERVED =
  /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?[0-9][0-9_]*|0o[0-7]+|0x[0-9a-f]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?|[-+]?\.inf|\.nan|<<|=)$/i;
const WORD = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Whether a text can stand without quotes and is read back as itself. */
export function isPlain(text: string, surrounding: Surrounding): boolean {
  if (text === "" || text !== text.trim() || RESERVED.test(text)) return false;
  if (!isSeen(text)) return false;
  if (/^[-?:,[\]{}#&*!|>'"%@`]|^\.\.\./.test(text)) return false;
  if (/:(?:\s|$)|\s#/.test(text)) return false;
  return surrounding === "block" || !/[,[\]{}]/.test(text);
}

/** Whether a text is a name that nobody would quote. */
export function isWord(text: string): boolean {
  return WORD.test(text) && !RESERVED.test(text);
}

/** How a scalar is written on one line. What is no text is left as it is. */
export function lineOf(
  node: YamlScalar,
  isCondition: boolean,
  surrounding: Surrounding,
  word?: string,
): string {
  const { value, style } = node;
  if (typeof value !== "string") return sourceOf(node);
  if (word !== undefined) return word;
  if (isCondition || isWord(value))
    return isPlain(value, surrounding) ? value : inQuotes(value, "single");
  const written = sourceOf(node);
  // As it was written; no text moves from between lines to between braces.
  if (style === "plain" && (written === value || isPlain(value, surrounding))) return value;
  const isOneLine = !written.includes("\n");
  if ((style === "single" || style === "double") && isOneLine) return written;
  return inQuotes(value, style === "double" ? "double" : "single");
}

/** A text in quotes; single ones, which know no escapes, cannot hold line breaks. */
function inQuotes(text: string, wanted: "single" | "double"): string {
  return wanted === "single" && isSeen(text) ? quoted(text) : inDoubleQuotes(text);
}

/** A scalar as it stands in the file. */
export function sourceOf({ at }: YamlScalar): string {
  return at.file.text.slice(at.start, at.end).replaceAll("\r\n", "\n").trimEnd();
}

/** A text over several lines: the sign before it, and its lines without their indentation. */
export interface TextBlock {
  readonly sign: string;
  readonly lines: readonly string[];
}

/** A text that is written as a block; `undefined` for all others. */
export function blockOf(node: YamlScalar, isCondition: boolean): TextBlock | undefined {
  if (node.style === "block") return keptBlock(node);
  const { value } = node;
  if (typeof value !== "string" || !isCondition || value.length <= FOLDED) return undefined;
  return sourceOf(node).includes("\n") && /^\S+(?: \S+)*$/.test(value)
    ? foldedBlock(value)
    : undefined;
}

/** The lines of a block as they are: what they mean hangs on each blank. */
function keptBlock({ at }: YamlScalar): TextBlock {
  const text = at.file.text.slice(at.start, at.end).replaceAll("\r\n", "\n");
  const [head = "", ...lines] = text.replace(/\n$/, "").split("\n");
  const style = head.startsWith(">") ? ">" : "|";
  const chomping = /^[|>][0-9]?([-+]?)[0-9]?/.exec(head)?.[1] ?? "";
  const given = /^[|>][-+]?([0-9])/.exec(head)?.[1];
  const filled = lines.filter((line) => line.trim() !== "");
  const own = Math.min(...filled.map(blanksOf));
  const firstIndent = blanksOf(filled[0] ?? "");
  // With a digit the first lines may be indented more than the block is.
  const indent = given === undefined ? firstIndent : own;
  const digit = given !== undefined && firstIndent > own ? "2" : "";
  return {
    sign: `${style}${digit}${chomping}`,
    lines: lines.map((line) => line.slice(Math.min(indent, line.length))),
  };
}

/** Blanks before the text of a line; a tab is a part of the text. */
function blanksOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

/** A folded line is joined to the next with one blank, so it may be broken at each. */
function foldedBlock(text: string): TextBlock {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < FOLDED)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(...withOperator(lines, word));
  }
  return { sign: ">-", lines };
}
