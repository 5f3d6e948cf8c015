import { readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import { isInterlatchError } from "@interlatch/core";
import type { ReadInclude } from "@interlatch/policy";
import { asFileError, readText } from "./files.ts";

/**
 * Looks at what an `include` names.
 *
 * @param base - the folder that the names of files start from, absolute
 */
export function includesIn(base: string): ReadInclude {
  return async (path, root) => {
    try {
      return await asFileError(`${path} cannot be read`, async () => {
        const real = await realpath(resolve(base, path));
        // A link in a repository can lead anywhere; what is read must lie where it seems to lie.
        if (!isInside(real, await realpath(resolve(base, root)))) {
          return {
            kind: "refused",
            refused: `${path} is a link that leads out of the policy's folder.`,
          };
        }
        if ((await stat(real)).isDirectory()) return { kind: "folder", names: await readdir(real) };
        return { kind: "file", identity: real, text: await readText(real, path) };
      });
    } catch (error) {
      if (!isInterlatchError(error)) throw error;
      return { kind: "refused", refused: error.message };
    }
  };
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== ".." && !/^\.\.[\\/]/.test(way);
}
