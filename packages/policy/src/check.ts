import {
  compile,
  type CompileInput,
  type CompileOptions,
  type CompileResult,
  filesOf,
  resultOf,
} from "./compile.ts";
import { Reporter } from "./diagnostics/reporter.ts";
import { applyIgnores } from "./lint/ignores.ts";
import { lint } from "./lint/lint.ts";

/** How {@link checkPolicy} checks. */
export interface CheckOptions extends CompileOptions {
  /** The instant by which `until` is judged, in milliseconds since 1970. Left out: nothing has expired. */
  readonly now?: number;
}

/**
 * Compiles a policy and, where it builds, warns about what is probably not what was meant: rules that never
 * decide, tools that no rule or no profile is for, conditions that are the same for every call, unused
 * definitions, comparisons that an attacker walks past. What a comment `# interlatch-ignore CODE: why` is about is
 * left out, errors never.
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
  const files = filesOf(input);
  const reporter = new Reporter(files);
  const compiled = await compile(files, options, reporter);
  if (compiled !== undefined) await lint(compiled, options.now, reporter);
  applyIgnores(files, compiled !== undefined, reporter);
  return resultOf(compiled, reporter);
}
