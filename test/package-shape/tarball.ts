import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CHUNKS, isBuilt, sourceOf } from "../tasks/build-packages.ts";
import { ROOT, runProgram } from "../tasks/child.ts";
import { exportedFiles, readManifest, type Manifest, type PublishedPackage } from "./packages.ts";

/** A package as it would be published. */
export interface Tarball {
  readonly package: PublishedPackage;
  /** The absolute path of the `.tgz`. */
  readonly file: string;
  /** The files in it, from the package's folder. */
  readonly contents: readonly string[];
  /** The `package.json` in it, in which `pnpm` has replaced `workspace:` by versions. */
  readonly manifest: Manifest;
  /** The folder into which it was unpacked. */
  readonly unpacked: string;
}

/** Packs a package into a folder and unpacks it there again. */
export async function pack(published: PublishedPackage, destination: string): Promise<Tarball> {
  const [program, ...start] = pnpm();
  const packed = await runProgram(
    program,
    [...start, "pack", "--silent", "--pack-destination", destination],
    { folder: published.folder },
  );
  const name = published.manifest.name.replace("@", "").replace("/", "-");
  const file = join(destination, `${name}-${published.manifest.version}.tgz`);
  const unpacked = join(destination, published.id);
  await mkdir(unpacked, { recursive: true });
  const listed = await runProgram("tar", ["-xvzf", file, "-C", unpacked, "--strip-components=1"]);
  if (packed.code !== 0 || listed.code !== 0) {
    throw new Error(`${published.id} could not be packed:\n${packed.output}${listed.output}`);
  }
  const contents = listed.output
    .split("\n")
    .map((line) => line.replace(/^(?:x )?package\//, ""))
    .filter((path) => path !== "" && !path.endsWith("/"));
  return {
    package: published,
    file,
    contents,
    unpacked,
    manifest: readManifest(join(unpacked, "package.json")),
  };
}

/** The pnpm that runs this script, or else the one that `npx` finds. */
function pnpm(): readonly [string, ...string[]] {
  const running = process.env["npm_execpath"];
  if (running === undefined || !/[\\/]pnpm(?:\.exe)?$/.test(running))
    return ["npx", "-y", "pnpm@12"];
  return [running];
}

/** Everything that is wrong with what a tarball holds. */
export function tarballProblems(tarball: Tarball): readonly string[] {
  const { contents, manifest, unpacked } = tarball;
  return [
    ...strayFiles(contents, manifest),
    ...missingFiles(contents, manifest),
    ...staleOutput(contents),
    ...workspaceVersions(manifest),
    ...licenseProblems(contents, unpacked),
  ];
}

/** Files that nobody asked for: outside `files`, or of a kind that is never published. */
export function strayFiles(contents: readonly string[], { files }: Manifest): readonly string[] {
  const wanted = files.filter((entry) => !entry.startsWith("!"));
  const listed = (path: string): boolean =>
    path === "package.json" ||
    wanted.some((entry) => path === entry || path.startsWith(`${entry}/`));
  const unwanted =
    /\.(?:test|test-d)\.|\.tsbuildinfo$|(?:^|\/)(?:node_modules|fixtures|\.[^/]+)(?:\/|$)/;
  return contents
    .filter((path) => !listed(path) || unwanted.test(path))
    .map((path) => `${path} must not be published.`);
}

/** What a user needs and does not get. */
export function missingFiles(contents: readonly string[], manifest: Manifest): readonly string[] {
  const present = new Set(contents);
  const sources = contents.filter((path) => path.startsWith("src/") && isBuilt(path));
  const built = sources.flatMap((source) => {
    const output = source.replace(/^src/, "dist").replace(/\.ts$/, "");
    const bundled = manifest.interlatch?.bundled === true;
    return bundled ? [`${output}.d.ts`] : [`${output}.js`, `${output}.d.ts`];
  });
  const needed = ["README.md", "LICENSE", ...exportedFiles(manifest), ...built];
  return [...new Set(needed)]
    .filter((path) => !present.has(path))
    .map((path) => `${path} is missing.`);
}

/** Output of sources that are gone. */
export function staleOutput(contents: readonly string[]): readonly string[] {
  const present = new Set(contents);
  return contents
    .filter((path) => path.startsWith("dist/") && !path.startsWith(`${CHUNKS}/`))
    .filter((path) => !present.has(sourceOf(path)))
    .map((path) => `${path} has no source; pnpm build removes it.`);
}

/** Versions that only this workspace understands. */
export function workspaceVersions(manifest: Manifest): readonly string[] {
  return Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })
    .filter(([, version]) => version.startsWith("workspace:") || version.startsWith("link:"))
    .map(([name, version]) => `The version of ${name} is "${version}", which no user can install.`);
}

function licenseProblems(contents: readonly string[], unpacked: string): readonly string[] {
  if (!contents.includes("LICENSE")) return [];
  const ours = readFileSync(join(ROOT, "LICENSE"), "utf8");
  const theirs = readFileSync(join(unpacked, "LICENSE"), "utf8");
  return ours === theirs ? [] : ["LICENSE differs from the one of the repository."];
}
