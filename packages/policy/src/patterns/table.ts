import { PATTERN_OPERATIONS, type PatternProgram, type PatternTable } from "@interlatch/core";
import { type CompiledSource, PatternSources } from "./compile.ts";
import { SetList } from "./lower.ts";
import { loadRe2 } from "./re2.ts";

/**
 * Puts compiled patterns into the form in which a policy holds them: sorted, every set once. The same patterns give
 * the same table, in whatever order they were compiled. `undefined`: there is none.
 */
export function tableOf(sources: PatternSources): PatternTable | undefined {
  const sets = new SetList();
  const programs = sources.all.map((source) => shared(source, sets));
  return programs.length === 0 ? undefined : { sets: sets.all, programs };
}

/** The program, with indexes into the sets of all programs. */
function shared({ program, sets: own }: CompiledSource, sets: SetList): PatternProgram {
  const indexes = own.map((ranges) => sets.indexOf(ranges));
  const code = program.code.map((number, index) =>
    index % 3 === 2 && program.code[index - 2] === PATTERN_OPERATIONS.rune
      ? (indexes[number] ?? number)
      : number,
  );
  return { ...program, code };
}

/**
 * Compiles patterns as a build does.
 *
 * @throws InterlatchError `ERR_BUNDLE_POLICY` for what RE2 refuses or what is too large, with a message fit for the author
 *
 * @example
 * ```ts
 * import { createPatterns } from "@interlatch/core/build";
 * import { compilePatterns } from "@interlatch/policy";
 * const table = await compilePatterns(["^[a-z]+$"]);
 * createPatterns(table).compile("^[a-z]+$").test("abc"); // true
 * ```
 */
export async function compilePatterns(
  patterns: readonly string[],
): Promise<PatternTable | undefined> {
  if (patterns.length === 0) return undefined;
  const sources = new PatternSources(await loadRe2());
  for (const pattern of patterns) sources.compile(pattern);
  return tableOf(sources);
}
