import {
  Composer,
  type Document,
  Lexer,
  Parser,
  type CST,
  type ErrorCode,
  type YAMLError,
} from "yaml";
import type { Reporter } from "../diagnostics/reporter.ts";
import { conditionOnLine, quotingHint, quotingRepair } from "./eaten.ts";
import { refuseHidden } from "./hidden.ts";
import { YAML_LIMITS, utf8Length } from "./limits.ts";
import { commonMistake } from "./mistakes.ts";
import type { SourceFile, Span } from "./source.ts";
import { strictTree } from "./strict.ts";
import type { YamlNode } from "./tree.ts";

/**
 * Reads one file as strict YAML 1.2, core schema. Every mistake is reported; a file whose syntax is broken
 * gives no tree, since what follows a syntax error is guesswork.
 *
 * @param origin - `made` where a program wrote the file and no person signs it: JSON shows no sign by an escape that
 *   it does not have to
 */
export function readYaml(
  file: SourceFile,
  reporter: Reporter,
  origin: "written" | "made" = "written",
): YamlNode | undefined {
  const whole: Span = { file, start: 0, end: 0 };
  if (file.text.length > YAML_LIMITS.fileBytes || utf8Length(file.text) > YAML_LIMITS.fileBytes) {
    reporter.error({ code: "yaml_limit", at: whole, message: "The file is larger than 1 MiB." });
    return undefined;
  }
  if (origin === "written" && refuseHidden(file, reporter)) return undefined;
  try {
    const tokens = tokensOf(file, reporter);
    if (tokens === undefined) return undefined;
    const document = compose(file, tokens);
    if (document === undefined || reportSyntax(file, document, reporter)) return undefined;
    return strictTree(file, document.contents, reporter);
  } catch {
    // The parser recurses over nesting; a RangeError is its way to say that there is too much of it.
    reporter.error({
      code: "yaml_limit",
      at: whole,
      message: "The file is nested too deeply to be read.",
    });
    return undefined;
  }
}

/** The concrete syntax, refused early where it is too deep, too long, or has directives or several documents. */
function tokensOf(file: SourceFile, reporter: Reporter): CST.Token[] | undefined {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let count = 0;
  let depth = 0;
  let afterMark = false;
  for (const lexeme of new Lexer().lex(file.text)) {
    if (!afterMark)
      depth += lexeme === "[" || lexeme === "{" ? 1 : lexeme === "]" || lexeme === "}" ? -1 : 0;
    afterMark = lexeme === SCALAR_MARK;
    if (++count > YAML_LIMITS.tokens || depth > YAML_LIMITS.depth) {
      const message =
        depth > YAML_LIMITS.depth
          ? `Maps and lists are nested deeper than ${YAML_LIMITS.depth}.`
          : `The file has more than ${YAML_LIMITS.tokens} parts.`;
      reporter.error({ code: "yaml_limit", at: spanAt(file, parser.offset), message });
      return undefined;
    }
    for (const token of parser.next(lexeme)) tokens.push(token);
  }
  for (const token of parser.end()) tokens.push(token);
  return refuseStream(file, tokens, reporter) ? undefined : tokens;
}

/** The lexer announces the text of a scalar with this sign. */
const SCALAR_MARK = "\u001f";

function refuseStream(file: SourceFile, tokens: readonly CST.Token[], reporter: Reporter): boolean {
  const directives = tokens.filter((token) => token.type === "directive");
  for (const { offset, source } of directives) {
    const at = { file, start: offset, end: offset + source.trimEnd().length };
    const message = `A YAML directive (\`${source.trim()}\`) is not allowed: a policy is always YAML 1.2.`;
    reporter.error({ code: "yaml_feature", at, message, hint: "Remove this line." });
  }
  const second = tokens.filter((token) => token.type === "document")[1];
  if (second !== undefined) {
    const message = "A second YAML document begins here; a policy file holds one.";
    const hint = "Put it into a file of its own: the files of a policy are merged.";
    reporter.error({ code: "yaml_feature", at: spanAt(file, second.offset), message, hint });
  }
  return directives.length > 0 || second !== undefined;
}

function compose(file: SourceFile, tokens: readonly CST.Token[]): Document.Parsed | undefined {
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    merge: false,
    strict: true,
    // Compared in linear time by the tree, which also sees look-alikes.
    uniqueKeys: false,
    logLevel: "silent",
  });
  for (const document of composer.compose(tokens, true, file.text.length)) return document;
  return undefined;
}

/** Errors and warnings alike: a warning is YAML that two readers could read in two ways. */
function reportSyntax(file: SourceFile, document: Document.Parsed, reporter: Reporter): boolean {
  const { errors, warnings } = document;
  // Unknown tags are mere warnings to the parser; without an error beside them the tree refuses them better.
  const problems = [
    ...errors,
    ...warnings.filter((one) => errors.length > 0 || one.code !== "TAG_RESOLVE_FAILED"),
  ];
  const mistake = commonMistake(file, problems);
  if (mistake !== undefined) {
    reporter.error(mistake);
    return true;
  }
  const seen = new Set<number>();
  for (const problem of problems) {
    const { line } = file.positionOf(problem.pos[0]);
    if (seen.has(line) || seen.size >= YAML_LIMITS.syntaxErrors) continue;
    seen.add(line);
    reportProblem(file, problem, line, reporter);
  }
  return seen.size > 0;
}

function reportProblem(
  file: SourceFile,
  problem: YAMLError,
  line: number,
  reporter: Reporter,
): void {
  const condition = conditionOnLine(file, line);
  if (condition !== undefined) {
    const message = `YAML does not read \`${condition.text}\` as one text, so it is not the condition that was written.`;
    reporter.error({
      code: "yaml_syntax",
      at: condition.at,
      message,
      hint: quotingHint(condition),
      repair: quotingRepair(condition),
      key: "eaten",
    });
    return;
  }
  const [start, end] = problem.pos;
  const message = `Not YAML: ${problem.message.replace(/\.$/, "")}.`;
  reporter.error({
    code: "yaml_syntax",
    at: { file, start, end },
    message,
    hint: HINTS[problem.code],
  });
}

const HINTS: { readonly [code in ErrorCode]?: string } = {
  BAD_INDENT: "The keys of one map begin in one column.",
  BAD_SCALAR_START: "Quote the text.",
  BLOCK_AS_IMPLICIT_KEY: "Quote a text that holds `: `; indent only what belongs to the key above.",
  MISSING_CHAR: "Quote a text that holds `,`, `[`, `]`, `{` or `}`.",
  TAB_AS_INDENT: "Indent with spaces.",
  UNEXPECTED_TOKEN: "Quote the whole text: a leading quote ends at the next one.",
};

function spanAt(file: SourceFile, offset: number): Span {
  return { file, start: offset, end: offset };
}
