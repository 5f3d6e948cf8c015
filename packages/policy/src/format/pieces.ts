import { Lexer } from "yaml";
import type { SourceFile } from "../yaml/source.ts";
import type { YamlNode, YamlScalar } from "../yaml/tree.ts";

/** A comment on a line of its own, from its `#` on. */
export interface CommentLine {
  readonly text: string;
  /** Whether the line above is empty. */
  readonly isApart: boolean;
}

/** A key with its value, or an item of a list, with the comments that go where it goes. */
export interface Piece {
  /** `undefined`: an item. */
  readonly key: string | undefined;
  /** The key as it is written. */
  readonly keyText: string;
  readonly value: Held;
  readonly within: Container;
  /** Its place among the pieces there, as they were written. */
  readonly index: number;
  /** Of the key, or of the item's dash: an offset, and a column from 0. */
  readonly start: number;
  readonly column: number;
  readonly isApart: boolean;
  readonly before: CommentLine[];
  /** On the same line. */
  readonly beside: string[];
}

/** What a piece holds. */
export type Held =
  | { readonly kind: "scalar"; readonly node: YamlScalar }
  | { readonly kind: "container"; readonly container: Container };

/** A map or list. */
export interface Container {
  readonly isMap: boolean;
  /** Written in braces or brackets. */
  readonly isFlow: boolean;
  readonly owner: Piece | undefined;
  /** Offsets; the end of what is written in braces or brackets is that of the last one. */
  readonly start: number;
  readonly end: number;
  readonly pieces: Piece[];
  /** Comments behind the last piece. */
  readonly footer: CommentLine[];
}

/** A file as pieces, without its comments yet, and where comments and the dashes of lists stand. */
export interface Pieces {
  readonly root: Container;
  /** In the order in which they are written; what holds others comes before them. */
  readonly all: readonly Piece[];
  readonly comments: readonly number[];
}

/** Takes a tree apart. Its root must be a map and no part of it broken. */
export function piecesOf(file: SourceFile, root: YamlNode): Pieces {
  const { comments, dashes } = marksOf(file.text);
  const all: Piece[] = [];
  const isApart = (offset: number): boolean => {
    const { line } = file.positionOf(offset);
    const isBelowEmpty = line > 1 && file.lineText(line - 1).trim() === "";
    return isBelowEmpty && !endsInEmptyLines(all.at(-1));
  };
  const held = (node: YamlNode, owner: Piece | undefined): Held => {
    if (node.kind === "scalar") return { kind: "scalar", node };
    if (node.kind === "broken") throw new Error("A broken tree was to be formatted.");
    return { kind: "container", container: container(node, owner) };
  };
  const container = (
    node: Extract<YamlNode, { kind: "map" | "list" }>,
    owner: Piece | undefined,
  ): Container => {
    const { start, end } = node.at;
    // In brackets a single pair may stand without braces.
    const isFlow =
      owner?.within.isFlow === true || file.text[start] === "{" || file.text[start] === "[";
    const isMap = node.kind === "map";
    const made: Container = { isMap, isFlow, owner, start, end, pieces: [], footer: [] };
    const children = isMap
      ? node.entries.map(({ key, keyAt, value }) => ({ key, at: keyAt, value }))
      : node.items.map((value) => ({ key: undefined, at: value.at, value }));
    for (const { key, at, value } of children) {
      const from = key === undefined && !isFlow ? lastBefore(dashes, at.start) : at.start;
      const piece: { -readonly [Name in keyof Piece]: Piece[Name] } = {
        key,
        keyText: key === undefined ? "" : file.text.slice(at.start, at.end),
        // Set below: what it holds names it as its owner.
        value: { kind: "container", container: made },
        within: made,
        index: made.pieces.length,
        start: from,
        column: file.positionOf(from).column - 1,
        isApart: isApart(from),
        before: [],
        beside: [],
      };
      all.push(piece);
      made.pieces.push(piece);
      piece.value = held(value, piece);
    }
    return made;
  };
  const whole = held(root, undefined);
  if (whole.kind !== "container") throw new Error("A file without keys was to be formatted.");
  return { root: whole.container, all, comments };
}

/** Whether the empty lines behind a piece are a part of its text, a block that keeps them. */
function endsInEmptyLines(piece: Piece | undefined): boolean {
  if (piece?.value.kind !== "scalar" || piece.value.node.style !== "block") return false;
  const { at } = piece.value.node;
  return /^[|>][0-9]?\+/.test(at.file.text.slice(at.start, at.start + 3));
}

/** The lexer's own signs, which are no part of the text. */
const MARKS: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);
const SCALAR_MARK = "\u001f";

/** Offsets of comments and of the dashes of lists. The lexer knows which `#` and `-` are inside a text. */
function marksOf(text: string): { comments: readonly number[]; dashes: readonly number[] } {
  const comments: number[] = [];
  const dashes: number[] = [];
  let offset = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (!isScalar && MARKS.has(lexeme)) {
      isScalar = lexeme === SCALAR_MARK;
      continue;
    }
    if (!isScalar && lexeme.startsWith("#")) comments.push(offset);
    if (!isScalar && lexeme === "-") dashes.push(offset);
    isScalar = false;
    offset += lexeme.length;
  }
  return { comments, dashes };
}

/** The largest of the ascending numbers that is less than another; that one where there is none. */
export function lastBefore(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return ascending[low - 1] ?? limit;
}
