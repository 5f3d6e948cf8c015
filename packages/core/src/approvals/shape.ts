import { DECISION_CODES, type DecisionCode } from "../decision/codes.ts";
import type { BundleIdentity, RuleOutcome, StreamIdentity } from "../decision/decision.ts";
import { REVIEW_PRIORITIES } from "../policy/ir.ts";
import { reviewDemand } from "../policy/validate-review.ts";
import { type Check, closed, optional, type Place, place, refuse } from "../policy/shape.ts";
import { finite, integer, listOf, oneOf, text } from "../policy/shape-values.ts";
import { callDigest } from "../snapshot/digest.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { takeSnapshot } from "../snapshot/snapshot.ts";
import {
  type Approval,
  APPROVAL_STATES,
  type ApprovalEvent,
  approvalKey,
  type ApprovalReason,
  type Vote,
} from "./approval.ts";

/** The longest text in a record of an approval, in UTF-16 units: the key holds a session, a call id and a tool. */
const words = text(65_536);

/** How many entries a list in it may have. */
const MANY = 10_000;

/**
 * Reads what a store gives, into a frozen copy that inherits nothing. A store is written to by others: what it gives
 * must be an approval whole, under the key and with the digest that its own content has.
 *
 * @returns `null`: it gave nothing
 * @throws InterlatchError when it is no sound approval
 */
export function readApproval(value: unknown): Approval | null {
  if (value === null || value === undefined) return null;
  const at = place("approval", "ERR_STORE");
  const approval = shape(value, at);
  if (approval.key !== approvalKey(approval)) refuse(at, "stands under the key of another call");
  if (approval.digest !== callDigest(approval.call.tool, approval.arguments)) {
    refuse(at, "has the digest of other arguments");
  }
  return approval;
}

function nullable<T>(check: Check<T>): Check<T | null> {
  return (value, at) => (value === null ? null : check(value, at));
}

function time(value: unknown, at: Place): string {
  const written = words(value, at);
  return Number.isNaN(Date.parse(written)) ? refuse(at, "expected an instant") : written;
}

function digest(value: unknown, at: Place): string {
  const written = words(value, at);
  return /^[0-9a-f]{64}$/.test(written) ? written : refuse(at, "expected a SHA-256");
}

function image(value: unknown, at: Place): JsonObject {
  const read = takeSnapshot(value);
  return typeof read === "string" ? refuse(at, "expected arguments") : read.image;
}

function code(value: unknown, at: Place): DecisionCode {
  const written = words(value, at);
  return Object.hasOwn(DECISION_CODES, written)
    ? (written as DecisionCode) // one of the table's own keys
    : refuse(at, "expected a decision code");
}

const effect = oneOf(["allow", "review", "deny"]);
const texts = listOf(words, 0, MANY);

const why = closed<ApprovalReason>({
  code,
  reason: words,
  rule: nullable(words),
  rules: listOf(
    closed<RuleOutcome>({
      name: words,
      action: effect,
      outcome: oneOf(["matched", "not_matched", "error"]),
      at: closed<RuleOutcome["at"]>({ file: words, line: integer(1) }),
    }),
    0,
    20_000,
  ),
  risk: closed<ApprovalReason["risk"]>({
    score: finite,
    factors: listOf(
      closed<ApprovalReason["risk"]["factors"][number]>({ name: words, points: finite }),
      0,
      MANY,
    ),
  }),
});

const vote = closed<Vote>({
  reviewer: closed<Vote["reviewer"]>({ id: words, groups: texts }),
  answer: oneOf(["approve", "reject", "modify"]),
  reason: optional(words),
  digest,
  time,
});

const event = closed<ApprovalEvent>({
  time,
  event: oneOf([
    "requested",
    "voted",
    "modified",
    "approved",
    "rejected",
    "expired",
    "cancelled",
    "superseded",
    "consumed",
    "returned",
  ]),
  by: nullable(words),
  digest,
  note: optional(words),
});

const identity = { id: words, version: integer(0), digest: words };

const shape = closed<Approval>({
  id: words,
  key: text(1_048_576),
  version: integer(1),
  state: oneOf(APPROVAL_STATES),
  call: closed<Approval["call"]>({ id: text(524_288), tool: words }),
  arguments: image,
  asked: image,
  digest,
  askedDigest: digest,
  agent: closed<Approval["agent"]>({ id: words, roles: texts, delegation: optional(texts) }),
  user: nullable(words),
  tenant: nullable(words),
  session: words,
  why,
  bundle: nullable(
    closed<BundleIdentity>({
      ...identity,
      streams: optional(listOf(closed<StreamIdentity>({ name: words, ...identity }), 1, MANY)),
    }),
  ),
  demands: listOf(reviewDemand, 1, MANY),
  priority: oneOf(REVIEW_PRIORITIES),
  limits: texts,
  createdAt: time,
  expiresAt: time,
  votes: listOf(vote, 0, MANY),
  modified: nullable(closed<NonNullable<Approval["modified"]>>({ by: words, time })),
  history: listOf(event, 0, MANY),
});
