import {
  canonicalKey,
  canonicalWord,
  type DocumentKind,
  isConditionAt,
  isParted,
  keyOrder,
  type Path,
} from "./grammar.ts";
import type { CommentLine, Container, Piece } from "./pieces.ts";
import { blockOf, isWord, lineOf } from "./scalars.ts";

/** No line that can be broken is longer. */
const WIDTH = 100;

/** Writes pieces and comments canonically, lines without their ends. */
export function print(
  kind: DocumentKind,
  root: Container,
  header: readonly CommentLine[],
): readonly string[] {
  const body = new Printer(kind).container(root, [], "");
  const head = commentLines(header, "");
  return head.length > 0 && body.length > 0 ? [...head, "", ...body] : [...head, ...body];
}

/** The lines of a piece, and how the next one may follow. */
interface Printed {
  readonly lines: readonly string[];
  /** Whether it takes more than one line, comments not counted. */
  readonly isLong: boolean;
  /** An empty line behind it would become a part of its last text. */
  readonly keepsBlanks: boolean;
}

class Printer {
  readonly #kind: DocumentKind;

  constructor(kind: DocumentKind) {
    this.#kind = kind;
  }

  container(container: Container, path: Path, indent: string): readonly string[] {
    const lines: string[] = [];
    let last: Printed | undefined;
    for (const piece of this.#ordered(container, path)) {
      const printed = this.#piece(piece, this.#pathOf(piece, path), indent);
      if (last !== undefined && !last.keepsBlanks && this.#isApart(piece, printed, last, path))
        lines.push("");
      lines.push(...printed.lines);
      last = printed;
    }
    const [first] = container.footer;
    if (first?.isApart === true && last?.keepsBlanks === false) lines.push("");
    lines.push(...commentLines(container.footer, indent));
    return lines;
  }

  /** Whether an empty line stands before a piece. */
  #isApart(piece: Piece, printed: Printed, last: Printed, path: Path): boolean {
    const isLong = printed.isLong || last.isLong;
    if (isLong && (path.length === 0 || isParted(this.#kind, path))) return true;
    return firstOf(piece).isApart;
  }

  #piece(piece: Piece, path: Path, indent: string): Printed {
    const { value } = piece;
    const name = piece.key === undefined ? "-" : `${this.#keyText(piece, path)}:`;
    if (value.kind === "container" && !this.#isInline(piece, path, indent, name)) {
      return this.#block(piece, value.container, path, { indent, name });
    }
    const isCondition = isConditionAt(this.#kind, path);
    const block = value.kind === "scalar" ? blockOf(value.node, isCondition) : undefined;
    const before = [
      ...commentLines(piece.before, indent),
      ...asLines(piece.beside.slice(1), indent),
    ];
    const beside = piece.beside[0] === undefined ? "" : ` ${piece.beside[0]}`;
    if (block !== undefined) {
      const inner = block.lines.map((line) => (line === "" ? "" : `${indent}  ${line}`));
      const isKept = block.sign.includes("+");
      while (!isKept && inner.at(-1)?.trim() === "") inner.pop();
      const lines = [...before, `${indent}${name} ${block.sign}${beside}`, ...inner];
      return { lines, isLong: true, keepsBlanks: isKept };
    }
    const text =
      value.kind === "scalar"
        ? this.#scalar(piece, path, "block")
        : this.#inline(value.container, path);
    const line = `${indent}${name}${text === "" ? "" : ` ${text}`}${beside}`;
    return { lines: [...before, line], isLong: false, keepsBlanks: false };
  }

  /** A piece whose value stands on the lines below it, or, of an item, begins beside its dash. */
  #block(
    piece: Piece,
    container: Container,
    path: Path,
    { indent, name }: { readonly indent: string; readonly name: string },
  ): Printed {
    const before = commentLines(piece.before, indent);
    const keepsBlanks = this.#keepsBlanks(container, path);
    if (piece.key !== undefined) {
      const [beside = "", ...more] = piece.beside;
      const line = `${indent}${name}${beside === "" ? "" : ` ${beside}`}`;
      const lines = this.container(container, path, `${indent}  `);
      return {
        lines: [...before, ...asLines(more, indent), line, ...lines],
        isLong: true,
        keepsBlanks,
      };
    }
    // Between a dash and the first key there is no place for a comment.
    const lines = this.container(container, path, `${indent}  `);
    const start = lines.findIndex((line) => !line.trimStart().startsWith("#"));
    const lifted = lines.slice(0, start).map((line) => `${indent}${line.trimStart()}`);
    const [first = "", ...rest] = lines.slice(start);
    return {
      lines: [
        ...before,
        ...asLines(piece.beside, indent),
        ...lifted,
        `${indent}- ${first.trimStart()}`,
        ...rest,
      ],
      isLong: rest.length > 0,
      keepsBlanks,
    };
  }

  #keepsBlanks(container: Container, path: Path): boolean {
    const last = this.#ordered(container, path).at(-1);
    if (last === undefined || container.footer.length > 0) return false;
    const inner = this.#pathOf(last, path);
    if (last.value.kind === "container") return this.#keepsBlanks(last.value.container, inner);
    return blockOf(last.value.node, false)?.sign.includes("+") === true;
  }

  /** Whether a map or list is written in braces or brackets: it was, it is short, and nothing in it has a comment. */
  #isInline(piece: Piece, path: Path, indent: string, name: string): boolean {
    if (piece.value.kind === "scalar") return true;
    const { container } = piece.value;
    if (container.pieces.length === 0 && container.footer.length === 0) return true;
    if (!container.isFlow || !isBare(container)) return false;
    return indent.length + name.length + 1 + this.#inline(container, path).length <= WIDTH;
  }

