import { parseCondition } from "../conditions/parse.ts";
import type { Repair } from "../diagnostics/reporter.ts";
import type { SourceFile, Span } from "./source.ts";

/** The text of a condition as it stands in the file, before YAML had its way with it. */
export interface WrittenCondition {
  readonly at: Span;
  readonly text: string;
  /** A flow list: its items are quoted one by one. */
  readonly list: boolean;
}

/** Longer lines and sections are not searched: what they were meant to be would take long to guess. */
const LONGEST = 4_000;
const FARTHEST = 500;

const BLOCK = /^(\s*(?:-\s+)*(?:when|unless|conditions)\s*:[ \t]+)(.*)$/;
const FLOW = /^(.*[{,]\s*(?:when|unless|conditions)\s*:\s*)(.*)$/;
const ITEM = /^(\s*-\s+)(.*)$/;
const ENTRY = /^(\s+[A-Za-z_][A-Za-z0-9_]*\s*:[ \t]+)(.*)$/;
const CONDITION_KEY = /^\s*(?:-\s+)*(?:when|unless|conditions)\s*:\s*(?:#.*)?$/;
const WHOLLY_QUOTED = /^(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")$/;
const DEFINE_KEY = /^define\s*:\s*(?:#.*)?$/;

/**
 * The condition that a line of a file was meant to hold. YAML takes some conditions apart (`!tainted`
 * is a tag, a leading quote ends at the next one, `: ` and ` #` cut), so this goes by the text of
 * the line and not by what YAML made of it.
 *
 * @param line - from 1
 */
export function conditionOnLine(file: SourceFile, line: number): WrittenCondition | undefined {
  const text = file.lineText(line);
  if (text.length > LONGEST) return undefined;
  const found =
    BLOCK.exec(text) ??
    FLOW.exec(text) ??
    itemOfList(file, line, text) ??
    entryOfDefine(file, line, text);
  if (found === null || found === undefined) return undefined;
  const [, before = "", rest = ""] = found;
  const condition =
    FLOW.test(text) && !BLOCK.test(text) ? untilNextKey(rest) : withoutComment(rest);
  if (condition === "" || /^[|>][-+0-9]*$/.test(condition)) return undefined;
  // Quoted as a whole, it is one text: what is wrong on this line is something else.
  if (WHOLLY_QUOTED.test(condition)) return undefined;
  const start = file.lineStart(line) + before.length;
  return {
    at: { file, start, end: start + condition.length },
    text: condition,
    list: condition.startsWith("[") && condition.endsWith("]"),
  };
}

/** A text as a single-quoted YAML scalar: the one style without escapes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What to do about a condition that YAML took apart. */
export function quotingHint({ text, list }: WrittenCondition): string {
  return list ? "Quote each condition of the list: ['...', '...']." : `Quote it: ${quoted(text)}`;
}

/**
 * The repair that {@link quotingHint} tells, where it is safe: the text is a condition as it stands, and nobody has to
 * guess where it ends.
 */
export function quotingRepair({ at, text, list }: WrittenCondition): Repair | undefined {
  if (list || goesOn(at) || !parseCondition(text).ok) return undefined;
  const title = "Quotes the condition, so that YAML reads it as it was written.";
  return { title, edits: [{ at, text: quoted(text) }] };
}

/** Whether the next line belongs to the same text: it is indented deeper than the key, or the dash, of this one. */
function goesOn({ file, start, end }: Span): boolean {
  const text = file.lineText(file.positionOf(start).line);
  const dashes = /^\s*(?:-\s+)*/.exec(text)?.[0] ?? "";
  const isKeyed = /^[\w-]+\s*:/.test(text.slice(dashes.length));
  const depth = isKeyed ? dashes.length : Math.max(0, dashes.lastIndexOf("-"));
  const next = file.lineText(file.positionOf(end).line + 1);
  return next.trim() !== "" && !next.trimStart().startsWith("#") && indentOf(next) > depth;
}

function itemOfList(file: SourceFile, line: number, text: string): RegExpExecArray | null {
  const found = ITEM.exec(text);
  if (found === null) return null;
  const above = lineAbove(file, line, indentOf(text) + 1);
  return above !== undefined && CONDITION_KEY.test(above) ? found : null;
}

function entryOfDefine(file: SourceFile, line: number, text: string): RegExpExecArray | null {
  const found = ENTRY.exec(text);
  if (found === null) return null;
  const above = lineAbove(file, line, indentOf(text));
  return above !== undefined && DEFINE_KEY.test(above) ? found : null;
}

/** The nearest line above that is indented less and is no list item of the same depth. */
function lineAbove(file: SourceFile, line: number, indent: number): string | undefined {
  for (let at = line - 1; at > Math.max(0, line - FARTHEST); at--) {
    const text = file.lineText(at);
    if (text.trim() === "" || text.trimStart().startsWith("#")) continue;
    const sibling =
      indentOf(text) + 1 === indent && /^\s*-\s/.test(text) && !CONDITION_KEY.test(text);
    if (!sibling && indentOf(text) < indent) return text;
  }
  return undefined;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

/** In a flow map the value ends before the next key or the closing brace. */
function untilNextKey(rest: string): string {
  const next = /,\s*[a-z_]+\s*:\s/.exec(rest);
  const value =
    next === null ? rest.replace(/\s*\}\s*,?\s*(?:#.*)?$/, "") : rest.slice(0, next.index);
  return value.trim();
}

/** Cuts a comment off; a ` #` inside a quoted text is no comment to the person who wrote it. */
function withoutComment(rest: string): string {
  let quote = "";
  for (let at = 0; at < rest.length; at++) {
    const sign = rest[at] ?? "";
    if (quote !== "") quote = sign === quote ? "" : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "#" && (at === 0 || /\s/.test(rest[at - 1] ?? "")))
      return rest.slice(0, at).trim();
  }
  return rest.trim();
}
