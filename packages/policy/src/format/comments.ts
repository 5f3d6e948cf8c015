import type { SourceFile } from "../yaml/source.ts";
import type { CommentLine, Container, Piece, Pieces } from "./pieces.ts";

/**
 * Gives every comment a place at the piece that it speaks of, so that it stays there when lines are moved. Each
 * comment gets exactly one place.
 *
 * @returns the comments at the head of the file, which speak of no key but of all
 */
export function attachComments(file: SourceFile, pieces: Pieces): readonly CommentLine[] {
  const { all, comments, root } = pieces;
  const header: CommentLine[] = [];
  let reached = 0;
  for (const offset of comments) {
    while ((all[reached]?.start ?? Number.POSITIVE_INFINITY) < offset) reached++;
    place(commentAt(file, offset), all[reached - 1], all[reached], { root, header });
  }
  moveHeader(root, header);
  return header;
}

interface Comment extends CommentLine {
  readonly offset: number;
  readonly column: number;
  /** Nothing but blanks stands before it on its line. */
  readonly isAlone: boolean;
}

function commentAt(file: SourceFile, offset: number): Comment {
  const { line, column } = file.positionOf(offset);
  const text = file.lineText(line);
  return {
    text: text.slice(column - 1).trimEnd(),
    offset,
    column: column - 1,
    isAlone: /^(?:\ufeff?\s*|---\s*)$/.test(text.slice(0, column - 1)),
    isApart: line > 1 && file.lineText(line - 1).trim() === "",
  };
}

function place(
  comment: Comment,
  previous: Piece | undefined,
  next: Piece | undefined,
  { root, header }: { readonly root: Container; readonly header: CommentLine[] },
): void {
  if (previous === undefined) {
    (next?.before ?? header).push(comment);
  } else if (!comment.isAlone) {
    outOfClosed(previous, comment.offset).beside.push(comment.text);
  } else if (isBeforeValue(comment, previous)) {
    previous.before.push(comment);
  } else {
    linesFor(comment, previous, next, root).push(comment);
  }
}

/** The piece whose line a comment ends: what is inside of braces that are closed by then is not meant. */
function outOfClosed(piece: Piece, offset: number): Piece {
  let at = piece;
  while (at.within.isFlow && at.within.end <= offset && at.within.owner !== undefined)
    at = at.within.owner;
  return at;
}

/** Between a key and a value that is no block of keys or items. */
function isBeforeValue({ offset }: Comment, { value }: Piece): boolean {
  return value.kind === "scalar"
    ? value.node.at.start > offset
    : value.container.isFlow && value.container.start > offset;
}

/** The list of comments that one on a line of its own belongs to. */
function linesFor(
  comment: Comment,
  previous: Piece,
  next: Piece | undefined,
  root: Container,
): CommentLine[] {
  const open = openFlow(comment.offset, previous);
  if (open !== undefined) {
    const isNextInside = next !== undefined && next.start < open.end;
    if (isNextInside) return next.before;
    return open.pieces.length === 0 ? (open.owner?.before ?? root.footer) : open.footer;
  }
  if (next !== undefined && comment.column <= next.column) return next.before;
  // Indented more than what follows: it ends the block that stands before it.
  let end: Piece | undefined = outOfClosed(previous, comment.offset);
  while (end !== undefined && end.column > comment.column) end = end.within.owner;
  const block = end?.within ?? root;
  return next !== undefined && isInside(next, block) ? next.before : block.footer;
}

/** The innermost braces or brackets that a comment stands in. */
function openFlow(offset: number, previous: Piece): Container | undefined {
  const own = previous.value.kind === "container" ? previous.value.container : undefined;
  let at: Container | undefined =
    own?.isFlow === true && own.start < offset ? own : previous.within;
  while (at !== undefined && at.isFlow && at.end <= offset) at = at.owner?.within;
  return at?.isFlow === true ? at : undefined;
}

function isInside(piece: Piece, container: Container): boolean {
  let at: Container | undefined = piece.within;
  while (at !== undefined && at !== container) at = at.owner?.within;
  return at === container;
}

/** Comments before the first key that an empty line parts from it stay at the head, whatever key comes first. */
function moveHeader(root: Container, header: CommentLine[]): void {
  const [first] = root.pieces;
  if (first === undefined) return;
  const { before } = first;
  const apart = before.findLastIndex(({ isApart }) => isApart);
  const count = first.isApart ? before.length : Math.max(0, apart);
  header.push(...before.splice(0, count));
}
