import type { IncludeOutcome } from "../include/follow.ts";

/** One file of a policy, with what is needed to turn an offset in it into a line and a column. */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  /** What its `include` came to, where that was looked for. */
  readonly includes: ReadonlyMap<string, IncludeOutcome> | undefined;
  #lineStarts: readonly number[] | undefined;

  constructor(path: string, text: string, includes?: ReadonlyMap<string, IncludeOutcome>) {
    this.path = path;
    this.text = text;
    this.includes = includes;
  }

  /** Line and column of an offset, both from 1. */
  positionOf(offset: number): { readonly line: number; readonly column: number } {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  /** The text of a line, from 1, without its line break. */
  lineText(line: number): string {
    const starts = this.#starts();
    const start = starts[line - 1];
    if (start === undefined) return "";
    const next = starts[line] ?? this.text.length + 1;
    return this.text.slice(start, next - 1).replace(/\r$/, "");
  }

  /** The offset at which a line, from 1, begins. */
  lineStart(line: number): number {
    return this.#starts()[line - 1] ?? this.text.length;
  }

  #starts(): readonly number[] {
    this.#lineStarts ??= lineStarts(this.text);
    return this.#lineStarts;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** A stretch of a file: offsets, the end excluded. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}
