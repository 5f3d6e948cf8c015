import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { Reporter } from "../diagnostics/reporter.ts";
import { readYaml } from "../yaml/read.ts";
import { SourceFile } from "../yaml/source.ts";
import type { YamlMap } from "../yaml/tree.ts";
import { attachComments } from "./comments.ts";
import { canonicalJson, type DocumentKind } from "./grammar.ts";
import { piecesOf } from "./pieces.ts";
import { print } from "./print.ts";

/** How {@link formatPolicy} formats. */
export interface PolicyFormatOptions {
  /** Left out: `tests` for `*.test.yaml` and `*.test.yml`, else `policy`. */
  readonly kind?: DocumentKind;
  /** A line for the editor that is put at the head of the file where no such line is yet, see `EDITOR_LINES`. */
  readonly editorLine?: string;
}

/** The formatted text, or why there is none. */
export type PolicyFormatResult =
  | { readonly ok: true; readonly text: string; readonly changed: boolean }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/** What a line for the language server begins with. */
const EDITOR_LINE = /^#\s*yaml-language-server:/;

/**
 * Writes a policy file, or a file of its tests, canonically: words of the seed vocabulary in their canonical form,
 * keys in the order of the grammar, two blanks of indentation, braces and brackets only where they fit into 100
 * columns, conditions quoted only where YAML would take them apart. What the file means and every comment stay;
 * formatting what was formatted changes nothing.
 *
 * A file that is no strict YAML is not touched.
 *
 * @param path - as errors name it; nothing is read from it
 *
 * @example
 * ```ts
 * import { formatPolicy } from "@interlatch/policy";
 * const result = formatPolicy("id: desk\ninterlatch: 1 # the language\n", "policy.yaml");
 * if (result.ok) console.log(result.text);
 * ```
 */
export function formatPolicy(
  text: string,
  path: string,
  options: PolicyFormatOptions = {},
): PolicyFormatResult {
  const file = new SourceFile(path, text);
  const reporter = new Reporter([file]);
  const kind = options.kind ?? (/\.test\.ya?ml$/.test(path) ? "tests" : "policy");
  const root = readMap(file, reporter);
  if (root === undefined) return { ok: false, errors: reporter.diagnostics("error") };
  const formatted = withEditorLine(write(file, root, kind), options.editorLine);
  if (!saysTheSame(file, root, new SourceFile(path, formatted), kind)) {
    // Never seen, and never to be: what is signed from a formatted file must be what its author wrote.
    const message = "Formatting would change what the file says, so it is left as it is.";
    reporter.error({ code: "not_formatted", at: { file, start: 0, end: 0 }, message });
    return { ok: false, errors: reporter.diagnostics("error") };
  }
  return { ok: true, text: formatted, changed: formatted !== text };
}

function readMap(file: SourceFile, reporter: Reporter): YamlMap | undefined {
  const root = readYaml(file, reporter);
  if (root === undefined || reporter.failed) return undefined;
  if (root.kind === "map") return root;
  const message = "The file has no keys, so it is no policy and no tests of one.";
  reporter.error({ code: "wrong_shape", at: root.at, message });
  return undefined;
}

function write(file: SourceFile, root: YamlMap, kind: DocumentKind): string {
  const pieces = piecesOf(file, root);
  const header = attachComments(file, pieces);
  const lines = print(kind, pieces.root, header);
  // Whoever checks files out with carriage returns would see every line changed.
  const end = file.text.includes("\r\n") ? "\r\n" : "\n";
  return lines.map((line) => `${line}${end}`).join("");
}

function withEditorLine(text: string, line: string | undefined): string {
  if (line === undefined || text.split("\n").some((each) => EDITOR_LINE.test(each))) return text;
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const gap = text.startsWith("#") ? "" : end;
  return `${line}${end}${gap}${text}`;
}

function saysTheSame(
  before: SourceFile,
  root: YamlMap,
  after: SourceFile,
  kind: DocumentKind,
): boolean {
  const reporter = new Reporter([after]);
  const written = readYaml(after, reporter);
  if (written === undefined || reporter.failed || written.kind !== "map") return false;
  if (canonicalJson(kind, written) !== canonicalJson(kind, root)) return false;
  return hasAll(commentsOf(after, written), commentsOf(before, root));
}

function commentsOf(file: SourceFile, root: YamlMap): readonly string[] {
  return piecesOf(file, root).comments.map((offset) => {
    const { line, column } = file.positionOf(offset);
    return file
      .lineText(line)
      .slice(column - 1)
      .trimEnd();
  });
}

/** Whether every comment is there, as often as it was. The line for the editor may have joined them. */
function hasAll(found: readonly string[], wanted: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const text of found) counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const text of wanted) counts.set(text, (counts.get(text) ?? 0) - 1);
  return [...counts.values()].every((count) => count >= 0);
}
