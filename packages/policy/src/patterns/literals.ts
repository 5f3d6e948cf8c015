import type { PatternLiterals } from "@interlatch/core";
import { RE2_PREFILTERS, type Re2Prefilter } from "./re2.ts";

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Nesting that a policy holds; what stands deeper is not asked for. */
const MAX_DEPTH = 16;

/** The literals that every match holds, as RE2 worked them out; `undefined` where it knows none. */
export function lowerLiterals(
  prefilter: Re2Prefilter,
  depth: number = MAX_DEPTH,
): PatternLiterals | undefined {
  if (depth === 0) return undefined;
  const { type, str, subs } = prefilter;
  if (type === RE2_PREFILTERS.exact) return isText(str) ? str : undefined;
  const parts = subs.map((sub) => lowerLiterals(sub, depth - 1));
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0) return undefined;
  if (type === RE2_PREFILTERS.all) return known.length === 1 ? known[0] : { all: known };
  // One way without a literal is a way without any.
  return type === RE2_PREFILTERS.any && known.length === parts.length ? { any: known } : undefined;
}

/** Whether JSON holds the text as it is: half a surrogate pair is none that a bundle may hold. */
export function isText(text: string): boolean {
  return text !== "" && !LONE_SURROGATE.test(text);
}
