import type { SourceFile, Span } from "../yaml/source.ts";
import type { Diagnostic, DiagnosticCode, DiagnosticFix } from "./diagnostic.ts";
import { nearest } from "./nearest.ts";

/** What would put a finding right: stretches of files and what comes in their place. */
export interface Repair {
  readonly title: string;
  readonly edits: readonly { readonly at: Span; readonly text: string }[];
}

/** What a reporter is told; the place comes as a span. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly at: Span;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Only where applying it cannot change what the policy decides. */
  readonly repair?: Repair | undefined;
  /** Two findings at one place with one key are one; without a key the message is the key. */
  readonly key?: string;
}

/**
 * How many right names are compared with wrong ones for one policy. Ten thousand misspelt tools among ten
 * thousand others would otherwise take minutes to say so.
 */
const COMPARISONS = 100_000;

/** A line longer than this is cut in an excerpt. */
const EXCERPT = 400;

/** Collects what is found in the files of one policy, each thing once. */
export class Reporter {
  readonly #order: ReadonlyMap<SourceFile, number>;
  #found: { readonly finding: Finding; readonly severity: "error" | "warning" }[] = [];
  readonly #seen = new Map<SourceFile, Set<string>>();
  #errors = 0;
  #comparisons = COMPARISONS;

  constructor(files: readonly SourceFile[]) {
    this.#order = new Map(files.map((file, index) => [file, index]));
  }

  /** Whether any error was reported. */
  get failed(): boolean {
    return this.#errors > 0;
  }

  error(finding: Finding): void {
    if (this.#add(finding, "error")) this.#errors++;
  }

  warning(finding: Finding): void {
    this.#add(finding, "warning");
  }

  /** The candidate that a misspelt word most likely stands for; `undefined` where none is near, or there are too many. */
  nearest(word: string, candidates: readonly string[]): string | undefined {
    this.#comparisons -= candidates.length;
    return this.#comparisons < 0 ? undefined : nearest(word, candidates);
  }

  /** Takes back the warnings that somebody said are meant so. Errors stay: nothing silences them. */
  silence(isMeant: (warning: Finding) => boolean): void {
    this.#found = this.#found.filter(
      ({ finding, severity }) => severity === "error" || !isMeant(finding),
    );
  }

  /** All diagnostics of a severity, in the order of the files and lines. */
  diagnostics(severity: "error" | "warning"): readonly Diagnostic[] {
    return this.#found
      .filter((one) => one.severity === severity)
      .map((one) => one.finding)
      .sort((a, b) => this.#rank(a) - this.#rank(b) || a.at.start - b.at.start)
      .map((finding) => diagnosticOf(finding, severity));
  }

  #add(finding: Finding, severity: "error" | "warning"): boolean {
    const { at, code, key, message } = finding;
    let seen = this.#seen.get(at.file);
    if (seen === undefined) this.#seen.set(at.file, (seen = new Set()));
    const identity = `${at.start}\n${code}\n${key ?? message}`;
    if (seen.has(identity)) return false;
    seen.add(identity);
    this.#found.push({ finding, severity });
    return true;
  }

  #rank(finding: Finding): number {
    return this.#order.get(finding.at.file) ?? 0;
  }
}

function diagnosticOf(finding: Finding, severity: "error" | "warning"): Diagnostic {
  const { at, code, message, hint, repair } = finding;
  const from = at.file.positionOf(at.start);
  const to = at.file.positionOf(Math.max(at.start, at.end));
  return {
    code,
    severity,
    file: at.file.path,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(repair === undefined ? {} : { fix: fixOf(repair) }),
    excerpt: at.file.lineText(from.line).slice(0, EXCERPT),
  };
}

function fixOf({ title, edits }: Repair): DiagnosticFix {
  return {
    title,
    edits: edits.map(({ at, text }) => {
      const from = at.file.positionOf(at.start);
      const to = at.file.positionOf(at.end);
      return {
        file: at.file.path,
        line: from.line,
        column: from.column,
        endLine: to.line,
        endColumn: to.column,
        text,
      };
    }),
  };
}
