import { compilePolicy, type PolicySource } from "../compile.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { draftOf, type Refused } from "./agt/draft.ts";
import { readDocument } from "./agt/document.ts";
import type { ImportOptions, ImportResult } from "./import-result.ts";
import { type PolicyText, writePolicy } from "./policy-text.ts";
import { readSource } from "./read-source.ts";

/**
 * Makes a policy of a YAML rule file of Microsoft's Agent Governance Toolkit, in any of its three forms: structured
 * conditions (`field`, `operator`, `value`), expressions, and flat rules. What cannot be said here is never guessed:
 * an allow is left out, and where a deny is in doubt a person decides.
 *
 * @param source - the file
 * @returns the text of a policy that builds and what is not as it was, or the errors of the file
 *
 * @example
 * ```ts
 * const text = "rules:\n  - { name: r, condition: \"tool_name == 'search'\", action: allow }\n";
 * const made = await importAgt({ path: "rules.yaml", text }, { id: "desk", tools: ["search"] });
 * console.log(made.ok ? made.notes.length : made.errors);
 * ```
 */
export async function importAgt(
  source: PolicySource,
  options: ImportOptions,
): Promise<ImportResult> {
  const { root, reporter } = readSource(source);
  const document = root === undefined ? undefined : readDocument(root, reporter);
  if (document === undefined || reporter.failed) {
    return { ok: false, errors: reporter.diagnostics("error") };
  }
  let refused: Refused = new Map();
  for (;;) {
    const { policy, notes } = draftOf(document, options, refused);
    const written = writePolicy(policy);
    const files = [{ path: source.path, text: written.text }];
    const made = await compilePolicy({ files }, { strict: true });
    if (made.ok) return { ok: true, text: written.text, notes };
    const more = refusedBy(made.errors, written);
    // Each round takes away at least one condition; when none is to blame the fault is not a rule's.
    if ([...more.keys()].every((index) => refused.has(index)))
      return { ok: false, errors: made.errors };
    refused = new Map([...refused, ...more]);
  }
}

/** The rules whose conditions do not build, such as a pattern that RE2 does not know. */
function refusedBy(errors: readonly Diagnostic[], { ruleAt }: PolicyText): Refused {
  const refused = new Map<number, string>();
  for (const { line, message } of errors) {
    const origin = ruleAt.get(line)?.origin ?? null;
    if (origin !== null && !refused.has(origin)) refused.set(origin, message.replace(/\.$/, ""));
  }
  return refused;
}
