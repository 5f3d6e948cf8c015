import { containsText } from "../functions/text-search.ts";

/**
 * Literals that every match of a pattern must hold, as RE2 worked them out: one text, or some of which all or
 * any must be there. `RE2JS.re2().prefilter` has this shape.
 */
export interface Literals {
  readonly type: number;
  readonly str: string;
  readonly subs: readonly Literals[];
}

/** Types of RE2's prefilters, as the pinned version numbers them. */
const EXACT = 1;
const ALL = 2;
const ANY = 3;

/** The one text that must be there. */
export function exactly(text: string): Literals {
  return { type: EXACT, str: text, subs: [] };
}

/** Whether a text holds the literals; `false` means that the pattern cannot match. */
export function mayContain(literals: Literals, text: string): boolean {
  switch (literals.type) {
    case EXACT:
      return containsText(text, literals.str);
    case ALL:
      return literals.subs.every((sub) => mayContain(sub, text));
    case ANY:
      return literals.subs.some((sub) => mayContain(sub, text));
    default:
      return true;
  }
}

/** How many literals there are to look for. */
export function literalCount(literals: Literals): number {
  return literals.subs.reduce(
    (sum, sub) => sum + literalCount(sub),
    literals.type === EXACT ? 1 : 0,
  );
}
