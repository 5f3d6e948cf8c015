import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { InterlatchError } from "@interlatch/core";
import {
  type CompileResult,
  type Diagnostic,
  followIncludes,
  formatDiagnostic,
  type IncludeStart,
  policyFileNames,
  type PolicySource,
} from "@interlatch/policy";
import { type Config, inProject } from "./config.ts";
import { asFileError, readText } from "./files.ts";
import { includesIn } from "./include-files.ts";
import type { Io } from "./io.ts";
import { counted, type Output } from "./output.ts";

/** Text from which on compiling may take seconds, so that it is announced, in UTF-16 units. */
const MUCH_TEXT = 500_000;

/**
 * The files of a project's policy with all that they include, named from the project's folder with `/` on every
 * system. A folder stands for its own policy files.
 */
export function projectSources(
  config: Pick<Config, "folder" | "policy">,
  paths: readonly string[] = config.policy,
): Promise<readonly PolicySource[]> {
  const places = paths.map((path) => ({
    file: inProject(config, path),
    name: nameIn(config.folder, path),
  }));
  return readSources(config.folder, places);
}

/** Files and folders that were named on the command line, called as they were named, with all that they include. */
export function namedSources(io: Io, paths: readonly string[]): Promise<readonly PolicySource[]> {
  return readSources(
    io.cwd,
    paths.map((path) => ({ file: resolve(io.cwd, path), name: path.split(sep).join("/") })),
  );
}

/** How a file is called in bundles and decisions: the same on every machine. */
export function nameIn(folder: string, path: string): string {
  return relative(folder, resolve(folder, path)).split(sep).join("/");
}

/** A file or folder: where it lies, and how it is called. */
interface NamedPlace {
  readonly file: string;
  readonly name: string;
}

async function readSources(
  base: string,
  places: readonly NamedPlace[],
): Promise<readonly PolicySource[]> {
  const files = (await Promise.all(places.map(filesAt))).flat();
  const starts = await Promise.all(
    files.map(async ({ file, name }): Promise<IncludeStart> => {
      const text = await readText(file, name);
      return { path: name, text, identity: await realpath(file) };
    }),
  );
  return followIncludes(starts, includesIn(base));
}

/** A file as it is; of a folder the policy files in it. */
async function filesAt(place: NamedPlace): Promise<readonly NamedPlace[]> {
  const { file } = place;
  const name = place.name === "" ? "." : place.name;
  const names = await asFileError(`${name} cannot be read`, async () =>
    (await stat(file)).isDirectory() ? policyFileNames(await readdir(file)) : undefined,
  );
  if (names === undefined) return [place];
  if (names.length === 0) {
    const message = `${name} holds no policy: no file in it ends in .yaml or .yml.`;
    throw new InterlatchError("ERR_FILE", message);
  }
  const prefix = name === "." ? "" : `${name.replace(/\/$/, "")}/`;
  return names.map((each) => ({ file: join(file, each), name: `${prefix}${each}` }));
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
