import { resolve as absolute } from "node:path";
import { watchFile } from "@interlatch/core/node";
import type { Surroundings } from "../command.ts";
import { CONFIG_FILE } from "../config.ts";
import { save } from "./save.ts";
import type { DevSession } from "./session.ts";

/** The saves of a session, one at a time. */
export interface Saves {
  /** Settles when the first good bundle is there; rejects when a save failed by a defect. */
  readonly first: Promise<void>;
  /** Rejects when a save failed by a defect; never settles otherwise. */
  readonly failed: Promise<never>;
  /** How many were signed, and how many were not. */
  readonly counts: { readonly signed: number; readonly refused: number };
  stop(): void;
}

/** Saves once, and again whenever the config or one of the files it names is another. */
export function watchSaves(
  session: DevSession,
  configFile: string | undefined,
  surroundings: Surroundings,
): Saves {
  const watches = new Map<string, () => void>();
  const counts = { signed: 0, refused: 0 };
  let queue: Promise<void> = Promise.resolve();
  let waiting = false;
  let stopped = false;
  const { promise: first, resolve: begin } = deferred<void>();
  const { promise: failed, reject: fail } = deferred<never>();

  const watchAll = (files: readonly string[]): void => {
    if (stopped) return;
    for (const [file, stop] of watches) {
      if (files.includes(file)) continue;
      stop();
      watches.delete(file);
    }
    for (const file of files) {
      if (!watches.has(file)) watches.set(file, watchOne(file, changed, surroundings));
    }
  };
  const once = async (): Promise<void> => {
    // From here on a change is one of its own: what this save reads may be what was there before.
    waiting = false;
    if (stopped) return;
    const version = await save(session, configFile, watchAll, surroundings);
    counts[version === null ? "refused" : "signed"] += 1;
    if (version !== null) begin();
  };
  const changed = (): void => {
    if (waiting || stopped) return;
    waiting = true;
    queue = queue.then(once).catch(fail);
  };
  watchAll([absolute(surroundings.io.cwd, configFile ?? CONFIG_FILE)]);
  changed();
  return {
    first: Promise.race([first, failed]),
    failed,
    counts,
    stop: () => {
      stopped = true;
      for (const stop of watches.values()) stop();
    },
  };
}

/** A folder that cannot be watched is no reason to stop: other files still are, and the user is told. */
function watchOne(file: string, changed: () => void, { output }: Surroundings): () => void {
  try {
    return watchFile(file, changed);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    output.warn(`${file} cannot be watched: ${why}`);
    return () => undefined;
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>["resolve"] = () => undefined;
  let reject: Deferred<T>["reject"] = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Whoever waits is told; nobody waiting is no crash.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
