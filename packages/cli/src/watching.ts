import { watchFile } from "@interlatch/core/node";
import { watchFolder } from "./dev/watch-folder.ts";
import type { Output } from "./output.ts";

/** What a task depends on. Absolute paths; what is not there yet is waited for. */
export interface Places {
  readonly files: readonly string[];
  /** Of which it matters which policy files they hold. */
  readonly folders: readonly string[];
}

/** A task that is done again and again, once at a time. */
export interface Repetition {
  /** Rejects when the task throws, which is a defect; never settles otherwise. */
  readonly failed: Promise<never>;
  stop(): void;
}

/**
 * Does a task at once, and again whenever one of the places it depends on is another or gone. Changes while it is
 * being done are one more time.
 *
 * @param task - given what replaces the places that are watched; to be told them before they are read, so that no
 *   change is lost
 */
export function repeatOnChange(
  places: Places,
  task: (watch: (places: Places) => void) => Promise<void>,
  output: Output,
): Repetition {
  let queue: Promise<void> = Promise.resolve();
  let waiting = false;
  let stopped = false;
  const { promise: failed, reject: fail } = deferred<never>();
  const changed = (): void => {
    if (waiting || stopped) return;
    waiting = true;
    queue = queue.then(once).catch(fail);
  };
  const watches = new Watches(changed, output);
  const once = async (): Promise<void> => {
    // From here on a change is one of its own: what is read now may be what was there before.
    waiting = false;
    if (!stopped) await task((wanted) => (stopped ? undefined : watches.set(wanted)));
  };
  watches.set(places);
  changed();
  return {
    failed,
    stop: () => {
      stopped = true;
      watches.set({ files: [], folders: [] });
    },
  };
}

class Watches {
  readonly #changed: () => void;
  readonly #output: Output;
  readonly #stops = new Map<string, () => void>();

  constructor(changed: () => void, output: Output) {
    this.#changed = changed;
    this.#output = output;
  }

  set({ files, folders }: Places): void {
    const wanted = new Set([...files, ...folders]);
    for (const [place, stop] of this.#stops) {
      if (wanted.has(place)) continue;
      stop();
      this.#stops.delete(place);
    }
    for (const file of files) {
      this.#add(file, () => watchFile(file, this.#changed, { gone: true }));
    }
    for (const folder of folders) this.#add(folder, () => watchFolder(folder, this.#changed));
  }

  /** A place that cannot be watched is no reason to stop: others still are, and the user is told. */
  #add(place: string, watch: () => () => void): void {
    if (this.#stops.has(place)) return;
    try {
      this.#stops.set(place, watch());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#output.warn(`${place} cannot be watched: ${why}`);
    }
  }
}

/** Settles when a command is told to stop. */
export function stoppedBy(signal: AbortSignal | undefined): Promise<"stopped"> {
  return new Promise((resolve) => {
    if (signal === undefined) return;
    if (signal.aborted) resolve("stopped");
    signal.addEventListener("abort", () => resolve("stopped"), { once: true });
  });
}

/** A promise, and what settles it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** A promise to be settled from outside. Whoever waits is told; nobody waiting is no crash. */
export function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>["resolve"] = () => undefined;
  let reject: Deferred<T>["reject"] = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
