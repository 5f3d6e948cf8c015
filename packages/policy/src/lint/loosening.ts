import type { Effect, Expression } from "@interlatch/core";
import { atomsIn, type Atom, type Normal, normalOf } from "./judge/normal.ts";

/** A test that must come out as it stands for a call to get further. */
export interface LooseningAtom {
  readonly atom: Atom;
  /** What is true beside it wherever it counts. */
  readonly beside: readonly Atom[];
  /** What the macros around it go through, by the names that they bind. */
  readonly locals: ReadonlyMap<string, Expression>;
}

/**
 * The tests by which a rule lets calls through: those that make an allow rule match, and those that keep a review or
 * deny rule from matching. Whoever can make such a test come out wrongly gets further than was meant.
 */
export function looseningAtoms(when: Expression, action: Effect): readonly LooseningAtom[] {
  return action === "allow" ? matchingAtoms(when) : atomsWithin(normalOf(when, false));
}

/** The tests by which a condition comes to be true. */
export function matchingAtoms(when: Expression): readonly LooseningAtom[] {
  return atomsWithin(normalOf(when));
}

function atomsWithin(normal: Normal): readonly LooseningAtom[] {
  const found: LooseningAtom[] = [];
  collect(normal, [], new Map(), found);
  return found;
}

function collect(
  normal: Normal,
  beside: readonly Atom[],
  locals: LooseningAtom["locals"],
  found: LooseningAtom[],
): void {
  switch (normal.kind) {
    case "any":
      for (const part of normal.parts) collect(part, beside, locals, found);
      return;
    case "all": {
      const known = [...beside, ...atomsIn(normal.parts)];
      for (const part of normal.parts) collect(part, known, locals, found);
      return;
    }
    case "atom": {
      found.push({ atom: normal, beside, locals });
      const { subject, test } = normal;
      const asks = subject.kind === "comprehension" && test.operator === "is";
      if (asks && (subject.macro === "all" || subject.macro === "exists")) {
        const bound = new Map(locals).set(subject.as, subject.over);
        collect(normalOf(subject.body, test.value), beside, bound, found);
      }
    }
  }
}
