import { isInterlatchError, loadPatternCompiler, type PatternCompiler } from "@interlatch/core";
import type { Reporter } from "../diagnostics/reporter.ts";
import type { PatternUse } from "./conditions.ts";

/** Lets RE2 look at every literal pattern; what it refuses is an error at build and not on a call. */
export async function checkPatterns(
  uses: readonly PatternUse[],
  reporter: Reporter,
): Promise<void> {
  if (uses.length === 0) return;
  const compiler = await loadPatternCompiler();
  for (const { pattern, at } of uses) {
    const message = refusalOf(pattern, compiler);
    if (message !== undefined)
      reporter.error({ code: "pattern_refused", at, message, hint: hintOf(pattern) });
  }
}

function refusalOf(pattern: string, compiler: PatternCompiler): string | undefined {
  try {
    compiler.compile(pattern);
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
