import type { Awaitable } from "./wait.ts";
import { isPromise } from "./wait.ts";

/** How an execution ended. */
export type Ending = "executed" | "error" | "aborted";

/**
 * Runs a tool and tells once how it ended, without changing what it returns: a value, a promise, an async
 * generator. What the tool throws goes on as the framework would have it.
 */
export function track<Result>(execute: () => Result, ended: (ending: Ending) => void): Result {
  let result: Result;
  try {
    result = execute();
  } catch (error) {
    ended("error");
    throw error;
  }
  if (isAsyncGenerator(result)) {
    // A generator goes in and one of the same parts comes out.
    return new TrackedStream(() => result as StreamOf<Result>, ended) as Result;
  }
  if (isPromise(result)) {
    const promise = result as PromiseLike<unknown>;
    const settled = Promise.resolve(promise).then(
      (value) => {
        // A promise of a stream, as an async function gives one: the call ends where the stream does.
        if (isAsyncGenerator(value)) return new TrackedStream(() => value, ended);
        ended("executed");
        return value;
      },
      (error: unknown) => {
        ended("error");
        throw error;
      },
    );
    return settled as Result; // a promise of the same value
  }
  ended("executed");
  return result;
}

type StreamOf<Result> = Result & AsyncGenerator<unknown, unknown, unknown>;

/** A stream that is only known once something was waited for: the tool's own, or parts that stand for a denial. */
export type StreamOpener = () => Awaitable<AsyncGenerator<unknown, unknown, unknown>>;

/**
 * An async generator around another one that may still have to be waited for. Tells once how it ended: at its
 * end, at its error, or when it is left early, also before its first part.
 */
export class TrackedStream implements AsyncGenerator<unknown, unknown, unknown> {
  readonly #open: StreamOpener;
  readonly #ended: (ending: Ending) => void;
  /** Opened once, also when two parts are asked for at once. */
  #inner: Awaitable<AsyncGenerator<unknown, unknown, unknown>> | null = null;
  #over = false;

  constructor(open: StreamOpener, ended: (ending: Ending) => void) {
    this.#open = open;
    this.#ended = ended;
  }

  next(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    return this.#step((inner) => inner.next(value));
  }

  return(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    return this.#step((inner) => inner.return(value), "aborted");
  }

  throw(error: unknown): Promise<IteratorResult<unknown, unknown>> {
    return this.#step((inner) => inner.throw(error), "aborted");
  }

  /** As the object of an async generator function has it: frameworks tell streams by it. */
  get [Symbol.toStringTag](): string {
    return "AsyncGenerator";
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #step(
    step: (
      inner: AsyncGenerator<unknown, unknown, unknown>,
    ) => Promise<IteratorResult<unknown, unknown>>,
    ending: Ending = "executed",
  ): Promise<IteratorResult<unknown, unknown>> {
    try {
      this.#inner ??= this.#open();
      const part = await step(await this.#inner);
      if (part.done === true) this.#end(ending);
      return part;
    } catch (error) {
      this.#end(ending === "aborted" ? "aborted" : "error");
      throw error;
    }
  }

  #end(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended(ending);
  }
}

/** Whether a value is the object of an async generator function. A stream class of its own is a value like any other. */
export function isAsyncGenerator(value: unknown): value is AsyncGenerator<unknown, unknown, unknown> {
  return Object.prototype.toString.call(value) === "[object AsyncGenerator]";
}

const AsyncGeneratorFunction: unknown = Object.getPrototypeOf(async function* () {}).constructor;

/** Whether calling the function gives an async generator, and runs nothing yet. */
export function isAsyncGeneratorFunction(execute: unknown): boolean {
  return typeof AsyncGeneratorFunction === "function" && execute instanceof AsyncGeneratorFunction;
}

/** Whether a value is a stream of parts in the making: anything that is iterated asynchronously. */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
