import {
  callDigest,
  memoryResults,
  type Guard,
  type JsonObject,
  type ResultStore,
  type Ticket,
} from "@interlatch/core";

/** What became of a call: its output, or the words that it was denied with. */
export type Became = { readonly output: unknown } | { readonly reason: string | undefined };

/** A call as a conversation names it. */
export interface CallInConversation {
  readonly id: string | undefined;
  readonly tool: string;
  /** What the model asked for. */
  readonly input: unknown;
}

/** In this process, for a guard whose host brings no store of its own. */
const stores = new WeakMap<Guard, ResultStore>();

/** What the calls of one session gave, so that a history which says so can be told from one that was made up. */
export class Results {
  readonly #store: ResultStore;
  readonly #session: () => string | undefined;
  #isRead = false;

  constructor(guard: Guard, ticket: Ticket | undefined, store: ResultStore | undefined) {
    this.#store = store ?? stores.get(guard) ?? memoryResults();
    if (store === undefined) stores.set(guard, this.#store);
    this.#session = () => guard.sessionOf(ticket);
  }

  /** From now on results are kept: the conversation comes back, and is then read. */
  read(): this {
    this.#isRead = true;
    return this;
  }

  /** Never throws, never rejects: a result that could not be kept is not known later. */
  keep(call: CallInConversation, became: Became): void | Promise<void> {
    if (!this.#isRead) return undefined;
    try {
      const session = this.#session();
      if (session === undefined) return undefined;
      const kept = this.#store.keep(session, digestOf(call, became));
      return kept instanceof Promise ? kept.catch(() => undefined) : undefined;
    } catch {
      return undefined;
    }
  }

  async has(call: CallInConversation, became: Became): Promise<boolean> {
    try {
      const session = this.#session();
      if (session === undefined) return false;
      return (await this.#store.has(session, digestOf(call, became))) === true;
    } catch {
      return false;
    }
  }
}

/** Of what is left after a trip through JSON, as to a client and back. */
function digestOf({ id, tool, input }: CallInConversation, became: Became): string {
  const plain = JSON.parse(JSON.stringify({ id, input, ...became })) as JsonObject;
  return callDigest(tool, plain);
}

/** Inputs that the SDK has handed to a guarded tool: the very objects, which no history can hold. */
const handed = new WeakSet<object>();

/** Notes that a call with this input has come to its tool, so that its output is one of this process. */
export function noteHanded(input: unknown): void {
  if (typeof input === "object" && input !== null) handed.add(input);
}

/** Whether {@link noteHanded} was told of it. */
export function wasHanded(input: unknown): boolean {
  return typeof input === "object" && input !== null && handed.has(input);
}
