import type { Judged } from "./judge.ts";

/**
 * Which calls are under way, so that one id runs once. A call that is over may come again under its id: it
 * is then a new call, unless it stands in the same batch.
 */
export class OpenCalls {
  readonly #open = new Set<string>();
  readonly #batches = new WeakMap<object, Set<string>>();

  get size(): number {
    return this.#open.size;
  }

  /** Takes the id, or gives `null` where it is in use or was used in this batch. */
  take(judged: Judged, batch: object | undefined): OpenCall | null {
    const key = keyOf(judged);
    if (this.#open.has(key)) return null;
    const done = batch === undefined ? undefined : this.#batch(batch);
    if (done?.has(key) === true) return null;
    this.#open.add(key);
    return {
      close: (executed) => {
        this.#open.delete(key);
        // A call that failed may be tried again by the framework.
        if (executed) done?.add(key);
      },
    };
  }

  #batch(batch: object): Set<string> {
    let done = this.#batches.get(batch);
    if (done === undefined) this.#batches.set(batch, (done = new Set()));
    return done;
  }
}

/** The right to run one call. */
export interface OpenCall {
  close(executed: boolean): void;
}

/** Tenant, session and call id. The session's key ends where its JSON ends, so no id can be written into it. */
export function keyOf({ run, id }: Pick<Judged, "run" | "id">): string {
  return `${run?.sessionKey ?? ""}${id ?? ""}`;
}
