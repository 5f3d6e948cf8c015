import { checkPolicy, type CheckOptions } from "../check.ts";
import type { CompileInput, CompileResult } from "../compile.ts";
import type { Diagnostic, DiagnosticFix } from "../diagnostics/diagnostic.ts";
import { applyEdits, compatibleFixes } from "./edits.ts";
import { keepsMeaning } from "./meaning.ts";

/** A finding that was put right. */
export type FixedDiagnostic = Diagnostic & { readonly fix: DiagnosticFix };

/** What {@link fixPolicy} came to. */
export interface FixResult {
  /** All files, with the texts they have now. */
  readonly files: CompileInput["files"];
  /** What was put right, in the order in which it was; places are those of the text at that time. */
  readonly fixed: readonly FixedDiagnostic[];
  /** What is found in the files as they are now. */
  readonly result: CompileResult;
}

/** A fix can bring another finding to light: a file that YAML could not read shows its other mistakes. */
const ROUNDS = 20;

/**
 * Checks a policy and puts right what can be without anybody's judgement: conditions that YAML took apart are quoted,
 * named conditions that nothing uses, rules that repeat another word for word, and idle `interlatch-ignore` comments
 * are removed. Everything else stays byte for byte. After each step the policy is compiled again; a fix after which
 * it would decide otherwise is left out. Nothing is written to disk.
 *
 * @example
 * ```ts
 * import { fixPolicy } from "@interlatch/policy";
 * const text = "interlatch: 1\nid: desk\nrules:\n  - name: r\n    tool: t\n    when: !has(arguments.n)\n    action: deny\n";
 * const { files, fixed } = await fixPolicy({ files: [{ path: "policy.yaml", text }] });
 * console.log(fixed.length, files[0]?.text);
 * ```
 */
export async function fixPolicy(
  input: CompileInput,
  options: CheckOptions = {},
): Promise<FixResult> {
  let state: FixResult = {
    files: input.files,
    fixed: [],
    result: await checkPolicy(input, options),
  };
  const refused = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const open = fixable(state.result).filter((one) => !refused.has(identityOf(one)));
    const together = compatibleFixes(open);
    if (together.length === 0) break;
    const next = await step(state, together, options);
    if (next !== undefined) {
      state = next;
      continue;
    }
    // One of them is to blame: each is tried by itself.
    const [first, ...others] = together;
    if (first === undefined) break;
    const alone = others.length === 0 ? undefined : await step(state, [first], options);
    if (alone === undefined) refused.add(identityOf(first));
    else state = alone;
  }
  return state;
}

async function step(
  { files, fixed, result: before }: FixResult,
  fixes: readonly FixedDiagnostic[],
  options: CheckOptions,
): Promise<FixResult | undefined> {
  const edits = fixes.flatMap(({ fix }) => fix.edits);
  const edited = files.map((file) => ({
    ...file,
    text: applyEdits(file.path, file.text, edits),
  }));
  const result = await checkPolicy({ files: edited }, options);
  return keepsMeaning(before, result, fixes)
    ? { files: edited, fixed: [...fixed, ...fixes], result }
    : undefined;
}

function fixable(result: CompileResult): readonly FixedDiagnostic[] {
  const all = result.ok ? result.warnings : [...result.errors, ...result.warnings];
  return all.filter((one): one is FixedDiagnostic => one.fix !== undefined);
}

function identityOf({ code, message, fix }: FixedDiagnostic): string {
  return JSON.stringify([code, message, fix.title]);
}
