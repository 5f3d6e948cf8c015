import { BUDGET_EXHAUSTED, spend } from "../cost.ts";
import { EvaluationError } from "../value.ts";
import type { BinaryFunction } from "./function.ts";

/** Longer than any file system takes; it bounds what resolving one path costs. */
const MAX_PATH = 8_192;

const NOT_PATH = new EvaluationError(
  "under needs absolute paths without NUL, backslash, ~ or bad escapes",
);

/** A path as written and after one layer of percent-decoding, both resolved: `/a/b` is `["a", "b"]`. */
export interface ResolvedPath {
  readonly raw: readonly string[];
  readonly decoded: readonly string[];
}

/**
 * `under(path, prefix)`: the path is the prefix or inside it, both as written and percent-decoded once,
 * after `.` and `..` are resolved as a file system would.
 *
 * Both forms count because tools differ in whether they decode: `/data/%2e%2e/etc` must not pass for
 * either. Relative paths, NUL, backslash, `~` at the start of a segment and malformed escapes are errors,
 * for they mean different places to different tools. Symlinks are the tool's business.
 */
export const UNDER: BinaryFunction<ResolvedPath> = {
  prepare(second, budget) {
    // `/etc/*` is a directory called `*` to this function, and nothing would ever be in it.
    const isGlob = typeof second === "string" && second.includes("*");
    return isGlob ? NOT_PATH : readPath(second, budget);
  },
  apply(first, prefix, budget) {
    const path = readPath(first, budget);
    if (path instanceof EvaluationError) return path;
    return isUnder(path, prefix);
  },
};

/** Whether a path is the prefix or inside it, in both its forms. */
export function isUnder(path: ResolvedPath, prefix: ResolvedPath): boolean {
  return isInside(path.raw, prefix.raw) && isInside(path.decoded, prefix.decoded);
}

/** Reads an absolute path; see {@link UNDER} for what is none. Charges for its length. */
export function readPath(
  value: unknown,
  budget: Parameters<typeof spend>[0],
): ResolvedPath | EvaluationError {
  if (typeof value !== "string" || value.length > MAX_PATH) return NOT_PATH;
  // Escapes that are no UTF-8 are refused by an exception, which takes its time.
  const escapes = value.includes("%") ? 32 : 0;
  if (!spend(budget, escapes + (value.length >>> 4))) return BUDGET_EXHAUSTED;
  const plain = decodeOnce(value);
  const raw = resolve(value);
  const decoded = plain === null ? null : plain === value ? raw : resolve(plain);
  return raw === null || decoded === null ? NOT_PATH : { raw, decoded };
}

const MALFORMED = /%(?![0-9A-Fa-f]{2})/;

/** One layer of percent-decoding; `null` for a malformed escape or one that is not UTF-8. */
function decodeOnce(text: string): string | null {
  if (!text.includes("%")) return text;
  if (MALFORMED.test(text)) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The segments of an absolute path, without empty ones, `.` and `..`; `null` when it is not one. */
function resolve(path: string): readonly string[] | null {
  if (!path.startsWith("/") || path.includes("\0") || path.includes("\\")) return null;
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    // A shell would expand it to somebody's home.
    if (segment.startsWith("~")) return null;
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(segment);
  }
  return segments;
}

function isInside(path: readonly string[], prefix: readonly string[]): boolean {
  return path.length >= prefix.length && prefix.every((segment, index) => path[index] === segment);
}
