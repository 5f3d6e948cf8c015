import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../tasks/child.ts";
import { machineEnvironment, type NodeProgram } from "./nodes.ts";

/** What an entry gave: the names that it exports, or why it could not be loaded. */
export type Loaded =
  | { readonly state: "loaded"; readonly names: readonly string[] }
  | { readonly state: "failed"; readonly reason: string };

/** How a module is loaded: `import()` of an ES module, `require()` of CommonJS. */
export type LoadMode = "import" | "require";

const MODES: readonly LoadMode[] = ["import", "require"];

/**
 * Loads every entry on one Node, by `import` and by `require`, each way in a process of its own.
 *
 * @returns what is wrong: an entry that does not load, or gives other names one way than the other
 */
export async function runtimeProblems(
  consumer: string,
  specifiers: readonly string[],
  node: NodeProgram,
): Promise<readonly string[]> {
  const [imported, required] = await Promise.all(
    MODES.map((mode) => loadAll(consumer, specifiers, node, mode)),
  );
  return specifiers.flatMap((specifier) =>
    compareLoads(specifier, imported?.[specifier], required?.[specifier]),
  );
}

/** What is wrong with one entry, loaded both ways. */
export function compareLoads(
  specifier: string,
  imported: Loaded | undefined,
  required: Loaded | undefined,
): readonly string[] {
  const failures = (
    [
      ["import", imported],
      ["require", required],
    ] as const
  ).flatMap(([mode, loaded]) => {
    if (loaded === undefined) return [`${mode}("${specifier}") gave no answer.`];
    return loaded.state === "failed" ? [`${mode}("${specifier}") failed: ${loaded.reason}`] : [];
  });
  if (failures.length > 0 || imported?.state !== "loaded" || required?.state !== "loaded")
    return failures;
  return imported.names.join() === required.names.join()
    ? []
    : [`import("${specifier}") and require("${specifier}") give different names.`];
}

/** A program that loads every entry it is given and prints a JSON object of {@link Loaded}. */
function program(mode: LoadMode): string {
  return `
async function load(specifier) {
  try {
    const names = Object.keys(await ${mode}(specifier)).filter((name) => name !== "__esModule");
    return [specifier, { state: "loaded", names: names.toSorted() }];
  } catch (error) {
    return [specifier, { state: "failed", reason: String(error).split("\\n", 1)[0] }];
  }
}
Promise.all(process.argv.slice(2).map(load)).then((all) => {
  process.stdout.write("RESULT " + JSON.stringify(Object.fromEntries(all)) + "\\n");
});
`;
}

async function loadAll(
  consumer: string,
  specifiers: readonly string[],
  node: NodeProgram,
  mode: LoadMode,
): Promise<Readonly<Record<string, Loaded>>> {
  const file = join(consumer, `load-${mode}.${mode === "import" ? "mjs" : "cjs"}`);
  await writeFile(file, program(mode));
  const { output } = await runProgram(node.path, [file, ...specifiers], {
    folder: consumer,
    environment: machineEnvironment(),
  });
  const answer = /^RESULT (.*)$/m.exec(output)?.[1];
  if (answer === undefined) {
    const failed: Loaded = { state: "failed", reason: output.slice(0, 600) };
    return Object.fromEntries(specifiers.map((specifier) => [specifier, failed]));
  }
  // Printed by the program above, so of this shape.
  return JSON.parse(answer) as Readonly<Record<string, Loaded>>;
}

/** Runs `--help` of a command that was installed; what is wrong, if anything. */
export async function commandProblems(
  consumer: string,
  file: string,
  node: NodeProgram,
): Promise<readonly string[]> {
  const { code, output } = await runProgram(
    node.path,
    [join(consumer, "node_modules", file), "--help"],
    { folder: consumer, environment: machineEnvironment() },
  );
  if (code !== 0) return [`${file} --help ended with code ${code}: ${output.slice(0, 600)}`];
  return output.trim() === "" ? [`${file} --help prints nothing.`] : [];
}
