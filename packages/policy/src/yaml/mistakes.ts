import { Lexer, type YAMLError } from "yaml";
import type { Finding } from "../diagnostics/reporter.ts";
import { wrongColumn } from "./columns.ts";
import type { SourceFile } from "./source.ts";

/**
 * The one mistake that all syntax errors of a file come from, where there is one that people make again and again:
 * tabs as indentation, a quote that is not closed, and a key in a wrong column. What the parser says of the lines behind it would only
 * lead away from it.
 */
export function commonMistake(
  file: SourceFile,
  problems: readonly YAMLError[],
): Finding | undefined {
  if (problems.some(({ code }) => code === "TAB_AS_INDENT")) return tabs(file);
  const [first] = problems;
  return first === undefined ? undefined : (openQuote(file, first) ?? wrongColumn(file, first));
}

function tabs(file: SourceFile): Finding | undefined {
  const indented = [...file.text.matchAll(/^( *)\t[ \t]*(?=[^\s#])/gm)];
  const [first] = indented;
  if (first === undefined) return undefined;
  const start = first.index + (first[1]?.length ?? 0);
  const where =
    indented.length === 1
      ? "a tab in the indentation"
      : `tabs in the indentation of ${indented.length} lines`;
  return {
    code: "yaml_syntax",
    at: { file, start, end: first.index + first[0].length },
    message: `Not YAML: ${where}.`,
    hint: "Indent with spaces.",
  };
}

/** A text in quotes: offsets. */
interface Quoted {
  readonly start: number;
  readonly end: number;
}

/** A quote that is never closed, or only by the opening quote of a text further down. */
function openQuote(file: SourceFile, { message, pos }: YAMLError): Finding | undefined {
  const [at] = pos;
  const quoted = lastQuoted(file.text, at);
  if (quoted === undefined) return undefined;
  const [line, last] = [quoted.start, quoted.end].map((offset) => file.positionOf(offset).line);
  if (line === undefined || last === undefined) return undefined;
  const isNotClosed = message.startsWith("Missing closing");
  const hasTakenKeys = /\n\s*(?:- |[\w"'-]+\s*:(?:\s|$))/.test(
    file.text.slice(quoted.start, quoted.end),
  );
  const isClosedLate = hasTakenKeys && last > line && file.positionOf(at).line === last;
  if (!isNotClosed && !isClosedLate) return undefined;
  const text = file.lineText(line);
  const column = quoted.start - file.lineStart(line);
  return {
    code: "yaml_syntax",
    at: { file, start: quoted.start, end: file.lineStart(line) + text.length },
    message: isNotClosed
      ? "Not YAML: this quote is not closed."
      : `Not YAML: this quote is closed only on line ${last}, so that all lines up to there are one text.`,
    hint: closingHint(text.slice(0, column), text.slice(column).trimEnd()),
  };
}

/** The closed form, where the text plainly takes the rest of the line. */
function closingHint(before: string, rest: string): string {
  const quote = rest.slice(0, 1);
  const isWhole =
    /^\s*(?:-\s+)*(?:[\w-]+\s*:\s+)?$/.test(before) &&
    rest.length > 1 &&
    !rest.slice(1).includes(quote) &&
    !/\s#/.test(rest);
  return isWhole ? `Close it: ${rest}${quote}` : "Close it where the text ends.";
}

/** The last text in quotes that begins before an offset. */
function lastQuoted(text: string, before: number): Quoted | undefined {
  let found: Quoted | undefined;
  let offset = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (!isScalar && MARKS.has(lexeme)) {
      isScalar = lexeme === SCALAR_MARK;
      continue;
    }
    if (offset >= before) break;
    if (!isScalar && /^["']/.test(lexeme)) found = { start: offset, end: offset + lexeme.length };
    isScalar = false;
    offset += lexeme.length;
  }
  return found;
}

/** The lexer's own signs, which are no part of the text; the last one announces a text without quotes. */
const MARKS: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);
const SCALAR_MARK = "\u001f";
