import { DIAGNOSTIC_CODES, type DiagnosticCode } from "../diagnostics/diagnostic.ts";
import { isWarning } from "../diagnostics/meanings.ts";
import type { Finding, Repair, Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { commentsOf, type YamlComment } from "../yaml/comments.ts";
import type { SourceFile } from "../yaml/source.ts";

/** A comment that says that a warning is meant so. */
interface Ignore {
  readonly comment: YamlComment;
  readonly code: DiagnosticCode;
  /** The line whose warnings it is about, from 1. */
  readonly line: number;
  isUsed: boolean;
}

const FORM = /^#\s*interlatch-ignore(?![\w-])\s*([^\s:]*)\s*(?::\s*(.*))?$/;
const BEGINNING = /^#\s*interlatch-ignore(?![\w-])/;

/**
 * Takes back the warnings that a comment says are meant so: `# interlatch-ignore CODE: why`, at the end of their line
 * or on a line of its own before it. Errors stay. Comments that silence nothing are warned about themselves, since
 * the next mistake on their line would go unseen.
 *
 * @param isLinted - whether all warnings are known, so that a comment without one is known to be idle
 */
export function applyIgnores(
  files: readonly SourceFile[],
  isLinted: boolean,
  reporter: Reporter,
): void {
  const malformed: Finding[] = [];
  const byFile = new Map(files.map((file) => [file, ignoresOf(file, malformed)]));
  reporter.silence(({ at, code }) => {
    const { line } = at.file.positionOf(at.start);
    const ignore = byFile.get(at.file)?.find((one) => one.code === code && one.line === line);
    if (ignore !== undefined) ignore.isUsed = true;
    return ignore !== undefined;
  });
  for (const finding of malformed) reporter.warning(finding);
  if (!isLinted) return;
  for (const ignores of byFile.values())
    for (const ignore of ignores) if (!ignore.isUsed) reportUnused(ignore, reporter);
}

function ignoresOf(file: SourceFile, malformed: Finding[]): Ignore[] {
  if (!file.text.includes("interlatch-ignore")) return [];
  const comments = commentsOf(file);
  return comments.flatMap((comment) => {
    if (!BEGINNING.test(comment.text)) return [];
    const read = readIgnore(comment);
    if (typeof read !== "string") {
      malformed.push(read);
      return [];
    }
    return [{ comment, code: read, line: lineOf(comment, file), isUsed: false }];
  });
}

/** The code that a comment names, or what is wrong with the comment. */
function readIgnore({ text, at }: YamlComment): DiagnosticCode | Finding {
  const [, name = "", reason = ""] = FORM.exec(text) ?? [];
  const refuse = (message: string, hint = FORM_HINT): Finding => ({
    code: "ignore_malformed",
    at,
    message,
    hint,
  });
  if (name === "") return refuse("This comment does not say which warning it is about.");
  const code = DIAGNOSTIC_CODES.find((known) => known === name);
  if (code === undefined) return refuse(`There is no finding \`${shown(name)}\`.`);
  if (!isWarning(code))
    return refuse(`\`${code}\` is an error, and errors cannot be silenced.`, "Mend it.");
  if (code.startsWith("ignore_"))
    return refuse(`\`${code}\` cannot be silenced.`, "Mend the comment.");
  return reason.trim() === ""
    ? refuse(`This comment does not say why \`${code}\` is meant so.`)
    : code;
}

const FORM_HINT = "Write `# interlatch-ignore CODE: why`.";

/** A comment after something is about its own line; one that stands alone is about the next line with something on it. */
function lineOf({ at, isAlone }: YamlComment, file: SourceFile): number {
  let { line } = file.positionOf(at.start);
  if (!isAlone) return line;
  const last = file.positionOf(file.text.length).line;
  do line++;
  while (line <= last && /^\s*(?:#.*)?$/.test(file.lineText(line)));
  return line;
}

function reportUnused({ comment, code }: Ignore, reporter: Reporter): void {
  reporter.warning({
    code: "ignore_unused",
    at: comment.at,
    message: `There is no \`${code}\` here to ignore.`,
    repair: removalOf(comment),
  });
}

/** A comment of its own goes with its line, one at the end of a line with the blanks before it. */
function removalOf({ at, isAlone }: YamlComment): Repair {
  const { file, start, end } = at;
  const { line } = file.positionOf(start);
  const from = isAlone ? file.lineStart(line) : file.text.slice(0, start).trimEnd().length;
  const to = isAlone ? file.lineStart(line + 1) : end;
  return {
    title: "Removes the comment, which silences nothing.",
    edits: [{ at: { file, start: from, end: to }, text: "" }],
  };
}
