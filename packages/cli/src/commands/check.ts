import type { Policy } from "@interlatch/core";
import {
  checkPolicy,
  type CompileResult,
  type FixedDiagnostic,
  fixPolicy,
  type PolicySource,
} from "@interlatch/policy";
import { resolve } from "node:path";
import { wrongUse } from "../arguments.ts";
import { changedFiles, printFixes, writeChanges } from "../check/fixes.ts";
import { githubAnnotation } from "../check/github.ts";
import { sarifLog } from "../check/sarif.ts";
import { type Command, defineCommand } from "../command.ts";
import { findConfig, readConfig } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import { replaceFile } from "../files.ts";
import type { Io } from "../io.ts";
import { counted, type Output } from "../output.ts";
import {
  announceCompile,
  diagnosticsOf,
  namedSources,
  printDiagnostics,
  projectSources,
  verdictLine,
} from "../policy-files.ts";

/** `interlatch check`: everything that is wrong with, or doubtful in, a policy. */
export const check: Command = defineCommand({
  summary: "Checks a policy and says what is wrong or doubtful in it, with the line",
  example: ["interlatch check --fix", "all files of the project's policy"],
  args: {
    files: {
      type: "positional",
      required: false,
      description: "Files of one policy; without them, those of the project",
    },
    strict: {
      type: "boolean",
      description: "A tool that only a rule names is an error; --no-strict: a warning",
    },
    "max-warnings": {
      type: "string",
      valueHint: "N",
      description: "Fails where there are more warnings; left out: warnings never fail",
    },
    fix: {
      type: "boolean",
      description: "Puts right what changes no decision, and shows it; comments stay",
    },
    "dry-run": { type: "boolean", description: "With --fix: shows it and writes nothing" },
    sarif: {
      type: "string",
      valueHint: "FILE",
      description: "Writes the findings as SARIF 2.1.0; `-` is standard output",
    },
    github: {
      type: "boolean",
      description: "Prints the findings as annotations for GitHub Actions",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  isLastRepeatable: true,
  run: async ({ args, operands, io, output, json }) => {
    const maxWarnings = warningsAllowed(args["max-warnings"]);
    if (args["dry-run"] === true && args.fix !== true)
      throw wrongUse("--dry-run belongs to --fix.");
    if (args.sarif === "-" && (json || args.github === true))
      throw wrongUse("Standard output takes one form: --sarif -, --github or --json.");
    const isNamed = operands.length > 0;
    const config = isNamed ? await findConfig(io, args.config) : await readConfig(io, args.config);
    const project = isNamed ? undefined : config;
    const files =
      project === undefined ? await namedSources(io, operands) : await projectSources(project);
    announceCompile(output, files);
    const options = { strict: args.strict ?? config?.strict ?? false, now: io.now() };
    const isSilent = args.sarif === "-" || args.github === true;
    const words = isSilent ? silenced(output) : output;
    const { fixed, result } =
      args.fix === true
        ? await fix(
            { files, base: project?.folder ?? io.cwd, isDry: args["dry-run"] === true },
            options,
            words,
          )
        : { fixed: undefined, result: await checkPolicy({ files }, options) };
    printDiagnostics(words, result);
    words.say(verdictLine(words, files, result));
    const fixable = diagnosticsOf(result).filter((one) => one.fix !== undefined).length;
    if (fixable > 0 && fixed === undefined)
      words.note(`${fixable} of them can be put right by --fix.`);
    if (args.github === true)
      for (const diagnostic of diagnosticsOf(result)) output.say(githubAnnotation(diagnostic));
    if (args.sarif !== undefined) await writeSarif(args.sarif, result, io, output);
    const isTooMany = result.warnings.length > maxWarnings;
    if (result.ok && isTooMany)
      output.warn(
        `${counted(result.warnings.length, "warning")}, more than --max-warnings ${maxWarnings}.`,
      );
    return {
      exit: result.ok && !isTooMany ? EXIT.ok : EXIT.failed,
      json: {
        ok: result.ok && !isTooMany,
        files: files.map(({ path }) => path),
        strict: options.strict,
        ...(result.ok ? summaryOf(result.policy) : {}),
        ...(fixed === undefined ? {} : { fixed }),
        diagnostics: diagnosticsOf(result),
      },
    };
  },
});

/** The files to mend, and the folder that their paths start from. */
interface Mending {
  readonly files: readonly PolicySource[];
  readonly base: string;
  readonly isDry: boolean;
}

async function fix(
  { files, base, isDry }: Mending,
  options: { readonly strict: boolean; readonly now: number },
  output: Output,
): Promise<{ readonly fixed: readonly FixedDiagnostic[]; readonly result: CompileResult }> {
  const { files: mended, fixed, result } = await fixPolicy({ files }, options);
  const changed = changedFiles(files, mended);
  if (!isDry) await writeChanges(base, changed);
  printFixes(fixed, changed, output);
  if (isDry)
    output.note("Nothing is written: --dry-run. What follows is found in the files as they are.\n");
  return {
    fixed,
    result: isDry ? await checkPolicy({ files }, options) : result,
  };
}

function warningsAllowed(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^\d{1,6}$/.test(text)) throw wrongUse(`--max-warnings is a whole number; found ${text}.`);
  return Number(text);
}

/** Where standard output belongs to another form, the words for people go. Errors stay on standard error. */
function silenced(output: Output): Output {
  return { ...output, say: () => undefined, note: () => undefined };
}

async function writeSarif(
  file: string,
  result: CompileResult,
  io: Io,
  output: Output,
): Promise<void> {
  const text = JSON.stringify(await sarifLog(diagnosticsOf(result)), null, 2);
  if (file === "-") output.say(text);
  else await replaceFile(resolve(io.cwd, file), file, `${text}\n`);
}

function summaryOf({ id, tools, rules }: Policy): object {
  return { id, tools: Object.keys(tools).length, rules: rules.length };
}
