import { isInterlatchError } from "@interlatch/core";
import { type Config, inProject } from "./config.ts";
import { isFolder } from "./files.ts";
import { projectSources } from "./policy-files.ts";
import type { Places } from "./watching.ts";

/** What a policy depends on: its files and folders, and all that they include, also what is not there yet. */
export async function placesOf(config: Pick<Config, "folder" | "policy">): Promise<Places> {
  const named = config.policy.map((path) => inProject(config, path));
  const areFolders = await Promise.all(named.map(isFolder));
  const included = await includedBy(config);
  return {
    files: [...named.filter((_, index) => areFolders[index] === false), ...included.files],
    folders: [...named.filter((_, index) => areFolders[index] === true), ...included.folders],
  };
}

async function includedBy(config: Pick<Config, "folder" | "policy">): Promise<Places> {
  const found = { files: [] as string[], folders: [] as string[] };
  try {
    for (const { path, includes = new Map() } of await projectSources(config)) {
      found.files.push(inProject(config, path));
      for (const outcome of includes.values()) {
        // A file that is not there yet is waited for.
        if ("refused" in outcome) found.files.push(...pathsIn(config, outcome.path));
        else found.folders.push(...pathsIn(config, outcome.folder));
      }
    }
  } catch (error) {
    // Whoever compiles the policy reads it again, and says what is wrong.
    if (!isInterlatchError(error)) throw error;
  }
  return found;
}

function pathsIn(config: Pick<Config, "folder">, path: string | undefined): readonly string[] {
  return path === undefined ? [] : [inProject(config, path)];
}