  #inline(container: Container, path: Path): string {
    const parts = this.#ordered(container, path).map((piece) => {
      const inner = this.#pathOf(piece, path);
      const text =
        piece.value.kind === "scalar"
          ? this.#scalar(piece, inner, "flow")
          : this.#inline(piece.value.container, inner);
      if (piece.key === undefined) return text;
      const name = this.#keyText(piece, inner);
      return text === "" ? `${name}:` : `${name}: ${text}`;
    });
    if (parts.length === 0) return container.isMap ? "{}" : "[]";
    return container.isMap ? `{ ${parts.join(", ")} }` : `[${parts.join(", ")}]`;
  }

  #scalar({ value }: Piece, path: Path, surrounding: "block" | "flow"): string {
    if (value.kind !== "scalar") return "";
    const word = canonicalWord(this.#kind, path, value.node.value);
    return lineOf(value.node, isConditionAt(this.#kind, path), surrounding, word);
  }

  /** The pieces in the order of the grammar; keys that it does not know keep theirs, behind. */
  #ordered(container: Container, path: Path): readonly Piece[] {
    const order = container.isMap ? keyOrder(this.#kind, path) : [];
    if (order.length === 0) return container.pieces;
    const rank = (piece: Piece): number => {
      const at = order.indexOf(this.#keyOf(piece, path) ?? "");
      return at < 0 ? order.length : at;
    };
    return container.pieces.toSorted((a, b) => rank(a) - rank(b));
  }

  #keyOf(piece: Piece, path: Path): string | undefined {
    return this.#kind === "policy" ? canonicalKey(path, piece, piece.within) : piece.key;
  }

  #keyText(piece: Piece, path: Path): string {
    const key = this.#keyOf(piece, path.slice(0, -1)) ?? "";
    if (key !== piece.key || isWord(key)) return key;
    // A key in quotes may go over several lines, but only between braces.
    return piece.keyText.includes("\n") ? JSON.stringify(key) : piece.keyText;
  }

  #pathOf(piece: Piece, path: Path): Path {
    return [...path, piece.key ?? piece.index];
  }
}

/** Whether nothing in a map or list has a comment or stands on lines of its own. */
function isBare({ pieces, footer }: Container): boolean {
  return (
    footer.length === 0 &&
    pieces.every(({ before, beside, value }) => {
      if (before.length > 0 || beside.length > 0) return false;
      return value.kind === "scalar" || isBare(value.container);
    })
  );
}

/** The topmost line of a piece: its own, or that of its first comment. */
function firstOf(piece: Piece): { readonly isApart: boolean } {
  return piece.before[0] ?? piece;
}

/** Comments, the empty lines between them kept. */
function commentLines(comments: readonly CommentLine[], indent: string): readonly string[] {
  return comments.flatMap(({ text, isApart }, index) =>
    isApart && index > 0 ? ["", `${indent}${text}`] : [`${indent}${text}`],
  );
}

function asLines(comments: readonly string[], indent: string): readonly string[] {
  return comments.map((text) => `${indent}${text}`);
}
