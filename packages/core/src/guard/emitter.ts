import type { GuardEvents } from "./events.ts";

type Listener = (event: never) => void;

/** Tells listeners what happened. One that throws changes nothing. */
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
    for (const listener of listeners) {
      try {
        // Listeners are kept under the name they were given for.
        (listener as (event: GuardEvents[Name]) => void)(event);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
