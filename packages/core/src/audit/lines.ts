/** The longest line that is read, in bytes or UTF-16 units. A record is far below it; a hostile file need not be. */
export const MAX_LINE_LENGTH: number = 16_777_216;

/** A line without its newline. `ended`: there was one. */
export interface Line {
  readonly content: string | Uint8Array;
  readonly ended: boolean;
}

const NEWLINE = 0x0a;

/**
 * Cuts text or bytes, which come in pieces cut anywhere, into lines. Only LF ends a line: a splitter
 * that also takes CR LF, U+2028 or a missing last newline would hide what was done to a log.
 */
export class LineSplitter {
  #pieces: (string | Uint8Array)[] = [];
  #length = 0;

  /** The lines that end in this piece; and, as not ended, one that has become too long. */
  *push(piece: string | Uint8Array): Generator<Line> {
    let from = 0;
    for (let at = newlineAfter(piece, 0); at !== -1; at = newlineAfter(piece, from)) {
      yield { content: this.#take(cut(piece, from, at)), ended: true };
      from = at + 1;
    }
    if (from < piece.length) {
      this.#pieces.push(rest(piece, from));
      this.#length += piece.length - from;
    }
    if (this.#length > MAX_LINE_LENGTH) yield* this.end();
  }

  /** What came after the last newline, if anything did. */
  *end(): Generator<Line> {
    if (this.#length > 0) yield { content: this.#take(""), ended: false };
  }

  #take(last: string | Uint8Array): string | Uint8Array {
    if (this.#length === 0) return last;
    const pieces = last.length === 0 ? this.#pieces : [...this.#pieces, last];
    this.#pieces = [];
    this.#length = 0;
    return joined(pieces);
  }
}

function newlineAfter(piece: string | Uint8Array, from: number): number {
  return typeof piece === "string" ? piece.indexOf("\n", from) : piece.indexOf(NEWLINE, from);
}

function cut(piece: string | Uint8Array, from: number, to: number): string | Uint8Array {
  return typeof piece === "string" ? piece.slice(from, to) : piece.subarray(from, to);
}

/** A copy, since whoever reads a file may fill the same buffer again before the line ends. */
function rest(piece: string | Uint8Array, from: number): string | Uint8Array {
  return typeof piece === "string" ? piece.slice(from) : new Uint8Array(piece.subarray(from));
}

function joined(pieces: readonly (string | Uint8Array)[]): string | Uint8Array {
  if (pieces.every((piece) => typeof piece === "string")) return pieces.join("");
  const parts = pieces.map((piece) =>
    typeof piece === "string" ? new TextEncoder().encode(piece) : piece,
  );
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
