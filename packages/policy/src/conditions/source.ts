import { spanInScalar } from "../yaml/offsets.ts";
import type { Span } from "../yaml/source.ts";
import type { YamlScalar } from "../yaml/tree.ts";

/** The text of an expression and where it stands in a file. */
export interface ConditionSource {
  readonly text: string;
  /** The scalar it is, or is a part of. */
  readonly scalar: YamlScalar;
  /** The place of a stretch of the text. */
  spanOf(start: number, end: number): Span;
}

/**
 * The whole or, for an expression inside a template, a part of a scalar.
 *
 * @param text - the value of the scalar
 */
export function sourceOf(
  scalar: YamlScalar,
  text: string,
  start = 0,
  end: number = text.length,
): ConditionSource {
  return {
    text: text.slice(start, end),
    scalar,
    spanOf: (from, to) => spanInScalar(scalar, start + from, start + to),
  };
}
