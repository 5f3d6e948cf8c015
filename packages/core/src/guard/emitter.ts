import type { GuardEvents } from "./events.ts";
import { isPromise } from "./wait.ts";

type Listener = (event: never) => void;

/** Tells listeners what happened. One that throws, or whose promise rejects, changes nothing. */
export class Emitter {
  readonly #listeners = new Map<keyof GuardEvents, Set<Listener>>();
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  on<Name extends keyof GuardEvents>(
    name: Name,
    listener: (event: GuardEvents[Name]) => void,
  ): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<Name extends keyof GuardEvents>(name: Name, event: GuardEvents[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined || listeners.size === 0) return;
    Object.freeze(event); // all of them get this one
    // A copy: a listener that takes itself away and comes back would otherwise be told without end.
    for (const listener of [...listeners]) {
      try {
        // Listeners are kept under the name they were given for; an async one gives a promise all the same.
        const made = (listener as (event: GuardEvents[Name]) => unknown)(event);
        // Nobody else waits for it, and an unhandled rejection ends the process.
        if (isPromise(made)) Promise.resolve(made).catch(this.#failed);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
