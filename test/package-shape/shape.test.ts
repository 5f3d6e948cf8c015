import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  dependencyProblems,
  neutralityProblems,
  packageImports,
  packageName,
  traceImports,
} from "./imports.ts";
import { isAtLeast, machinePath } from "./nodes.ts";
import { exportedFiles, exportedSpecifiers, type Manifest } from "./packages.ts";
import { compareLoads } from "./runtime.ts";
import { missingFiles, staleOutput, strayFiles, workspaceVersions } from "./tarball.ts";
import { ourErrors } from "./types.ts";

const manifest: Manifest = {
  name: "@interlatch/sample",
  version: "0.1.0",
  files: ["dist", "src", "!src/**/*.test.ts", "README.md", "LICENSE"],
  exports: {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./node": { default: "./dist/node.js" },
    "./package.json": "./package.json",
  },
  bin: { sample: "./dist/bin.js" },
};

const sound = [
  "package.json",
  "README.md",
  "LICENSE",
  ...["index", "node", "bin"].flatMap((name) => [
    `src/${name}.ts`,
    `dist/${name}.js`,
    `dist/${name}.js.map`,
    `dist/${name}.d.ts`,
    `dist/${name}.d.ts.map`,
  ]),
];

describe("a manifest", () => {
  it("gives the specifiers that users import", () => {
    expect(exportedSpecifiers(manifest)).toEqual(["@interlatch/sample", "@interlatch/sample/node"]);
  });

  it("gives every file that it points to", () => {
    expect(exportedFiles(manifest)).toEqual([
      "dist/index.d.ts",
      "dist/index.js",
      "dist/node.js",
      "package.json",
      "dist/bin.js",
    ]);
  });

  it("may not carry versions that only the workspace understands", () => {
    const dependencies = { "@interlatch/core": "workspace:*", yaml: "2.9.1" };
    expect(workspaceVersions({ ...manifest, dependencies })).toHaveLength(1);
    expect(workspaceVersions({ ...manifest, dependencies: { yaml: "2.9.1" } })).toEqual([]);
  });
});

describe("a tarball", () => {
  it("that is as it should be has no problems", () => {
    expect(strayFiles(sound, manifest)).toEqual([]);
    expect(missingFiles(sound, manifest)).toEqual([]);
    expect(staleOutput(sound)).toEqual([]);
  });

  it.each([
    "src/index.test.ts",
    "src/index.test-d.ts",
    "dist/index.test.js",
    "tsconfig.tsbuildinfo",
    "dist/tsconfig.tsbuildinfo",
    "src/.env",
    "src/fixtures/policy.yaml",
    "node_modules/yaml/package.json",
    "notes.md",
    "sources/index.ts",
  ])("may not hold %s", (path) => {
    expect(strayFiles([...sound, path], manifest)).toEqual([`${path} must not be published.`]);
  });

  it.each([
    "README.md",
    "LICENSE",
    "dist/index.js",
    "dist/node.js",
    "dist/bin.js",
    "dist/node.d.ts",
  ])("must hold %s", (path) => {
    const without = sound.filter((each) => each !== path);
    expect(missingFiles(without, manifest)).toEqual([`${path} is missing.`]);
  });

  it("may not hold the output of a source that is gone", () => {
    expect(staleOutput([...sound, "dist/old.js", "dist/old.d.ts.map"])).toHaveLength(2);
  });
});

