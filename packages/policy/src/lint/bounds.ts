import type { Expression } from "@interlatch/core";
import { type Known, type Range, rangeOf } from "./judge/known.ts";

/** What is known of the side of a comparison that is not a literal, in words. */
export interface Bound {
  readonly subject: Expression;
  readonly words: string;
}

/** More values than this are not listed. */
const LISTED = 8;

/** Why a comparison with a literal comes out as it does; `undefined` where it has no short reason. */
export function boundOf(
  { left, right }: Extract<Expression, { kind: "compare" }>,
  knownOf: (of: Expression) => Known,
): Bound | undefined {
  const subject = right.kind === "literal" || right.kind === "list" ? left : right;
  const words = wordsOf(knownOf(subject));
  return words === undefined ? undefined : { subject, words };
}

function wordsOf(known: Known): string | undefined {
  const { values, kinds } = known;
  if (values !== undefined && values.length > 0 && values.length <= LISTED) {
    const texts = values.map((value) => JSON.stringify(value));
    const last = texts.pop() ?? "";
    return texts.length === 0 ? last : `${texts.join(", ")} or ${last}`;
  }
  if (kinds.size === 1 && kinds.has("number")) return rangeWords(rangeOf(known));
  if (kinds.size === 1 && kinds.has("map")) return "an object";
  return kinds.size === 1 && kinds.has("list") ? "a list" : undefined;
}

function rangeWords({ low, high, isLowOpen, isHighOpen }: Range): string | undefined {
  const from = isLowOpen ? `more than ${low}` : `at least ${low}`;
  const to = isHighOpen ? `less than ${high}` : `at most ${high}`;
  if (Number.isFinite(low) && Number.isFinite(high)) return `${from} and ${to}`;
  if (Number.isFinite(low)) return from;
  return Number.isFinite(high) ? to : undefined;
}
