import type { ErrorCode, YAMLError } from "yaml";
import type { Finding } from "../diagnostics/reporter.ts";
import type { SourceFile } from "./source.ts";

/** What the parser says where a key stands in a wrong column; some of it is also said of other mistakes. */
const SAID: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "BAD_INDENT",
  "BLOCK_AS_IMPLICIT_KEY",
  "MISSING_CHAR",
  "MULTILINE_IMPLICIT_KEY",
  "UNEXPECTED_TOKEN",
]);
/** Longer sections are not searched: the line that a key belongs to stands near it. */
const FARTHEST = 500;

/**
 * A key that stands in no column in which a key could stand there, on the line of a syntax error or on one beside it:
 * one blank too few or too many, which the parser tells in the words of its grammar.
 */
export function wrongColumn(file: SourceFile, { code, pos }: YAMLError): Finding | undefined {
  if (!SAID.has(code)) return undefined;
  const { line } = file.positionOf(pos[0]);
  for (const near of [line, line + 1, line - 1]) {
    const fault = near < 1 ? undefined : misplacedKey(file, near);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** A key on a line of its own, or behind the dash of an item. */
interface KeyLine {
  readonly key: string;
  /** From 0. */
  readonly column: number;
  /** Where the line begins: the column of the first dash, or of the key. */
  readonly indent: number;
  /** Nothing stands behind the colon, so that what is indented further belongs to it. */
  readonly opens: boolean;
}

function keyOf(text: string): KeyLine | undefined {
  const found = /^( *)((?:- +)*)(["']?[\w-]+["']?) *:(?:\s+(.*))?$/.exec(text);
  if (found === null) return undefined;
  const [, blanks = "", dashes = "", key = "", value = ""] = found;
  const column = blanks.length + dashes.length;
  return { key, column, indent: blanks.length, opens: /^(?:#.*)?$/.test(value) };
}

function misplacedKey(file: SourceFile, line: number): Finding | undefined {
  const own = keyOf(file.lineText(line));
  // An item with a dash may begin in any column that its list begins in.
  if (own === undefined || own.indent !== own.column) return undefined;
  if (isInside(file, line, own.indent)) return undefined;
  const { open, section } = keysAbove(file, line);
  const [above] = open;
  if (above === undefined || open.some(({ column }) => column === own.column)) return undefined;
  if (above.opens && own.column > above.column) return undefined;
  const distance = ({ column }: KeyLine): number => Math.abs(column - own.column);
  const beside = open.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  const isOfRule = section === "rules" && beside.indent < beside.column;
  const others = isOfRule ? "the keys of this rule" : `\`${beside.key}\` above it`;
  const start = file.lineStart(line) + own.column;
  return {
    code: "yaml_syntax",
    at: { file, start, end: start + own.key.length },
    message: `Not YAML: \`${own.key}\` starts in column ${own.column + 1}, ${others} in column ${beside.column + 1}.`,
    hint:
      beside.column === 0
        ? "The keys of one map begin in one column: no blanks before it."
        : `The keys of one map begin in one column: ${beside.column} blanks before it.`,
  };
}

/** The head of a text in a block, or the beginning of a map or list in brackets: below it columns mean nothing. */
const FREE_BELOW = /(?:^|[\s:-])[|>][-+0-9]*\s*(?:#.*)?$|[[{,]\s*(?:#.*)?$/;

/** Whether a line is part of a text in a block, or of a map or list in brackets. */
function isInside(file: SourceFile, line: number, indent: number): boolean {
  let least = indent;
  for (let at = line - 1; at >= Math.max(1, line - FARTHEST) && least > 0; at--) {
    const text = file.lineText(at);
    const depth = text.length - text.trimStart().length;
    if (text.trim() === "" || depth >= least) continue;
    if (FREE_BELOW.test(text)) return true;
    least = depth;
  }
  return false;
}

/** The keys above a line beside which, or under which, it may stand, the nearest first; and the section it is in. */
function keysAbove(
  file: SourceFile,
  line: number,
): { readonly open: readonly KeyLine[]; readonly section: string | undefined } {
  const open: KeyLine[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let at = line - 1; at >= Math.max(1, line - FARTHEST) && least > 0; at--) {
    const key = keyOf(file.lineText(at));
    if (key === undefined || key.indent >= least) continue;
    // Under the key of a deeper column stands the one of the map; of an item both are the same line.
    const isBeside = key.column < least;
    if (isBeside) open.push(key);
    else replaceByItem(open, key);
    least = key.indent;
  }
  const top = open.at(-1);
  return { open, section: top?.column === 0 ? top.key : undefined };
}

/** The line with the dash names the same column as the keys below it, and says that they are those of an item. */
function replaceByItem(open: KeyLine[], item: KeyLine): void {
  const index = open.findIndex(({ column }) => column === item.column);
  const below = open[index];
  if (below !== undefined) open[index] = { ...below, indent: item.indent };
}