describe("dependencies", () => {
  const imports = { runtime: new Set(["yaml"]), types: new Set(["zod"]) };

  it("are fine when all that is imported is declared, and the other way round", () => {
    const declared = {
      ...manifest,
      dependencies: { yaml: "2.9.1" },
      peerDependencies: { zod: "4" },
    };
    expect(dependencyProblems(declared, imports)).toEqual([]);
  });

  it("are a problem when undeclared, also when only types need them", () => {
    expect(dependencyProblems({ ...manifest, dependencies: { yaml: "2.9.1" } }, imports)).toEqual([
      "zod is imported but not declared as a dependency.",
    ]);
  });

  it("are a problem when nothing imports them", () => {
    const dependencies = { yaml: "2.9.1", zod: "4", unused: "1" };
    expect(dependencyProblems({ ...manifest, dependencies }, imports)).toEqual([
      "unused is declared as a dependency but not imported.",
    ]);
  });

  it("on Node are written with their prefix", () => {
    const used = { runtime: new Set(["path"]), types: new Set<string>() };
    expect(dependencyProblems(manifest, used)).toEqual([
      "path is a module of Node: import it as node:path.",
    ]);
  });

  it("are named by package, with and without a scope", () => {
    expect(packageName("@langchain/core/messages")).toBe("@langchain/core");
    expect(packageName("zod/v4")).toBe("zod");
  });
});

it("imports are traced in code and types, late ones too, and not in comments or texts", async () => {
  const folder = mkdtempSync(join(tmpdir(), "interlatch-trace-"));
  try {
    mkdirSync(join(folder, "dist/node"), { recursive: true });
    writeFileSync(
      join(folder, "dist/index.js"),
      'import { a } from "static";\nexport * from "reexported";\nexport const f = () => import("late");\n' +
        '// import("comment")\nexport const t = `import("text")`;\nexport const n = () => import("node:os");\n' +
        'export * from "./node/file.js";\n',
    );
    writeFileSync(join(folder, "dist/node/file.js"), 'export * from "node:fs";\n');
    writeFileSync(
      join(folder, "dist/index.d.ts"),
      'export declare const x: import("@only/types/deep").X;\n',
    );
    const sample = { id: "sample", folder, manifest };
    const traced = await traceImports([sample], folder);
    const { runtime, types } = packageImports(traced, sample);
    expect([...runtime].toSorted()).toEqual(["late", "reexported", "static"]);
    expect([...types]).toEqual(["@only/types"]);
    expect(neutralityProblems(traced, sample)).toHaveLength(2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("compiler errors", () => {
  const theirs = "node_modules/ai/dist/index.d.ts(1,1): error TS2304: Cannot find name 'FileList'.";
  const ours =
    "node_modules/@interlatch/core/dist/index.d.ts(1,1): error TS2304: Cannot find name 'Buffer'.";

  it("count when they are in our declarations or the importing file", () => {
    const importing = "nodenext-node/imports.mts(1,1): error TS2307: Cannot find module.";
    expect(ourErrors([theirs, ours, importing].join("\n"), 2)).toEqual([ours, importing]);
  });

  it("do not count when they are a framework's", () => {
    expect(ourErrors(theirs, 2)).toEqual([]);
  });

  it("count when the compiler itself died", () => {
    expect(ourErrors("out of memory", 1)).toHaveLength(1);
  });
});

describe("an entry loaded both ways", () => {
  const loaded = (...names: readonly string[]) => ({ state: "loaded", names }) as const;

  it("must give the same names", () => {
    expect(compareLoads("x", loaded("a", "b"), loaded("a", "b"))).toEqual([]);
    expect(compareLoads("x", loaded("a", "b"), loaded("a"))).toHaveLength(1);
  });

  it("must load both ways", () => {
    const failed = { state: "failed", reason: "top-level await" } as const;
    expect(compareLoads("x", loaded("a"), failed)).toEqual([
      'require("x") failed: top-level await',
    ]);
    expect(compareLoads("x", undefined, loaded("a"))).toEqual(['import("x") gave no answer.']);
  });
});

describe("the machine's Node", () => {
  it("is looked for outside the folders of package managers", () => {
    const path = ["/project/node_modules/.bin", "/usr/local/bin", "", "/usr/bin"].join(delimiter);
    expect(machinePath(path)).toEqual(["/usr/local/bin", "/usr/bin"]);
  });

  it.each([
    ["20.19.0", true],
    ["20.20.2", true],
    ["24.0.0", true],
    ["20.18.9", false],
    ["18.99.0", false],
  ])("%s is new enough: %s", (version, expected) => {
    expect(isAtLeast(version, "20.19.0")).toBe(expected);
  });
});
