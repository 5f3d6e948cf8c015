import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The version of a package as this workspace installs it. Peers are pinned: what a test says of one holds for it. */
export async function installedVersion(name: string): Promise<string> {
  const file = fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url));
  const { version }: { version: string } = JSON.parse(await readFile(file, "utf8"));
  return version;
}
