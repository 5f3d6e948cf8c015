import { statSync, watch } from "node:fs";
import { dirname, resolve } from "node:path";

/** How long events may gather before the file is looked at, in milliseconds: one save is several events. */
const SETTLE_MS = 30;

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
  let timer: NodeJS.Timeout | undefined;

  const look = (): void => {
    timer = undefined;
    const found = identityOf(file);
    if (found === seen || (found === undefined && !gone)) return;
    seen = found;
    changed();
  };
  const watcher = watch(dirname(file), { persistent: false }, () => {
    timer ??= setTimeout(look, SETTLE_MS).unref();
  });
  const end = (): void => {
    clearTimeout(timer);
    watcher.close();
  };
  // Without a listener an error of the watcher would end the process.
  watcher.on("error", end);
  return end;
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
