import { isInterlatchError } from "../errors/errors.ts";
import { callDigest } from "../snapshot/digest.ts";
import type { ReviewDemand } from "../policy/ir.ts";
import type { JsonObject } from "../snapshot/json.ts";
import type { ApprovalAnswer, ApprovalResult, GuardApprovals } from "./answers.ts";
import type { Approval } from "./approval.ts";
import type { CheckedStore } from "./checked-store.ts";
import { readAnswer, readCancellation, type ReadAnswer } from "./read-answer.ts";
import type { ApprovalFilter } from "./store.ts";
import { approve, cancel, expire, modify, refusal, reject, supersede } from "./transitions.ts";

/** How often a write is tried again because somebody else wrote first. */
const MOST_WRITES = 8;

/** What the policy says of a reviewer's change: it refuses it, or asks these people about it. */
export type ChangeVerdict =
  | { readonly kind: "refused"; readonly result: ApprovalResult }
  | { readonly kind: "taken"; readonly demands: readonly ReviewDemand[] };

/** What a desk works with. */
export interface DeskParts {
  readonly store: CheckedStore;
  /** Epoch milliseconds, never going back. */
  now(): number;
  /** Judges a change at once where the call is at hand; otherwise it is judged when the call comes back. */
  judge(approval: Approval, edited: JsonObject): ChangeVerdict;
  /** It is over, or approved. */
  decided(approval: Approval): void;
  failed(error: unknown): void;
}

/** Where people's answers are taken. Every change is one conditional write. */
export class ApprovalDesk implements GuardApprovals {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  async list(filter: ApprovalFilter = {}): Promise<readonly Approval[]> {
    return this.#parts.store.list(filter);
  }

  async get(id: string): Promise<Approval | null> {
    return this.#parts.store.get(id);
  }

  async decide(given: ApprovalAnswer): Promise<ApprovalResult> {
    const read = readAnswer(given);
    if (read.kind === "refused") return read.result;
    const { answer } = read;
    return this.#write(answer.id, (approval, now) => this.#answered(approval, answer, now));
  }

  async cancel(given: Parameters<GuardApprovals["cancel"]>[0]): Promise<ApprovalResult> {
    const request = readCancellation(given);
    if (request === null) {
      return refusal("invalid_answer", "give { id, by, reason? }: texts, not empty");
    }
    const { id, by, reason } = request;
    return this.#write(id, (approval, now) => cancel(approval, { by, reason, now }));
  }

  /** Makes room for another question about the same call. */
  async supersede(approval: Approval, note: string): Promise<void> {
    await this.#end(approval, supersede(approval, this.#parts.now(), note));
  }

  /** Ends one whose time is over. */
  async expire(approval: Approval): Promise<void> {
    await this.#end(approval, expire(approval, this.#parts.now()));
  }

  /** Where somebody else wrote first, what they wrote stands. */
  async #end(approval: Approval, next: ApprovalResult): Promise<void> {
    if (!next.ok || !(await this.#parts.store.replace(approval, next.approval))) return;
    this.#parts.decided(next.approval);
  }

  /** What becomes of an approval by an answer. */
  #answered(approval: Approval, answer: ReadAnswer, now: number): ApprovalResult {
    const { reviewer, digest, reason } = answer;
    const ballot = { reviewer, digest, reason, now };
    switch (answer.answer) {
      case "approve":
        return approve(approval, ballot);
      case "reject":
        return reject(approval, ballot);
      case "modify": {
        const { arguments: edited } = answer;
        const change = { arguments: edited, digest: callDigest(approval.call.tool, edited) };
        // First whether this person may answer at all: the policy is not asked for others.
        const changed = modify(approval, ballot, { ...change, demands: approval.demands });
        if (!changed.ok) return changed;
        const verdict = this.#parts.judge(approval, edited);
        return verdict.kind === "refused"
          ? verdict.result
          : modify(approval, ballot, { ...change, demands: verdict.demands });
      }
    }
  }

  /** One conditional write, tried again where somebody else wrote first. Never rejects. */
  async #write(
    id: string,
    change: (approval: Approval, now: number) => ApprovalResult,
  ): Promise<ApprovalResult> {
    const { store, decided, failed } = this.#parts;
    try {
      for (let tries = 0; tries < MOST_WRITES; tries++) {
        const approval = await store.get(id);
        if (approval === null) return refusal("not_found", "there is no approval of this id");
        const result = change(approval, this.#parts.now());
        if (!result.ok) {
          if (result.code === "approval_expired") await this.expire(approval);
          return result;
        }
        if (!(await store.replace(approval, result.approval))) continue;
        if (result.approval.state !== "pending") decided(result.approval);
        return result;
      }
      return refusal("store_unavailable", "others write it at the same time: try again");
    } catch (error) {
      failed(error);
      const why = isInterlatchError(error) ? error.message : "the answer could not be judged";
      return refusal("store_unavailable", why);
    }
  }
}
