import type { Approval, ApprovalState } from "./approval.ts";

/** Which approvals to give. What is left out is not looked at. */
export interface ApprovalFilter {
  /** `null`: those without a tenant. */
  readonly tenant?: string | null;
  readonly session?: string;
  readonly tool?: string;
  /** The id of the call. */
  readonly call?: string;
  readonly states?: readonly ApprovalState[];
  /** At most so many, the youngest first. Default 100. */
  readonly limit?: number;
}

/** What came of putting a question to a store. */
export type Opening =
  /** It is there now. */
  | { readonly kind: "opened"; readonly approval: Approval }
  /** One of the same key is open already, and is the one that counts. */
  | { readonly kind: "joined"; readonly approval: Approval }
  /** The same content was rejected before in this session. */
  | { readonly kind: "rejected"; readonly approval: Approval }
  /** The session has as many questions about this tool as it may have. */
  | { readonly kind: "full" };

/**
 * Where approvals are kept. Every change goes through {@link ApprovalStore.replace}, one conditional write, so that of
 * any number of hosts one wins. Approvals are JSON and are given back as they were put in. A store that cannot answer
 * throws or rejects; the call then does not run.
 */
export interface ApprovalStore {
  /**
   * Puts a question, in one step with the questions it is judged against; see `openingOf`, which says what comes of
   * it. Two hosts that ask about the same call get the same approval.
   *
   * @param approval - pending, version 1
   * @param most - how many questions about one tool a session may have pending or rejected
   */
  open(approval: Approval, most: number): Opening | Promise<Opening>;
  /** `null`: there is none of this id. */
  get(id: string): Approval | null | Promise<Approval | null>;
  /** The one of this key that was opened last; `null`: there is none. */
  latest(key: string): Approval | null | Promise<Approval | null>;
  /**
   * Writes the next state if the one kept still has this version. Nothing is changed otherwise.
   *
   * @returns whether it was written
   */
  replace(id: string, version: number, next: Approval): boolean | Promise<boolean>;
  list(filter: ApprovalFilter): readonly Approval[] | Promise<readonly Approval[]>;
  /**
   * Tells of changes as they happen, also those of other hosts if it can. Left out: whoever waits asks once a second.
   *
   * @returns what ends it
   */
  watch?(id: string, changed: () => void): () => void;
}
