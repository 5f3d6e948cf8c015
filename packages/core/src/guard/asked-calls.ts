import { type Approval, approvalKey } from "../approvals/approval.ts";
import { digestOf, type Judged } from "./judge.ts";
import { askerOf } from "./question.ts";

/** How many calls are kept. The oldest go first: a change of theirs is then judged when they run. */
const MOST_CALLS = 1_000;

/** The calls of this process that people are being asked about. */
export class AskedCalls {
  readonly #calls = new Map<string, Judged>();
  readonly #keys = new Set<string>();

  /** Whether people are being asked about exactly this call. */
  has(judged: Judged): boolean {
    if (this.#keys.size === 0) return false;
    const key = keyOf(judged);
    return key !== null && this.#keys.has(key);
  }

  /** The call that an approval is for; `null` where it is not at hand. */
  of({ id }: Approval): Judged | null {
    return this.#calls.get(id) ?? null;
  }

  keep(approval: Approval, judged: Judged): void {
    this.forget(approval);
    const [oldest] = this.#calls;
    if (this.#calls.size >= MOST_CALLS && oldest !== undefined) {
      const [id, call] = oldest;
      this.forget({ id, key: keyOf(call) ?? "" });
    }
    this.#calls.set(approval.id, judged);
    this.#keys.add(approval.key);
  }

  forget({ id, key }: Pick<Approval, "id" | "key">): void {
    this.#calls.delete(id);
    this.#keys.delete(key);
  }
}

/** The key of the approval that a call would have; `null` for one that could not be read. */
function keyOf(judged: Judged): string | null {
  const { id, tool, run } = judged;
  if (id === null || run === null) return null;
  const { tenant = null, session } = run;
  const [agent, askedDigest] = [askerOf(run), digestOf(judged)];
  const user = run.user?.id ?? null;
  return approvalKey({ tenant, session, call: { id, tool }, askedDigest, agent, user });
}
