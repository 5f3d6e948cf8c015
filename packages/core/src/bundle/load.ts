import { InterlatchError } from "../errors/errors.ts";
import { ownOptions } from "./own-options.ts";
import { EXPRESSION_LIMITS } from "../policy/expression.ts";
import { loadReaders } from "../parts/load.ts";
import { validatePolicyBy } from "../policy/validate-policy.ts";
import { engineRefusal } from "../policy/validate-engine.ts";
import { type TrustRoot, keyringOf } from "../trust/root.ts";
import { trustedUntil, verifySigners } from "../trust/signers.ts";
import { payloadDigest } from "./digest.ts";
import { ENVELOPE_LIMITS, readEnvelope } from "./envelope.ts";
import { CLOCK_SKEW_MS, parseInstant } from "./instant.ts";
import { moveForward } from "./never-backwards.ts";
import type { BundlePayload } from "./payload.ts";
import { type PayloadFields, checkPayload } from "./payload-check.ts";
import type { RollbackStore } from "./rollback.ts";
import { type JsonLimits, parseStrictJson } from "./strict-json.ts";

/** See {@link verifyBundle}. */
export interface VerifyOptions {
  readonly trust: TrustRoot;
  /** The environment this host is, such as `prod`. The bundle must be made for it. */
  readonly audience: string;
  /** The stream this host demands. Left out: any. */
  readonly id?: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly rollback: RollbackStore;
  /** A floor set at deployment, for hosts whose rollback store forgets. */
  readonly minVersion?: number;
  /** The longest life a bundle may have, in days. 30 unless set: without a status, its end is all that stops it. */
  readonly maxLifetimeDays?: number;
  /** Whether a policy that says `mode: shadow`, and so enforces nothing, may load. Default: no. */
  readonly allowShadow?: boolean;
  /**
   * `shadow`: the bundle is only watched beside the one that is enforced, so it has a rollback state of its own: a
   * draft with a higher version must not shut out what is in force. Default: `enforce`.
   */
  readonly use?: "enforce" | "shadow";
  /**
   * Runs when all else is verified, before the rollback state advances. What it throws refuses the bundle and
   * leaves the state as it was: a bundle that this host cannot use must not shut out the one it has.
   */
  readonly prepare?: (bundle: VerifiedBundle) => void | Promise<void>;
}

/** A bundle that may be used here. */
export interface VerifiedBundle {
  /** Deep-frozen; nothing in its policy has a prototype to find inherited names in. */
  readonly payload: BundlePayload;
  /** The bundle's identity: lower-case hexadecimal SHA-256 of the payload bytes. */
  readonly digest: string;
  /** Thumbprints of the keys that signed. */
  readonly signers: readonly string[];
  /**
   * Epoch milliseconds: from when it counts no longer. Its own end, that of the trust root, or the moment when too few
   * of the keys that signed are in time, whichever comes first.
   */
  readonly until: number;
}

/**
 * How deep a payload's JSON may be. The deepest policy that `validatePolicy` lets through is a condition of 64
 * levels inside a template of 32, each level up to three of JSON (node, list, pair), below a dozen of the document.
 */
const PAYLOAD_LIMITS: JsonLimits = {
  bytes: ENVELOPE_LIMITS.payloadBytes,
  depth: 3 * (EXPRESSION_LIMITS.depth + 32) + 32,
};

const DAY_MS = 86_400_000;
const DEFAULT_LIFETIME_DAYS = 30;

/**
 * Verifies a signed policy bundle and returns what was signed. There is no way round a check and no unsigned mode.
 *
 * The checks run in a fixed order: the envelope, the signatures, only then the payload's JSON, its fields, the
 * stream, the audience, the dates, the floor, the semantics, the policy, and last the rollback state, which
 * advances only when all else passed. What is parsed is the very buffer that was verified.
 *
 * @param bytes - the envelope; copied, so that nobody can change it meanwhile
 * @throws ERR_BUNDLE_FORMAT, ERR_BUNDLE_TOO_LARGE, ERR_BUNDLE_ENCODING, ERR_BUNDLE_DUPLICATE_KEY,
 * ERR_BUNDLE_UNKNOWN_FIELD, ERR_BUNDLE_TYPE: the bytes are not a strict envelope of a bundle
 * @throws ERR_BUNDLE_SIGNATURE, ERR_BUNDLE_THRESHOLD, ERR_BUNDLE_KEY_REVOKED, ERR_BUNDLE_KEY_EXPIRED: it is not
 * signed by enough trusted keys
 * @throws ERR_BUNDLE_VERSION, ERR_BUNDLE_STREAM, ERR_BUNDLE_AUDIENCE, ERR_BUNDLE_DATES, ERR_BUNDLE_EXPIRED,
 * ERR_BUNDLE_NOT_YET_VALID: it is not for this host now
 * @throws ERR_BUNDLE_ENGINE, ERR_BUNDLE_MODE, ERR_BUNDLE_POLICY: its policy cannot be run
 * @throws ERR_BUNDLE_ROLLBACK, ERR_ROLLBACK_STATE, ERR_TRUST_ROOT_EXPIRED, ERR_OPTIONS
 * @example
 * ```ts
 * import { memoryRollback, type TrustRoot, verifyBundle } from "@interlatch/core";
 *
 * async function load(bytes: Uint8Array, trust: TrustRoot) {
 *   const { payload, digest } = await verifyBundle(bytes, {
 *     trust,
 *     audience: "prod",
 *     now: Date.now(),
 *     rollback: memoryRollback(),
 *   });
 *   console.log(payload.id, payload.version, digest);
 * }
 * ```
 */
