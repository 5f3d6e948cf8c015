import type { InterlatchError } from "../errors/errors.ts";

/** A record on its way to the file. */
export interface QueuedRecord {
  readonly type: "call" | "outcome";
  readonly evaluation: string;
  readonly json: string;
}

/** Who waits until a record, and all before it, is on disk. */
export interface Waiter {
  resolve(): void;
  reject(error: InterlatchError): void;
}

/** Without a record, somebody waits for what is before it. */
interface Entry {
  readonly record: QueuedRecord | null;
  readonly waiter: Waiter | null;
}

/** Entries that are written together. */
export interface Group {
  readonly entries: readonly Entry[];
  /** The events, as JSON. */
  readonly events: readonly string[];
}

/** Records that wait to be written, in order. */
export class AuditQueue {
  #entries: Entry[] = [];
  #size = 0;

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** UTF-16 units of JSON that wait. */
  get size(): number {
    return this.#size;
  }

  add(record: QueuedRecord | null, waiter: Waiter | null): void {
    this.#entries.push({ record, waiter });
    this.#size += record?.json.length ?? 0;
  }

  /** Takes all that waits. */
  takeGroup(): Group {
    const entries = this.#entries;
    this.#entries = [];
    this.#size = 0;
    return { entries, events: entries.flatMap(({ record }) => record?.json ?? []) };
  }

  /**
   * Puts a group that could not be written back in front, and rejects whoever waits, behind it too. A
   * `call` that somebody waited for goes, with its outcome: its tool does not run, and the log must not
   * say that it may. All else was accepted, or tells how a call of the log ended, and stays.
   *
   * @returns the evaluations of the calls that went
   */
  putBack(group: Group, error: InterlatchError): ReadonlySet<string> {
    const entries = [...group.entries, ...this.#entries];
    const gone = new Set(
      entries.flatMap(({ record, waiter }) =>
        waiter !== null && record?.type === "call" ? record.evaluation : [],
      ),
    );
    this.#entries = [];
    this.#size = 0;
    for (const { record, waiter } of entries) {
      waiter?.reject(error);
      if (record !== null && !gone.has(record.evaluation)) this.add(record, null);
    }
    return gone;
  }
}
