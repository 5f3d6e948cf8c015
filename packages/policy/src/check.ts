import {
  compile,
  type CompileInput,
  type CompileOptions,
  type CompileResult,
  resultOf,
} from "./compile.ts";
import { Reporter } from "./diagnostics/reporter.ts";
import { lint } from "./lint/lint.ts";
import { SourceFile } from "./yaml/source.ts";

/** How {@link checkPolicy} checks. */
export interface CheckOptions extends CompileOptions {
  /** The instant by which `until` is judged, in milliseconds since 1970. Left out: nothing has expired. */
  readonly now?: number;
}

/**
 * Compiles a policy and, where it builds, warns about what is probably not what was meant: rules that never
 * decide, tools that no rule or no profile is for, conditions that are the same for every call, unused
 * definitions, comparisons that an attacker walks past.
 *
 * @example
 * ```ts
 * import { checkPolicy, formatDiagnostic } from "@interlatch/policy";
 * const text = "interlatch: 1\nid: desk\ntools: { read_order: { operation: read } }\n";
 * const { warnings } = await checkPolicy({ files: [{ path: "policy.yaml", text }] });
 * for (const warning of warnings) console.log(formatDiagnostic(warning));
 * ```
 */
export async function checkPolicy(
  input: CompileInput,
  options: CheckOptions = {},
): Promise<CompileResult> {
  const files = input.files.map(({ path, text }) => new SourceFile(path, text));
  const reporter = new Reporter(files);
  const compiled = await compile(files, options, reporter);
  if (compiled !== undefined) lint(compiled, options.now, reporter);
  return resultOf(compiled, reporter);
}
