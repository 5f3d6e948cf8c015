import { readdir, readFile } from "node:fs/promises";
import { InterlatchError } from "@interlatch/core";
import { checkVectorFile } from "./shape.ts";
import type { VectorFile } from "./vector.ts";

/** The folder of the decision vectors in this package: JSON for programs, the YAML they were written in beside it. */
export const vectorsFolder: URL = new URL("../../vectors/", import.meta.url);

/**
 * The decision vectors of this package, or those of another folder, by topic. `JSON.parse` keeps a key
 * `__proto__` an own property, as the cases want it.
 *
 * @throws ERR_CONFIG when a file has a field that is not known, a name stands twice, or there is no file
 *
 * @example
 * ```ts
 * import { readVectors } from "@interlatch/conformance";
 * const files = await readVectors();
 * console.log(files.map(({ topic, vectors }) => `${topic}: ${vectors.length}`));
 * ```
 */
export async function readVectors(folder: URL = vectorsFolder): Promise<readonly VectorFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  if (names.length === 0) {
    throw new InterlatchError("ERR_CONFIG", `There are no vectors in ${folder.href}.`);
  }
  const files = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), "utf8");
      return checkVectorFile(JSON.parse(text), name);
    }),
  );
  checkNames(files);
  return files;
}

/** Reports name vectors and cases by their ids, so no two may share one. */
function checkNames(files: readonly VectorFile[]): void {
  const seen = new Set<string>();
  for (const { vectors } of files) {
    for (const vector of vectors) {
      for (const { id } of [vector, ...("cases" in vector ? vector.cases : [])]) {
        if (seen.has(id)) throw new InterlatchError("ERR_CONFIG", `The id ${id} stands twice.`);
        seen.add(id);
      }
    }
  }
}
