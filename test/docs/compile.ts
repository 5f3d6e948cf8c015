import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { ROOT, runNode } from "../tasks/child.ts";
import type { Program } from "./program.ts";

/** The file of a program in the folder it is checked and run in. */
export function fileOf(folder: string, { name }: Program): string {
  return join(folder, `${name}.ts`);
}

/**
 * Writes all programs into one folder of this workspace, where their imports resolve, and compiles them in one run.
 * Gives what the compiler says of each, by the program's name, at the lines of the document.
 */
export async function compileAll(
  programs: readonly Program[],
  folder: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  await Promise.all(programs.map((program) => writeFile(fileOf(folder, program), program.text)));
  const options = {
    extends: join(ROOT, "test/tsconfig.json"),
    // A snippet may end where its story does, with what it made.
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
    include: ["*.ts"],
    exclude: [],
  };
  const project = join(folder, "tsconfig.json");
  await writeFile(project, JSON.stringify(options));
  const compiler = "node_modules/typescript/bin/tsc";
  const { code, output } = await runNode(compiler, [
    "-p",
    project,
    "--noEmit",
    "--pretty",
    "false",
  ]);
  const errors = new Map(
    programs.map((program) => [program.name, errorsOf(output, program)] as const),
  );
  const found = [...errors.values()].some((list) => list.length > 0);
  // An error in a package's own source is for `check`; one of the project itself would hide all others.
  if (code !== 0 && !found && !output.includes(": error TS")) throw new Error(output);
  return errors;
}

function errorsOf(output: string, { name, origins, path }: Program): string[] {
  const pattern = /^(?:.*[\\/])?([^\\/]+)\.ts\((\d+),(\d+)\): (error TS\d+: .*)$/gm;
  return [...output.matchAll(pattern)]
    .filter(([, file]) => file === name)
    .map(([, , line, , message]) => {
      const origin = origins[Number(line) - 1] ?? { path, line: 0 };
      return `${origin.path}:${origin.line} ${message}`;
    });
}
