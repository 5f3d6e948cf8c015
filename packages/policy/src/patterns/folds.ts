import type { Re2 } from "./re2.ts";

/**
 * Gives the code points RE2 takes for one when case is ignored (`k`, `K` and the Kelvin sign), as ranges. RE2
 * writes them out inside a class only, so the class gets a second member, which is dropped again.
 */
export function createFolds(re2: Re2): (rune: number) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  return (rune) => {
    const folds = known.get(rune) ?? foldsOf(re2, rune);
    known.set(rune, folds);
    return folds;
  };
}

function foldsOf(RE2: Re2, rune: number): readonly number[] {
  const { inst } = new RE2(`(?i)[\\x{${rune.toString(16)}}\\x{10FFFF}]`).re2().prog;
  const ranges = inst.find(({ runes }) => runes.length > 1)?.runes ?? [rune, rune];
  return ranges.slice(0, -2);
}
