import { watch } from "node:fs";

/** How long events may gather before anybody looks, in milliseconds: one file is several events. */
const SETTLE_MS = 30;

/**
 * Calls `changed` after something has happened in a folder. It does not keep the process alive, and ends by itself when
 * the platform can no longer watch the folder.
 *
 * @returns what ends the watch
 * @throws the platform's own error when the folder cannot be watched
 */
export function watchFolder(folder: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    timer = undefined;
    changed();
  };
  const watcher = watch(folder, { persistent: false }, () => {
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
