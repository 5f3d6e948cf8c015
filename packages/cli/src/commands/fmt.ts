import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type Diagnostic,
  EDITOR_LINES,
  formatDiagnostic,
  formatPolicy,
  type PolicyFormatOptions,
  type PolicyFormatResult,
} from "@interlatch/policy";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand, type Outcome } from "../command.ts";
import { inProject, readConfig } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import { asFileError, isFolder, readText, replaceFile } from "../files.ts";
import type { Io } from "../io.ts";
import { counted, type Output } from "../output.ts";
import { nameIn, projectSources } from "../policy-files.ts";

/** `interlatch fmt`: policies and their tests, written canonically. */
export const fmt: Command = defineCommand({
  summary: "Writes policy files canonically; what they mean and their comments stay",
  example: ["interlatch fmt", "all files of the project's policy and its tests"],
  args: {
    files: {
      type: "positional",
      required: false,
      description: "Files and folders; without them, the policy and the tests of the project",
    },
    check: {
      type: "boolean",
      description: "Writes nothing; lists the files that would change and exits 1 if there are any",
    },
    stdin: {
      type: "boolean",
      description: "Formats standard input to standard output; a name says what it is",
    },
    editor: {
      type: "boolean",
      description: "Adds the line by which editors find the schema, where there is none",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  isLastRepeatable: true,
  run: async ({ args, operands, io, output, json }) => {
    const work = { isCheck: args.check === true, withEditorLine: args.editor === true, output };
    if (args.stdin === true) return formatInput(io, operands, work, json);
    const files =
      operands.length > 0 ? await namedFiles(io, operands) : await ownFiles(io, args.config);
    const done: Done[] = [];
    for (const file of files) done.push(await formatFile(file, work));
    return summarise(done, work);
  },
});

/** How files are formatted. */
interface Work {
  readonly isCheck: boolean;
  readonly withEditorLine: boolean;
  readonly output: Output;
}

/** A file: where it lies, and how it is called. */
interface NamedFile {
  readonly path: string;
  readonly name: string;
}

interface Done {
  readonly name: string;
  readonly result: PolicyFormatResult;
}

/** The policy of the project with all that it includes, and its tests. */
async function ownFiles(io: Io, configFile: string | undefined): Promise<readonly NamedFile[]> {
  const config = await readConfig(io, configFile);
  const sources = await projectSources(config);
  const names = [
    ...sources.map(({ path }) => path),
    ...(config.tests ?? []).map((path) => nameIn(config.folder, path)),
  ];
  return names.map((name) => ({ path: inProject(config, name), name }));
}

/** Files as they are named; of a folder all YAML in it, tests too. */
async function namedFiles(io: Io, names: readonly string[]): Promise<readonly NamedFile[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const path = resolve(io.cwd, name);
      if (!(await isFolder(path))) return [{ path, name }];
      const inside = await asFileError(`${name} cannot be read`, () =>
        readdir(path, { withFileTypes: true }),
      );
      return inside
        .filter((each) => each.isFile() && /^[^.].*\.ya?ml$/.test(each.name))
        .map((each) => ({ path: join(path, each.name), name: join(name, each.name) }));
    }),
  );
  return found.flat();
}

async function formatFile({ path, name }: NamedFile, work: Work): Promise<Done> {
  const text = await readText(path, name);
  const result = formatPolicy(text, name, optionsFor(name, work));
  if (!result.ok) printErrors(result.errors, work.output);
  else if (result.changed) {
    if (!work.isCheck) await replaceFile(path, name, result.text);
    work.output.say(name);
  }
  return { name, result };
}

function optionsFor(name: string, { withEditorLine }: Work): PolicyFormatOptions {
  if (!withEditorLine) return {};
  return {
    editorLine: /\.test\.ya?ml$/.test(name) ? EDITOR_LINES.tests : EDITOR_LINES.policy,
  };
}

function printErrors(errors: readonly Diagnostic[], { warn }: Output): void {
  for (const error of errors) warn(`${formatDiagnostic(error, { colour: true })}\n`);
}

function summarise(done: readonly Done[], { isCheck, output }: Work): Outcome {
  const changed = done.flatMap(({ name, result }) => (result.ok && result.changed ? [name] : []));
  const errors = done.flatMap(({ result }) => (result.ok ? [] : result.errors));
  const refused = done.flatMap(({ name, result }) => (result.ok ? [] : [name]));
  const verb = isCheck ? "would change" : "changed";
  output.note(`${counted(done.length, "file")}: ${changed.length} ${verb}`);
  if (refused.length > 0) output.warn(`Left as it is: ${refused.join(", ")}`);
  const isFine = refused.length === 0 && !(isCheck && changed.length > 0);
  return {
    exit: isFine ? EXIT.ok : EXIT.failed,
    json: { ok: isFine, files: done.map(({ name }) => name), changed, diagnostics: errors },
  };
}

/** For editors: text in, text out. What cannot be formatted leaves nothing on standard output. */
async function formatInput(
  io: Io,
  [name = "policy.yaml", ...more]: readonly string[],
  work: Work,
  json: boolean,
): Promise<Outcome> {
  if (more.length > 0) throw wrongUse("--stdin takes one name.");
  if (io.readInput === undefined) throw wrongUse("There is no standard input to read.");
  const text = await io.readInput();
  const result = formatPolicy(text, name, optionsFor(name, work));
  if (!result.ok) {
    printErrors(result.errors, work.output);
    return { exit: EXIT.failed, json: { ok: false, diagnostics: result.errors } };
  }
  // As it is: what an editor puts into a file must not be escaped for a terminal.
  if (!work.isCheck && !json) io.stdout.write(result.text);
  return {
    exit: work.isCheck && result.changed ? EXIT.failed : EXIT.ok,
    json: { ok: !(work.isCheck && result.changed), changed: result.changed, text: result.text },
  };
}
