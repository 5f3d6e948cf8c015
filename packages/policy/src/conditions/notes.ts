import { childrenOf } from "../expressions/parts.ts";
import type { Expression } from "@interlatch/core";
import type { Span } from "../yaml/source.ts";
import type { ConditionSource } from "./source.ts";

interface Note {
  readonly source: ConditionSource;
  readonly start: number;
  readonly end: number;
  /** As a tree: an expression that is used twice counts twice. */
  readonly nodes: number;
  readonly depth: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * What the compiler knows of expressions beside what they say: where they were written, how large they
 * are, and which only stand for something that was reported already (holes).
 *
 * Sizes are kept as expressions are made. Named conditions are shared, not copied, so counting afterwards
 * could take exponential time for a few lines that each use the line before twice.
 */
export class Notes {
  readonly #notes = new WeakMap<Expression, Note>();
  readonly #holes = new WeakSet<Expression>();

  /** Keeps where an expression was written. Its children must be known already. */
  made<E extends Expression>(expression: E, source: ConditionSource, { start, end }: Range): E {
    let nodes = 1;
    let depth = 0;
    for (const child of childrenOf(expression)) {
      const note = this.#notes.get(child);
      nodes += note?.nodes ?? 1;
      depth = Math.max(depth, note?.depth ?? 1);
    }
    this.#notes.set(expression, { source, start, end, nodes, depth: depth + 1 });
    return expression;
  }

  /** Stands for something that was reported: it has every type, so that nothing follows from it. */
  hole(source: ConditionSource, range: Range): Expression {
    const hole = this.made({ kind: "literal", value: null }, source, range);
    this.#holes.add(hole);
    return hole;
  }

  isHole(expression: Expression): boolean {
    return this.#holes.has(expression);
  }

  sizeOf(expression: Expression): { readonly nodes: number; readonly depth: number } {
    return this.#notes.get(expression) ?? { nodes: 1, depth: 1 };
  }

  spanOf(expression: Expression): Span {
    const { source, start, end } = this.#noteOf(expression);
    return source.spanOf(start, end);
  }

  /** The expression as it was written. */
  textOf(expression: Expression): string {
    const { source, start, end } = this.#noteOf(expression);
    return source.text.slice(start, end);
  }

  #noteOf(expression: Expression): Note {
    const note = this.#notes.get(expression);
    if (note === undefined) throw new Error("An expression without a place was made.");
    return note;
  }
}
