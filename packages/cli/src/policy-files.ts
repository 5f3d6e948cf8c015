import { relative, resolve, sep } from "node:path";
import {
  type CompileResult,
  type Diagnostic,
  formatDiagnostic,
  type PolicySource,
} from "@interlatch/policy";
import { type Config, inProject } from "./config.ts";
import { readText } from "./files.ts";
import type { Io } from "./io.ts";
import { counted, type Output } from "./output.ts";

/** Text from which on compiling may take seconds, so that it is announced, in UTF-16 units. */
const MUCH_TEXT = 500_000;

/** The files of a project's policy, named from the project's folder with `/` on every system. */
export function projectSources(
  config: Config,
  paths: readonly string[] = config.policy,
): Promise<readonly PolicySource[]> {
  return readSources(
    paths.map((path) => ({ file: inProject(config, path), name: nameIn(config.folder, path) })),
  );
}

/** Files that were named on the command line, called as they were named. */
export function namedSources(io: Io, paths: readonly string[]): Promise<readonly PolicySource[]> {
  return readSources(paths.map((path) => ({ file: resolve(io.cwd, path), name: path })));
}

/** How a file is called in bundles and decisions: the same on every machine. */
export function nameIn(folder: string, path: string): string {
  return relative(folder, resolve(folder, path)).split(sep).join("/");
}

function readSources(
  files: readonly { readonly file: string; readonly name: string }[],
): Promise<readonly PolicySource[]> {
  return Promise.all(
    files.map(async ({ file, name }) => ({ path: name, text: await readText(file, name) })),
  );
}

/** Says that a compilation begins, where it may take a while: it cannot say how far it is. */
export function announceCompile(output: Output, files: readonly PolicySource[]): void {
  const length = files.reduce((sum, { text }) => sum + text.length, 0);
  if (length > MUCH_TEXT) output.status(`… compiling ${(length / 1e6).toFixed(1)} MB of policy`);
}

/** Prints what was found in a policy, each with its line, and how many there are. */
export function printDiagnostics(output: Output, result: CompileResult): void {
  const all = diagnosticsOf(result);
  for (const diagnostic of all) {
    const text = formatDiagnostic(diagnostic, { colour: true });
    if (diagnostic.severity === "error") output.say(`${text}\n`);
    else output.note(`${text}\n`);
  }
}

/** `policy.yaml: 2 errors, 1 warning`. */
export function verdictLine(
  { paint }: Output,
  files: readonly PolicySource[],
  result: CompileResult,
): string {
  const errors = result.ok ? 0 : result.errors.length;
  const warnings = counted(result.warnings.length, "warning");
  const names = files.map(({ path }) => path).join(", ");
  const found = errors === 0 ? paint.green("no errors") : paint.red(counted(errors, "error"));
  return `${names}: ${found}, ${warnings}`;
}

/** All that was found in a policy, errors first. */
export function diagnosticsOf(result: CompileResult): readonly Diagnostic[] {
  return result.ok ? result.warnings : [...result.errors, ...result.warnings];
}
