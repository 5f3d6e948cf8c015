import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { watchFolder } from "./watch-folder.ts";

/** Options of {@link watchFile}. */
export interface WatchOptions {
  /** Whether it is a change as well that there is no file any more. Default: no. */
  readonly gone?: boolean;
}

/**
 * Calls `changed` whenever another file, or another content, stands at a path.
 *
 * The folder is watched and not the file, because editors and deployments put a new file in the place of the old one,
 * and clusters swap a link beside it; what an event says is not believed, the file itself is looked at. A file that is
 * gone is no change until one is back, unless `gone` asks for it. What a link to another folder leads to is not watched there. The watch does
 * not keep the process alive, and ends by itself when the platform can no longer watch the folder.
 *
 * @returns what ends the watch
 * @throws the platform's own error when the folder cannot be watched
 * @example
 * ```ts
 * import { watchFile } from "@interlatch/core/node";
 * const stop = watchFile("policy.yaml", () => console.log("saved"));
 * stop();
 * ```
 */
export function watchFile(
  path: string,
  changed: () => void,
  { gone = false }: WatchOptions = {},
): () => void {
  const file = resolve(path);
  let seen = identityOf(file);
  return watchFolder(dirname(file), () => {
    const found = identityOf(file);
    if (found === seen || (found === undefined && !gone)) return;
    seen = found;
    changed();
  });
}

/** What tells one file, and one state of it, from another; `undefined` where there is none. */
function identityOf(file: string): string | undefined {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(":");
  } catch {
    return undefined;
  }
}