export async function verifyBundle(
  bytes: Uint8Array,
  given: VerifyOptions,
): Promise<VerifiedBundle> {
  const options = ownOptions(given);
  checkOptions(bytes, options);
  const keyring = keyringOf(options.trust, options.now);
  const envelope = readEnvelope(copyOf(bytes), "policy-bundle");
  const [signers, digest] = await Promise.all([
    verifySigners(envelope, keyring, "bundle", options.now),
    payloadDigest(envelope.payload),
  ]);
  const fields = checkPayload(parseStrictJson(envelope.payload, PAYLOAD_LIMITS));
  checkPurpose(fields, options);
  const payload = Object.freeze({ ...fields, policy: await policyOf(fields, options) });
  const until = Math.min(Date.parse(payload.expires), trustedUntil(keyring.document, signers));
  const bundle: VerifiedBundle = Object.freeze({ payload, digest, signers, until });
  await options.prepare?.(bundle);
  const entry = { version: payload.version, digest };
  const kind = options.use === "shadow" ? "shadow" : "bundle";
  const stream = `${kind}:${payload.id}#${options.audience}`;
  await moveForward(options.rollback, stream, entry, "ERR_BUNDLE_ROLLBACK");
  return bundle;
}

/** A host without types must not switch a check off by leaving something out or by `NaN`, which compares false. */
function checkOptions(bytes: Uint8Array, options: VerifyOptions): void {
  const { audience, now, rollback, minVersion = 1, maxLifetimeDays = 1 } = options;
  const faults: readonly (readonly [boolean, string])[] = [
    [!(bytes instanceof Uint8Array), "bytes are not a Uint8Array"],
    [typeof audience !== "string" || audience === "", "audience is missing"],
    [!Number.isFinite(now), "now is not a time"],
    [typeof rollback?.advance !== "function", "rollback is not a store"],
    [!Number.isSafeInteger(minVersion), "minVersion is not an integer"],
    [!(maxLifetimeDays > 0), "maxLifetimeDays is not above 0"],
  ];
  const wrong = faults.find(([isWrong]) => isWrong)?.[1];
  if (wrong !== undefined) throw new InterlatchError("ERR_OPTIONS", `verifyBundle: ${wrong}.`);
}

/** The one copy everything is read from. Too long bytes are not copied; the reader refuses them by their length. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return bytes.length > ENVELOPE_LIMITS.bytes ? bytes : new Uint8Array(bytes);
}

/** Whether the bundle is for this host, now. */
function checkPurpose(fields: PayloadFields, options: VerifyOptions): void {
  const { id, audience, minVersion = 1 } = options;
  if (id !== undefined && fields.id !== id) {
    throw new InterlatchError(
      "ERR_BUNDLE_STREAM",
      `The bundle is of the stream ${fields.id}; ${id} is wanted.`,
    );
  }
  if (!fields.audience.includes(audience)) {
    throw new InterlatchError(
      "ERR_BUNDLE_AUDIENCE",
      `The bundle is made for ${fields.audience.join(", ")}; this host is ${audience}.`,
    );
  }
  checkDates(fields, options);
  if (fields.version < minVersion) {
    throw new InterlatchError(
      "ERR_BUNDLE_ROLLBACK",
      `The bundle has version ${fields.version}; at least ${minVersion} is deployed.`,
    );
  }
}

function checkDates({ notBefore, expires }: PayloadFields, options: VerifyOptions): void {
  const { now, maxLifetimeDays = DEFAULT_LIFETIME_DAYS } = options;
  const from = parseInstant(notBefore);
  const until = parseInstant(expires);
  if (from === undefined || until === undefined || until <= from) {
    throw new InterlatchError("ERR_BUNDLE_DATES", "The bundle ends before it begins.");
  }
  if (until - from > maxLifetimeDays * DAY_MS) {
    throw new InterlatchError(
      "ERR_BUNDLE_DATES",
      `The bundle lives longer than ${maxLifetimeDays} days.`,
    );
  }
  if (now < from - CLOCK_SKEW_MS) {
    throw new InterlatchError("ERR_BUNDLE_NOT_YET_VALID", `The bundle begins ${notBefore}.`);
  }
  if (now >= until) {
    throw new InterlatchError("ERR_BUNDLE_EXPIRED", `The bundle ended ${expires}.`);
  }
}

async function policyOf(
  { engine, policy }: PayloadFields,
  options: VerifyOptions,
): Promise<BundlePayload["policy"]> {
  const refusal = engineRefusal(engine);
  if (refusal !== null) {
    throw new InterlatchError("ERR_BUNDLE_ENGINE", `The bundle ${refusal}.`);
  }
  const checked = validatePolicyBy(policy, ...(await loadReaders(policy)));
  if (checked.engine !== engine) {
    throw new InterlatchError(
      "ERR_BUNDLE_ENGINE",
      `The bundle says semantics ${engine}, its policy ${checked.engine}.`,
    );
  }
  if (checked.mode === "shadow" && options.allowShadow !== true && options.use !== "shadow") {
    throw new InterlatchError(
      "ERR_BUNDLE_MODE",
      "The policy says `mode: shadow` and would enforce nothing; a host that wants this sets `allowShadow: true`.",
    );
  }
  return checked;
}
