import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { BundleSource } from "../bundle/source.ts";
import { textOf } from "../guard/host-parts.ts";
import { fileSource } from "./file-source.ts";
import { replaceFile } from "./replace-file.ts";

/** Options of {@link lastGood}. */
export interface LastGoodOptions {
  /** Where the last good bundle is kept. Its folder is made. One for each guard and environment. */
  readonly file: string;
}

/**
 * A source whose last good bundle is kept in a file, and used where the source cannot be reached or brings a bad one:
 * also after a restart, when nothing else is left.
 *
 * The file is written, so that no crash leaves half of it, each time a guard has verified another bundle. What stands
 * in it is trusted no more than what arrives: it is verified again each time, and the rollback state refuses it once
 * it is older than what was in force.
 *
 * @example
 * ```ts
 * import { httpSource } from "@interlatch/core";
 * import { lastGood } from "@interlatch/core/node";
 * const source = lastGood(httpSource("https://policies.acme.example/support.bundle.json"), {
 *   file: ".interlatch/state/support.bundle.json",
 * });
 * ```
 */
export function lastGood(source: BundleSource, { file }: LastGoodOptions): BundleSource {
  const kept = fileSource(file);
  let last: Uint8Array | null = null;
  let writing: Promise<void> = Promise.resolve();
  let failed: string | null = null;

  const write = async (bytes: Uint8Array): Promise<void> => {
    try {
      await mkdir(dirname(file), { recursive: true });
      await replaceFile(file, new TextDecoder().decode(bytes));
      failed = null;
    } catch (error) {
      failed = `The last good bundle cannot be kept in ${file}: ${textOf(error)}`;
      last = null; // the next one that is verified is written again
    }
  };
  return {
    name: source.name,
    read: () => source.read(),
    ...(source.watch === undefined ? {} : { watch: source.watch.bind(source) }),
    async *others() {
      if (source.others !== undefined) yield* source.others();
      await writing;
      yield await kept.read();
    },
    accepted(bytes) {
      source.accepted?.(bytes);
      if (last !== null && Buffer.compare(last, bytes) === 0) return;
      last = bytes;
      // One after the other, so that the newest is what stays.
      writing = writing.then(() => write(bytes));
    },
    health: () => {
      const { lastContact = null, etag = null, lastError = null } = source.health?.() ?? {};
      return { lastContact, etag, lastError: lastError ?? failed, kept: file };
    },
  };
}
