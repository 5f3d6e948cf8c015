import { BUDGET_EXHAUSTED, spend } from "../cost.ts";
import { EvaluationError } from "../value.ts";
import type { BinaryFunction } from "./function.ts";

/** Characters of a glob. */
const MAX_GLOB = 512;

const NOT_GLOB = new EvaluationError("glob needs a text and a pattern of at most 512 characters");

/** A compiled glob. */
export interface Glob {
  /** Whether the whole text fits; case counts. Takes at most text × {@link Glob.steps} steps. */
  matches(text: string): boolean;
  /** Steps for each character of a text. */
  readonly steps: number;
}

/**
 * Compiles a glob: `*` stands for any characters within one segment, none included, `**` for any
 * characters at all; everything else stands for itself, dots, question marks and brackets included.
 *
 * @param pattern - the glob
 * @param separator - the one character that ends a segment: `/` in URLs and paths, `.` in hosts
 *
 * @example
 * ```ts
 * compileGlob("*.internal.acme.test", ".").matches("db.internal.acme.test"); // true
 * compileGlob("/orders/**", "/").matches("/orders/7/lines"); // true
 * ```
 */
export function compileGlob(pattern: string, separator: string): Glob {
  const tokens = tokenise(pattern);
  const wildcards = tokens.filter((token) => token < 0).length;
  if (wildcards === 0) return { steps: 1, matches: (text) => text === pattern };
  if (wildcards === 1) return singleWildcard(pattern, tokens.includes(ANY), separator);
  const stop = separator.charCodeAt(0);
  return { steps: tokens.length, matches: (text) => simulate(tokens, stop, text) };
}

/** Tokens: the UTF-16 unit of a literal, or one of these. */
const WITHIN = -1;
const ANY = -2;
const STAR = 42;

function tokenise(pattern: string): readonly number[] {
  const tokens: number[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const unit = pattern.charCodeAt(index);
    if (unit !== STAR) tokens.push(unit);
    // Two stars or more in a row are one `**`.
    else if ((tokens.at(-1) ?? 0) < 0) tokens[tokens.length - 1] = ANY;
    else tokens.push(WITHIN);
  }
  return tokens;
}

function singleWildcard(pattern: string, crosses: boolean, separator: string): Glob {
  const head = pattern.slice(0, pattern.indexOf("*"));
  const tail = pattern.slice(pattern.lastIndexOf("*") + 1);
  const shortest = head.length + tail.length;
  return {
    steps: 1,
    matches(text) {
      if (text.length < shortest || !text.startsWith(head) || !text.endsWith(tail)) return false;
      const stop = crosses ? -1 : text.indexOf(separator, head.length);
      return stop < 0 || stop >= text.length - tail.length;
    },
  };
}

/**
 * Follows all ways to match at once, so that no pattern makes it backtrack (Thompson, "Regular Expression
 * Search Algorithm", 1968). `alive[i]` says that the tokens before `i` can make up the text read so far.
 */
function simulate(tokens: readonly number[], stop: number, text: string): boolean {
  const alive = new Uint8Array(tokens.length + 1);
  alive[0] = 1;
  skipWildcards(tokens, alive);
  for (let index = 0; index < text.length; index++) {
    if (!advance(tokens, alive, text.charCodeAt(index), stop)) return false;
  }
  return alive[tokens.length] === 1;
}

/** A wildcard may stand for nothing, so what is alive before it is alive behind it. */
function skipWildcards(tokens: readonly number[], alive: Uint8Array): void {
  for (let at = 0; at < tokens.length; at++) {
    if (alive[at] === 1 && tokens[at]! < 0) alive[at + 1] = 1; // in range
  }
}

/** Reads one unit; whether any way is left. From the back, so that each place is read before it is written. */
function advance(
  tokens: readonly number[],
  alive: Uint8Array,
  unit: number,
  stop: number,
): boolean {
  let any = false;
  alive[tokens.length] = 0;
  for (let at = tokens.length - 1; at >= 0; at--) {
    if (alive[at] === 0) continue;
    const token = tokens[at]!; // in range
    const stays = token === ANY || (token === WITHIN && unit !== stop);
    if (token === unit) alive[at + 1] = 1;
    if (!stays) alive[at] = 0;
    if (stays || token === unit) any = true;
  }
  skipWildcards(tokens, alive);
  return any;
}

/** `glob(text, pattern)`: {@link compileGlob} with `/` between segments, so `*.csv` finds no `a/b.csv`. */
export const GLOB: BinaryFunction<Glob> = {
  prepare(second, budget) {
    if (typeof second !== "string" || second.length > MAX_GLOB) return NOT_GLOB;
    return spend(budget, second.length >>> 2) ? compileGlob(second, "/") : BUDGET_EXHAUSTED;
  },
  apply(first, glob, budget) {
    if (typeof first !== "string") return NOT_GLOB;
    const cost = Math.ceil((first.length * (glob.steps + 3)) / 128);
    return spend(budget, cost) ? glob.matches(first) : BUDGET_EXHAUSTED;
  },
};
