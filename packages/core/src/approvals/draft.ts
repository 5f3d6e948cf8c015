import type { Decision } from "../decision/decision.ts";
import type { Rule } from "../policy/ir.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { type Approval, approvalKey } from "./approval.ts";
import { demandsOf } from "./demands.ts";
import { instant } from "./transitions.ts";

/** A call that people are to be asked about. */
export interface Question {
  readonly call: Approval["call"];
  readonly agent: Approval["agent"];
  readonly user: string | null;
  readonly tenant: string | null;
  readonly session: string;
  /** As the policy made them. */
  readonly arguments: JsonObject;
  /** As the model asked, but for what is hidden. */
  readonly asked: JsonObject;
  /** Of tool and arguments. */
  readonly digest: string;
  readonly decision: Decision;
  /** Those that ask. */
  readonly rules: readonly Pick<Rule, "review">[];
  /** Limits, by rule name, that it would go past. */
  readonly limits: readonly string[];
  /** The one it takes the place of: what a reviewer made of the arguments there stays. */
  readonly instead: Approval | null;
}

/** A new approval, which nobody has answered. `now`: epoch milliseconds. */
export function draftOf(question: Question, now: number): Approval {
  const { call, agent, user, tenant, session, asked, digest, decision, limits } = question;
  const { demands, expiresMs, priority } = demandsOf(question.rules, decision.risk);
  const { code, reason, rule, rules, risk, bundle } = decision;
  const edited = question.instead?.modified === null ? null : question.instead;
  const stands = edited === null ? question : edited;
  const createdAt = instant(now);
  const requested = {
    time: createdAt,
    event: "requested",
    by: null,
    digest: stands.digest,
  } as const;
  return Object.freeze({
    id: globalThis.crypto.randomUUID(),
    key: approvalKey({ tenant, session, askedDigest: digest, call, agent, user }),
    version: 1,
    state: "pending",
    call,
    arguments: stands.arguments,
    asked,
    digest: stands.digest,
    askedDigest: digest,
    agent,
    user,
    tenant,
    session,
    why: Object.freeze({ code, reason, rule, rules, risk }),
    bundle,
    demands,
    priority,
    limits: Object.freeze([...limits]),
    createdAt,
    expiresAt: instant(now + expiresMs),
    votes: Object.freeze([]),
    modified: edited?.modified ?? null,
    history: Object.freeze([Object.freeze(requested)]),
  });
}
