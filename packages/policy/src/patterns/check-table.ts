import {
  isInterlatchError,
  PATTERN_OPERATIONS,
  type PatternProgram,
  type PatternTable,
  type Policy,
} from "@interlatch/core";
import { type CompiledSource, PatternSources } from "./compile.ts";
import { loadRe2 } from "./re2.ts";

/**
 * Compiles every pattern of a policy again and compares: a run time runs the programs of the table, and nothing else
 * says that a program is what its pattern means. Ask where the compiler that built a bundle is not trusted.
 *
 * @param policy - from `compilePolicy`, or out of a verified bundle
 * @returns the patterns whose programs are not what RE2 makes of them, in the order of the table
 *
 * @example
 * ```ts
 * import { checkPatternTable, compilePolicy } from "@interlatch/policy";
 * const made = await compilePolicy({ files: [{ path: "p.yaml", text: "interlatch: 1\nid: desk\n" }] });
 * if (made.ok) console.log(await checkPatternTable(made.policy)); // []
 * ```
 */
export async function checkPatternTable({
  patterns: table,
}: Pick<Policy, "patterns">): Promise<readonly string[]> {
  if (table === undefined) return [];
  const sources = new PatternSources(await loadRe2());
  return table.programs
    .filter((program) => !isWhatRe2Makes(program, table, sources))
    .map(({ pattern }) => pattern);
}

function isWhatRe2Makes(
  program: PatternProgram,
  table: PatternTable,
  sources: PatternSources,
): boolean {
  try {
    const expected = sources.compile(program.pattern);
    return canonical({ program, sets: table.sets }) === canonical(expected);
  } catch (error) {
    if (isInterlatchError(error, "ERR_BUNDLE_POLICY")) return false;
    throw error;
  }
}

/** A program as a text, each set written out where it is read: numbers of sets differ from table to table. */
function canonical({ program, sets }: CompiledSource): string {
  const { pattern, start, code, literals, isLiteral, anyLength } = program;
  const written = code.map((number, index) =>
    index % 3 === 2 && code[index - 2] === PATTERN_OPERATIONS.rune
      ? (sets[number] ?? null)
      : number,
  );
  return JSON.stringify([pattern, start, written, literals ?? null, isLiteral, anyLength]);
}
