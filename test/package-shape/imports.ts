import { builtinModules } from "node:module";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filesUnder } from "../tasks/build-packages.ts";
import { ROOT, runNode } from "../tasks/child.ts";
import type { Manifest, PublishedPackage } from "./packages.ts";

/** One import in a built file. */
export interface TracedImport {
  /** The absolute path of the built file. */
  readonly file: string;
  /** What it imports: `yaml`, `./parse.js`, `node:fs`. */
  readonly specifier: string;
}

const RESOLVING = /^={8} Resolving module '([^']+)' from '([^']+)'\. ={8}$/gm;

/**
 * Every import in the built files of some packages: static, dynamic and `require` in JavaScript, and
 * `import("…")` types in declarations. The TypeScript compiler finds them, so that no comment, string or
 * template is taken for an import, and none is missed.
 *
 * @param scratch a folder for a temporary project file
 */
export async function traceImports(
  packages: readonly PublishedPackage[],
  scratch: string,
): Promise<readonly TracedImport[]> {
  const files = packages.flatMap(({ folder }) =>
    filesUnder(folder, "dist")
      .filter((file) => /\.(?:js|d\.ts)$/.test(file))
      .map((file) => join(folder, file)),
  );
  const project = join(scratch, "trace.tsconfig.json");
  const compilerOptions = {
    allowJs: true,
    checkJs: false,
    module: "nodenext",
    noEmit: true,
    skipLibCheck: true,
    target: "es2023",
    traceResolution: true,
    types: [],
  };
  await writeFile(project, JSON.stringify({ compilerOptions, files }));
  const { output } = await runNode("node_modules/typescript/bin/tsc", ["-p", project]);
  const ours = new Set(files);
  return [...output.matchAll(RESOLVING)]
    .map(([, specifier = "", file = ""]) => ({ specifier, file }))
    .filter(({ file }) => ours.has(file));
}

/** The imports of one package: what it needs to run, and what its types need besides. */
export interface PackageImports {
  readonly runtime: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
}

/** Sorts the traced imports of a package into packages by name, Node's own modules left out. */
export function packageImports(
  imports: readonly TracedImport[],
  { folder }: PublishedPackage,
): PackageImports {
  const outside = imports.filter(
    ({ file, specifier }) =>
      file.startsWith(join(folder, "dist")) && !/^(?:\.|node:)/.test(specifier),
  );
  const names = (ending: string): ReadonlySet<string> =>
    new Set(
      outside
        .filter(({ file }) => file.endsWith(ending))
        .map(({ specifier }) => packageName(specifier)),
    );
  return { runtime: names(".js"), types: names(".d.ts") };
}

/** The package of a specifier: `@langchain/core/messages` is of `@langchain/core`. */
export function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Dependencies that are used and not declared, or declared and not used. */
export function dependencyProblems(
  { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {}, name }: Manifest,
  { runtime, types }: PackageImports,
): readonly string[] {
  const declared = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
  // A package may import itself by name.
  const used = new Set([...runtime, ...types].filter((each) => each !== name));
  const undeclared = [...used].filter((each) => !declared.has(each));
  // An optional peer says which versions fit; a package that takes its objects by their shape imports nothing of it.
  const isOptional = (each: string): boolean => peerDependenciesMeta[each]?.optional === true;
  const unused = [...declared].filter((each) => !used.has(each) && !isOptional(each));
  return [
    ...undeclared.map((each) =>
      builtinModules.includes(each)
        ? `${each} is a module of Node: import it as node:${each}.`
        : `${each} is imported but not declared as a dependency.`,
    ),
    ...unused.map((each) => `${each} is declared as a dependency but not imported.`),
  ];
}

/** Imports of Node's modules in files of core that must run without Node. */
export function neutralityProblems(
  imports: readonly TracedImport[],
  { folder }: PublishedPackage,
): readonly string[] {
  const dist = join(folder, "dist");
  return imports
    .filter(({ file }) => file.startsWith(dist) && !file.startsWith(join(dist, "node")))
    .filter(
      ({ specifier }) =>
        specifier.startsWith("node:") || /^\.{1,2}\/(?:.*\/)?node\//.test(specifier),
    )
    .map(({ file, specifier }) => `${file.slice(ROOT.length + 1)} imports ${specifier}.`);
}
