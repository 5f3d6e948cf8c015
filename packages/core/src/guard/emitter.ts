import type { GuardEvents } from "./events.ts";
import { isPromise } from "./wait.ts";

type Listener = (event: never) => void;

/** Tells listeners what happened. One that throws, or whose promise rejects, changes nothing. */
export class Emitter {
  /** Lists that are replaced and never changed: who is told is settled when something happens. */
  readonly #listeners = new Map<keyof GuardEvents, readonly Listener[]>();
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  on<Name extends keyof GuardEvents>(
    name: Name,
    listener: (event: GuardEvents[Name]) => void,
  ): () => void {
    const without = (): readonly Listener[] =>
      (this.#listeners.get(name) ?? []).filter((other) => other !== listener);
    this.#listeners.set(name, [...without(), listener]);
    return () => {
      this.#listeners.set(name, without());
    };
  }

  /** Whether anybody would be told: what is costly to say is made for listeners alone. */
  isHeard(name: keyof GuardEvents): boolean {
    return (this.#listeners.get(name)?.length ?? 0) > 0;
  }

  emit<Name extends keyof GuardEvents>(name: Name, event: GuardEvents[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    if (listeners.length > 1) Object.freeze(event); // all of them get this one
    for (const listener of listeners) {
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
