import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, runProgram } from "../tasks/child.ts";

/** How a user's TypeScript is set up. */
export interface TypeScriptSetup {
  readonly name: string;
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** The importing files: as ES modules, and as CommonJS where the setup has it. */
  readonly endings: readonly ("mts" | "cts")[];
}

/** The two ways in which users of today resolve packages. */
export const SETUPS: readonly TypeScriptSetup[] = [
  {
    name: "nodenext",
    compilerOptions: { module: "nodenext", moduleResolution: "nodenext" },
    endings: ["mts", "cts"],
  },
  {
    name: "bundler",
    compilerOptions: { module: "esnext", moduleResolution: "bundler" },
    endings: ["mts"],
  },
];

/** Entries that need Node; every other must be usable with the types of a browser alone. */
const NEEDS_NODE = /^@interlatch\/(?:core\/node|policy|cli|conformance|stores)(?:$|\/)/;

/**
 * Compiles a file that imports every entry, in a consumer's folder, and gives the errors that concern us:
 * those in the importing file and in our own declarations. Errors inside a framework are not ours.
 */
export async function typeProblems(
  consumer: string,
  specifiers: readonly string[],
  setup: TypeScriptSetup,
): Promise<readonly string[]> {
  const groups = [
    { name: "neutral", specifiers: specifiers.filter((each) => !NEEDS_NODE.test(each)), types: [] },
    { name: "node", specifiers, types: ["node"] },
  ];
  const problems = await Promise.all(
    groups.map(async (group) => {
      const folder = join(consumer, `${setup.name}-${group.name}`);
      await mkdir(folder, { recursive: true });
      for (const ending of setup.endings) {
        await writeFile(join(folder, `imports.${ending}`), importingFile(group.specifiers, ending));
      }
      const compilerOptions = {
        ...setup.compilerOptions,
        target: "es2023",
        // A guard can be closed by `await using`, whose symbol is newer than the language level.
        lib: ["es2023", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
        types: group.types,
      };
      await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
      const { code, output } = await runProgram(
        process.execPath,
        [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder, "--pretty", "false"],
        { folder: consumer },
      );
      return ourErrors(output, code).map((line) => `${setup.name}, ${group.name}: ${line}`);
    }),
  );
  return problems.flat();
}

/** A module that imports every entry and uses it, so that an entry without types is an error. */
function importingFile(specifiers: readonly string[], ending: "mts" | "cts"): string {
  const imports = specifiers.map((specifier, index) =>
    ending === "mts"
      ? `import * as entry${index} from "${specifier}";`
      : `import entry${index} = require("${specifier}");`,
  );
  const uses = specifiers.map((_, index) => `Object.keys(entry${index})`);
  return `${imports.join("\n")}\nexport const names: readonly string[][] = [${uses.join(", ")}];\n`;
}

const THIRD_PARTY = /^(?:\.\.\/)*node_modules\/(?!@interlatch\/)/;

/** The errors of a compiler run but for those in files of others. */
export function ourErrors(output: string, code: number): readonly string[] {
  const lines = output.split("\n").filter((line) => /error TS\d+/.test(line));
  if (code !== 0 && lines.length === 0) return [`the compiler ended with code ${code}: ${output}`];
  return lines.filter((line) => !THIRD_PARTY.test(line));
}
