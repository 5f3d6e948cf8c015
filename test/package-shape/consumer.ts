import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, runProgram } from "../tasks/child.ts";
import { machineEnvironment } from "./nodes.ts";
import { readManifest } from "./packages.ts";
import type { Tarball } from "./tarball.ts";

/**
 * Makes a project as a user would have it: every tarball and the frameworks, installed by npm at once.
 *
 * @param folder where the project is made
 * @throws Error with npm's own words when the install fails
 */
export async function installConsumer(tarballs: readonly Tarball[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const ours = Object.fromEntries(
    tarballs.map((tarball) => [tarball.manifest.name, `file:${tarball.file}`]),
  );
  const manifest = {
    name: "consumer",
    private: true,
    dependencies: {
      ...frameworks(tarballs),
      ...ours,
      "@types/node": installedVersion("@types/node", ROOT),
    },
    // Our packages depend on one another by version: those too must be the tarballs.
    overrides: Object.fromEntries(Object.keys(ours).map((name) => [name, `$${name}`])),
  };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
  const { code, output } = await runProgram(
    "npm",
    [
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--loglevel=error",
    ],
    { folder, environment: machineEnvironment() },
  );
  if (code !== 0) throw new Error(`npm could not install the tarballs:\n${output}`);
}

/** The peers of our packages, in the versions that this workspace is tested with. */
function frameworks(tarballs: readonly Tarball[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tarballs.flatMap(({ manifest, package: { folder } }) =>
      Object.keys(manifest.peerDependencies ?? {}).map((peer) => [
        peer,
        installedVersion(peer, folder),
      ]),
    ),
  );
}

function installedVersion(name: string, folder: string): string {
  return readManifest(join(folder, "node_modules", name, "package.json")).version;
}
