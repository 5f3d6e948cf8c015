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
  switch (formOf(result)) {
    case "stream":
      // A generator goes in and one of the same parts comes out.
      return new TrackedStream(() => result as StreamOf<Result>, ended) as Result;
    case "promise":
      return settle(result, ended) as Result; // a promise of the same value
    case "value":
      ended("executed");
      return result;
  }
}

/** What a tool returned, as far as its end is concerned. */
function formOf(result: unknown): "stream" | "promise" | "value" {
  try {
    return isAsyncGenerator(result) ? "stream" : isPromise(result) ? "promise" : "value";
  } catch {
    // A revoked proxy, or a getter that throws: the tool has run, and what it returned is its caller's to read.
    return "value";
  }
}

/** Waits as `await` does, whatever a promise's own `then` throws, gives back or forgets to call. */
async function settle(result: unknown, ended: (ending: Ending) => void): Promise<unknown> {
  let value: unknown;
  try {
    value = await result;
  } catch (error) {
    ended("error");
    throw error;
  }
  // A promise of a stream, as an async function gives one: the call ends where the stream does.
  if (formOf(value) === "stream") return new TrackedStream(() => value as StreamOf<unknown>, ended);
  ended("executed");
  return value;
}

type StreamOf<Result> = Result & AsyncGenerator<unknown, unknown, unknown>;

/**
 * Gives a stream that is only known once something was waited for: the tool's own, or parts that stand for a
 * denial. `left`: it is asked for only to be closed, so nothing need begin.
 */
export type StreamOpener = (left: boolean) => Awaitable<AsyncGenerator<unknown, unknown, unknown>>;

/**
 * An async generator around another one that may still have to be waited for. Tells once how it ended: at its
 * end, at its error, or when it is left early, also before its first part, and where nobody can read on because
 * nobody holds it any more.
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
    DROPPED?.register(this, ended, this);
  }

  next(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    return this.#step((inner) => inner.next(value));
  }

  async return(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    const part = await this.#step((inner) => inner.return(value), "aborted");
    // A generator may yield once more while it cleans up; whoever has left never asks for the rest.
    this.#end("aborted");
    return part;
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
      this.#inner ??= this.#open(ending === "aborted");
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
    DROPPED?.unregister(this);
    this.#ended(ending);
  }
}

/** Without this a stream that nobody ever reads would leave its call open, and its id in use, for good. */
const DROPPED =
  typeof FinalizationRegistry === "undefined"
    ? null // some edge run times have none
    : new FinalizationRegistry<(ending: Ending) => void>((ended) => ended("aborted"));

/** Whether a value is the object of an async generator function. A stream class of its own is a value like any other. */
export function isAsyncGenerator(
  value: unknown,
): value is AsyncGenerator<unknown, unknown, unknown> {
  return Object.prototype.toString.call(value) === "[object AsyncGenerator]";
}

const AsyncGeneratorFunction: unknown = Object.getPrototypeOf(async function* () {}).constructor;

/** Whether calling the function gives an async generator, and runs nothing yet. */
export function isAsyncGeneratorFunction(execute: unknown): boolean {
  return typeof AsyncGeneratorFunction === "function" && execute instanceof AsyncGeneratorFunction;
}

/** Whether a value is a stream of parts in the making: anything that is iterated asynchronously. */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  try {
    return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
  } catch {
    return false; // a revoked proxy
  }
}
