import type { Judged } from "./judge.ts";

/**
 * Which calls are under way, so that one id runs once. A call that is over may come again under its id: it
 * is then a new call, unless it stands in the same batch. Within a batch the session does not matter: where each
 * call is a session of its own, the same id twice is still the same call.
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
    const turn = batch === undefined ? undefined : this.#batch(batch);
    const name = nameInBatch(judged);
    if (turn?.has(name) === true) return null;
    this.#open.add(key);
    turn?.add(name);
    return {
      close: (executed) => {
        this.#open.delete(key);
        // A call that failed may be tried again by the framework.
        if (!executed) turn?.delete(name);
      },
    };
  }

  #batch(batch: object): Set<string> {
    let turn = this.#batches.get(batch);
    if (turn === undefined) this.#batches.set(batch, (turn = new Set()));
    return turn;
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

/** Tenant, agent and call id: two runs may be handed the same batch object, as a list of messages that never changes. */
function nameInBatch({ run, id }: Pick<Judged, "run" | "id">): string {
  return `${JSON.stringify([run?.tenant ?? null, run?.agent.id ?? null])}${id ?? ""}`;
}
