import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import type { Approval } from "./approval.ts";
import { readApproval } from "./shape.ts";
import type { ApprovalFilter, ApprovalStore, Opening } from "./store.ts";

/**
 * A store behind a check of all it says. It is code of the host's, over data that others write: an approval of another
 * call, half an answer or an error must each end as a denial. Whatever fails here throws `ERR_STORE`.
 */
export class CheckedStore {
  readonly #store: ApprovalStore;
  /** Whoever waits for a change that this very process makes; a store need not tell of it. */
  readonly #watchers = new Map<string, Set<() => void>>();

  constructor(store: ApprovalStore) {
    this.#store = store;
  }

  /** Whether it tells of changes by itself. */
  get tells(): boolean {
    return typeof this.#store.watch === "function";
  }

  async open(draft: Approval, most: number): Promise<Opening> {
    const made: unknown = await answerOf(() => this.#store.open(draft, most));
    // Own properties: `{}` must not become an opened approval by what a polluted `Object.prototype` lends it.
    const kind = ownOf(made, "kind");
    if (kind === "full") return { kind };
    if (kind !== "opened" && kind !== "joined" && kind !== "rejected") throw unclear("open");
    const approval = readApproval(ownOf(made, "approval"));
    if (approval === null) throw unclear("open");
    return { kind, approval };
  }

  async get(id: string): Promise<Approval | null> {
    const found = readApproval(await answerOf(() => this.#store.get(id)));
    if (found !== null && found.id !== id) throw unclear("get");
    return found;
  }

  async latest(key: string): Promise<Approval | null> {
    return readApproval(await answerOf(() => this.#store.latest(key)));
  }

  /** Writes the next state; `false`: somebody else wrote first. */
  async replace({ id, version }: Approval, next: Approval): Promise<boolean> {
    const written: unknown = await answerOf(() => this.#store.replace(id, version, next));
    // Half a yes is none: taken for one, an approval could be used twice.
    if (typeof written !== "boolean") throw unclear("replace");
    if (written) for (const changed of this.#watchers.get(id) ?? []) changed();
    return written;
  }

  async list(filter: ApprovalFilter): Promise<readonly Approval[]> {
    const found: unknown = await answerOf(() => this.#store.list(filter));
    if (!Array.isArray(found)) throw unclear("list");
    return found.flatMap((one: unknown) => readApproval(one) ?? []);
  }

  watch(id: string, changed: () => void): () => void {
    const told = (): void => changed();
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(told));
    const unwatch = this.#store.watch?.(id, told);
    return () => {
      watchers.delete(told);
      if (watchers.size === 0) this.#watchers.delete(id);
      unwatch?.();
    };
  }
}

async function answerOf<Answer>(ask: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (cause) {
    if (isInterlatchError(cause, "ERR_STORE")) throw cause;
    throw new InterlatchError("ERR_STORE", "The store of approvals did not answer.", { cause });
  }
}

function ownOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name]; // an own property of an object
}

function unclear(method: string): InterlatchError {
  return new InterlatchError("ERR_STORE", `The store of approvals gave no answer to ${method}.`);
}
