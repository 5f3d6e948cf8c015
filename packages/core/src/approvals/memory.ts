import { InterlatchError } from "../errors/errors.ts";
import { isOpen, type Approval } from "./approval.ts";
import { openingOf } from "./opening.ts";
import type { ApprovalFilter, ApprovalStore } from "./store.ts";
import { isPast } from "./transitions.ts";

/** Options of {@link memoryApprovals}. */
export interface MemoryApprovalsOptions {
  /**
   * How many approvals are kept. Default 10,000. Beyond it those go that are over, the oldest first; where none is,
   * the store refuses, so that nobody can push an open question out.
   */
  readonly max?: number;
}

/**
 * Approvals in this process: for tests, and where whoever answers is asked by the process that waits. They end with it.
 *
 * @throws ERR_OPTIONS - `max` is not a whole number of at least 1
 *
 * @example
 * ```ts
 * import { memoryApprovals } from "@interlatch/core/approvals";
 * const approvals = memoryApprovals({ max: 1_000 });
 * ```
 */
export function memoryApprovals({ max = 10_000 }: MemoryApprovalsOptions = {}): ApprovalStore {
  if (!Number.isSafeInteger(max) || max < 1) {
    throw new InterlatchError("ERR_OPTIONS", "max must be a whole number of at least 1.");
  }
  return new MemoryApprovals(max);
}

class MemoryApprovals implements ApprovalStore {
  readonly #max: number;
  /** In the order in which they were opened. */
  readonly #byId = new Map<string, Approval>();
  readonly #latest = new Map<string, string>();
  /** Ids by tenant, session and tool. */
  readonly #bySubject = new Map<string, Set<string>>();
  readonly #watchers = new Map<string, Set<() => void>>();

  constructor(max: number) {
    this.#max = max;
  }

  open(approval: Approval, most: number): ReturnType<ApprovalStore["open"]> {
    const opening = openingOf(approval, this.#ofSubject(subjectOf(approval)), most);
    if (opening.kind === "opened") this.#keep(approval);
    return opening;
  }

  get(id: string): Approval | null {
    return this.#byId.get(id) ?? null;
  }

  latest(key: string): Approval | null {
    const id = this.#latest.get(key);
    return id === undefined ? null : this.get(id);
  }

  replace(id: string, version: number, next: Approval): boolean {
    const kept = this.#byId.get(id);
    if (kept === undefined || kept.version !== version) return false;
    this.#byId.set(id, next);
    for (const changed of this.#watchers.get(id) ?? []) changed();
    return true;
  }

  list(filter: ApprovalFilter): readonly Approval[] {
    const { limit = 100 } = filter;
    const found: Approval[] = [];
    for (const approval of [...this.#byId.values()].reverse()) {
      if (found.length >= limit) break;
      if (fits(approval, filter)) found.push(approval);
    }
    return found;
  }

  watch(id: string, changed: () => void): () => void {
    // A wrapper of its own, so that the same function can watch twice.
    const told = (): void => changed();
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(told));
    return () => {
      watchers.delete(told);
      if (watchers.size === 0) this.#watchers.delete(id);
    };
  }

  #keep(approval: Approval): void {
    if (this.#byId.size >= this.#max) this.#makeRoom(Date.parse(approval.createdAt));
    const subject = subjectOf(approval);
    const ids = this.#bySubject.get(subject) ?? new Set();
    this.#bySubject.set(subject, ids.add(approval.id));
    this.#byId.set(approval.id, approval);
    this.#latest.set(approval.key, approval.id);
  }

  /** Rejections go last: they are what keeps a question from being asked again. */
  #makeRoom(now: number): void {
    const all = [...this.#byId.values()];
    const over = (one: Approval): boolean => !isOpen(one) || isPast(one, now);
    const oldest =
      all.find((one) => over(one) && one.state !== "rejected") ?? all.find((one) => over(one));
    if (oldest === undefined) throw new Error("too many approvals are open");
    this.#byId.delete(oldest.id);
    if (this.#latest.get(oldest.key) === oldest.id) this.#latest.delete(oldest.key);
    const subject = subjectOf(oldest);
    const ids = this.#bySubject.get(subject);
    ids?.delete(oldest.id);
    if (ids?.size === 0) this.#bySubject.delete(subject);
  }

  #ofSubject(subject: string): readonly Approval[] {
    return [...(this.#bySubject.get(subject) ?? [])].flatMap((id) => this.#byId.get(id) ?? []);
  }
}

/** JSON, so that no name can be written so that two subjects become one. */
function subjectOf({ tenant, session, call }: Approval): string {
  return JSON.stringify([tenant, session, call.tool]);
}

function fits(approval: Approval, filter: ApprovalFilter): boolean {
  const { tenant, session, tool, call, states } = filter;
  return (
    (tenant === undefined || tenant === approval.tenant) &&
    (session === undefined || session === approval.session) &&
    (tool === undefined || tool === approval.call.tool) &&
    (call === undefined || call === approval.call.id) &&
    (states === undefined || states.includes(approval.state))
  );
}
