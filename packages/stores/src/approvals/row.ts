import type { Approval, ApprovalFilter, ApprovalState } from "@interlatch/core";
import { hashed } from "../names.ts";

/** An approval as a database keeps it: the whole of it as JSON, and beside it what it is found by. */
export interface ApprovalRow {
  readonly id: string;
  readonly key: string;
  /** Tenant, session and tool: the questions that one is judged against. */
  readonly subject: string;
  readonly tenant: string;
  readonly session: string;
  readonly tool: string;
  readonly call: string;
  readonly state: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly expires: number;
  readonly record: string;
}

/** Names are hashed: they may be longer than an index takes, and hold what a database cannot keep. */
export function rowOf(approval: Approval): ApprovalRow {
  const { tenant, session, call, state, version } = approval;
  return {
    id: hashed(approval.id),
    key: hashed(approval.key),
    subject: subjectOf(approval),
    tenant: hashed(tenant),
    session: hashed(session),
    tool: hashed(call.tool),
    call: hashed(call.id),
    state,
    version,
    expires: Date.parse(approval.expiresAt),
    record: JSON.stringify(approval),
  };
}

/** What the questions that one is judged against have in common with it. */
export function subjectOf({ tenant, session, call }: Approval): string {
  return hashed(tenant, session, call.tool);
}

/** An approval as it was put in. That it is a sound one is for the guard to check. */
export function approvalOf(record: unknown): Approval {
  if (typeof record !== "string") throw new TypeError("an approval is no text");
  return JSON.parse(record) as Approval; // the guard checks what every store gives
}

/** The states that a new question is judged against; those that are over for good count for nothing. */
export const COUNTED_STATES: readonly ApprovalState[] = ["pending", "approved", "rejected"];

/** What a filter asks of a column: one of these values. */
export interface Condition {
  readonly column: "tenant" | "session" | "tool" | "call" | "state";
  readonly values: readonly string[];
}

/** What a filter asks for, column by column. */
export function conditionsOf(filter: ApprovalFilter): readonly Condition[] {
  const { tenant, session, tool, call, states } = filter;
  const conditions: Condition[] = [];
  if (tenant !== undefined) conditions.push({ column: "tenant", values: [hashed(tenant)] });
  if (session !== undefined) conditions.push({ column: "session", values: [hashed(session)] });
  if (tool !== undefined) conditions.push({ column: "tool", values: [hashed(tool)] });
  if (call !== undefined) conditions.push({ column: "call", values: [hashed(call)] });
  if (states !== undefined) conditions.push({ column: "state", values: states });
  return conditions;
}

/** How many approvals a list has where its filter does not say. */
export const LIST_LIMIT = 100;
