import { isInterlatchError, type PatternTable } from "@interlatch/core";
import type { Reporter } from "../diagnostics/reporter.ts";
import { PatternSources } from "../patterns/compile.ts";
import { loadRe2 } from "../patterns/re2.ts";
import { tableOf } from "../patterns/table.ts";
import type { PatternUse } from "./conditions.ts";

/**
 * Lets RE2 compile every literal pattern; what it refuses is an error at build and not on a call.
 *
 * @returns the table that the run time needs; `undefined` where there is no pattern
 */
export async function buildPatterns(
  uses: readonly PatternUse[],
  reporter: Reporter,
): Promise<PatternTable | undefined> {
  if (uses.length === 0) return undefined;
  const sources = new PatternSources(await loadRe2());
  for (const { pattern, at } of uses) {
    const message = refusalOf(pattern, sources);
    if (message !== undefined)
      reporter.error({ code: "pattern_refused", at, message, hint: hintOf(pattern) });
  }
  return tableOf(sources);
}

function refusalOf(pattern: string, sources: PatternSources): string | undefined {
  try {
    sources.compile(pattern);
    return undefined;
  } catch (error) {
    if (isInterlatchError(error, "ERR_BUNDLE_POLICY")) return error.message;
    throw error;
  }
}

function hintOf(pattern: string): string | undefined {
  if (/\(\?<?[=!]/.test(pattern))
    return "RE2 has no look-around; ask twice instead: `x.matches(...) && !x.matches(...)`.";
  return /\\[1-9]/.test(pattern) ? "RE2 has no back-references." : undefined;
}
