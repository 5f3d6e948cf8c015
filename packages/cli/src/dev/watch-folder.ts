import { readdirSync, watch } from "node:fs";
import { policyFileNames } from "@interlatch/policy";

/** How long events may gather before the folder is looked at, in milliseconds: one save is several events. */
const SETTLE_MS = 30;

/**
 * Calls `changed` whenever a folder holds other policy files than before; what stands in them is watched file by file.
 * The watch does not keep the process alive.
 *
 * @param folder - absolute
 * @returns what ends the watch
 * @throws the platform's own error when the folder cannot be watched
 */
export function watchFolder(folder: string, changed: () => void): () => void {
  let seen = namesIn(folder);
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    timer = undefined;
    const found = namesIn(folder);
    if (found === seen) return;
    seen = found;
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

function namesIn(folder: string): string {
  try {
    return policyFileNames(readdirSync(folder)).join("\n");
  } catch {
    return "";
  }
}
