import {
  type BundlePayload,
  type ErrorCode,
  InterlatchError,
  isInterlatchError,
  type Lockfile,
  memoryRollback,
  openTrustRoot,
  type Policy,
  type RollbackStore,
  type TrustRoot,
  verifyBundle,
  type VerifiedBundle,
} from "@interlatch/core";
import { readAnyEnvelope } from "@interlatch/core/sign";
import { checkPatternTable } from "@interlatch/policy";
import { refuseUnlocked } from "./lockfile.ts";

/**
 * The checks of a host, in the order in which it makes them, and those that hosts leave to us: `patterns`, since they
 * have no RE2, `locked` and `rebuild`, since they have neither the repository nor its compiler.
 */
const CHECKS = {
  pin: "the trust root is the pinned one",
  root: "the trust root is well formed and signed at its own threshold",
  rootTime: "the trust root has not ended",
  rootRollback: "no later trust root was in use",
  envelope: "the file is a strict envelope of a policy bundle",
  signatures: "enough trusted keys signed exactly these bytes",
  payload: "the payload is well formed, with no field that nobody knows",
  stream: "it is of the demanded stream",
  audience: "it is made for this environment",
  dates: "it is in force now, and lives no longer than is accepted",
  floor: "its version is at least the demanded one",
  policy: "its policy can be run by this version",
  patterns: "each pattern's program is what RE2 makes of it",
  locked: "it is exactly the bundle that is locked",
  rebuild: "the project's sources make the same payload, byte for byte",
  rollback: "no later bundle, and no other of this version, was in use",
} as const;

/** The name of a check. */
export type CheckName = keyof typeof CHECKS;

// Exactly the keys of the object.
const ORDER = Object.keys(CHECKS) as CheckName[];

/** One check and how it ended. `not asked`: nothing was demanded that it could look at. */
export interface Check {
  readonly name: CheckName;
  readonly about: string;
  readonly result: "passed" | "failed" | "not asked" | "not reached";
}

/** What a bundle is checked against. */
export interface Demands {
  readonly trust: string | Uint8Array;
  /** `sha256:HEX` */
  readonly pin: string;
  readonly audience: string;
  readonly id?: string;
  readonly minVersion?: number;
  readonly maxLifetimeDays?: number;
  readonly allowShadow?: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Left out: no state is used. */
  readonly rollback?: RollbackStore;
  /** The bundle must be exactly the one that this names. */
  readonly lockfile?: Lockfile;
  /** Throws where the sources of a verified payload do not make these bytes. */
  readonly rebuild?: (payload: BundlePayload, bytes: Uint8Array) => Promise<void>;
}

/** A bundle that passed, or the check that it failed. */
export type Verification =
  | { readonly ok: true; readonly checks: readonly Check[]; readonly bundle: VerifiedBundle }
  | { readonly ok: false; readonly checks: readonly Check[]; readonly error: InterlatchError };

/**
 * Verifies a bundle as a guard does, with its own functions, and says which of its checks were made and how each
 * ended. What fails is found out by the code that a host would see. Beyond that, every pattern is compiled again: a
 * guard runs the programs of a signed bundle, whatever their patterns say.
 *
 * @throws what is no answer of a check: ERR_OPTIONS, and defects
 */
export async function verifyByChecks(bytes: Uint8Array, demands: Demands): Promise<Verification> {
  const stage: Stage = { name: "root" };
  try {
    const bundle = await verify(bytes, demands, stage);
    return { ok: true, checks: listChecks(undefined, demands), bundle };
  } catch (error) {
    if (!isInterlatchError(error) || error.code === "ERR_OPTIONS") throw error;
    return { ok: false, checks: listChecks(failedCheck(error, stage), demands), error };
  }
}

/** How far the verification came: codes such as ERR_BUNDLE_FORMAT mean one thing before the signatures and another after. */
interface Stage {
  name: "root" | "envelope" | "bundle" | "patterns" | "locked" | "rebuild" | "rollback";
}

async function verify(bytes: Uint8Array, demands: Demands, stage: Stage): Promise<VerifiedBundle> {
  const { audience, now, id, minVersion, maxLifetimeDays, rollback, allowShadow, lockfile } =
    demands;
  const trust: TrustRoot = await openTrustRoot({
    document: demands.trust,
    digest: demands.pin,
    now,
    ...(rollback === undefined ? {} : { rollback }),
  });
  stage.name = "envelope";
  const { payload: signed } = readAnyEnvelope(new Uint8Array(bytes));
  stage.name = "bundle";
  return verifyBundle(bytes, {
    trust,
    audience,
    now,
    rollback: rollback ?? memoryRollback(),
    // Called when all else is verified: a refusal after it comes from the rollback state.
    prepare: async ({ payload, digest }) => {
      stage.name = "patterns";
      await comparePatterns(payload.policy);
      stage.name = "locked";
      if (lockfile !== undefined) refuseUnlocked(lockfile, payload, audience, `sha256:${digest}`);
      stage.name = "rebuild";
      await demands.rebuild?.(payload, signed);
      stage.name = "rollback";
    },
    ...(id === undefined ? {} : { id }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxLifetimeDays === undefined ? {} : { maxLifetimeDays }),
    ...(allowShadow === undefined ? {} : { allowShadow }),
  });
}

async function comparePatterns(policy: Policy): Promise<void> {
  const [first, ...others] = await checkPatternTable(policy);
  if (first === undefined) return;
  const more = others.length === 0 ? "" : `, nor are ${others.length} more`;
  throw new InterlatchError(
    "ERR_BUNDLE_POLICY",
    `The program of the pattern ${JSON.stringify(first)} is not what RE2 makes of it${more}.`,
  );
}

const BY_CODE: Readonly<Partial<Record<ErrorCode, CheckName>>> = {
  ERR_TRUST_ROOT_DIGEST: "pin",
  ERR_TRUST_ROOT: "root",
  ERR_TRUST_ROOT_EXPIRED: "rootTime",
  ERR_TRUST_ROOT_ROLLBACK: "rootRollback",
  ERR_BUNDLE_TYPE: "envelope",
  ERR_BUNDLE_SIGNATURE: "signatures",
  ERR_BUNDLE_THRESHOLD: "signatures",
  ERR_BUNDLE_KEY_REVOKED: "signatures",
  ERR_BUNDLE_KEY_EXPIRED: "signatures",
  ERR_BUNDLE_STREAM: "stream",
  ERR_BUNDLE_AUDIENCE: "audience",
  ERR_BUNDLE_DATES: "dates",
  ERR_BUNDLE_EXPIRED: "dates",
  ERR_BUNDLE_NOT_YET_VALID: "dates",
  ERR_BUNDLE_ROLLBACK: "floor",
  ERR_BUNDLE_ENGINE: "policy",
  ERR_BUNDLE_MODE: "policy",
  ERR_BUNDLE_POLICY: "policy",
};

function failedCheck({ code, message }: InterlatchError, stage: Stage): CheckName {
  switch (stage.name) {
    case "root":
      return code === "ERR_ROLLBACK_STATE" ? "rootRollback" : (BY_CODE[code] ?? "root");
    case "bundle":
      // A field of the payload that is not what it should be carries the code of what it is for, and its path.
      return message.startsWith("payload") ? "payload" : (BY_CODE[code] ?? "payload");
    case "envelope":
    case "patterns":
    case "locked":
    case "rebuild":
    case "rollback":
      return stage.name;
  }
}

function listChecks(failed: CheckName | undefined, demands: Demands): readonly Check[] {
  const last = failed === undefined ? ORDER.length : ORDER.indexOf(failed);
  return ORDER.map((name, index) => {
    const result =
      index > last
        ? "not reached"
        : index === last
          ? "failed"
          : isDemanded(name, demands)
            ? "passed"
            : "not asked";
    return { name, about: CHECKS[name], result };
  });
}

/** A check without something to hold the bundle against passes whatever comes, and that is not to be called a pass. */
function isDemanded(name: CheckName, demands: Demands): boolean {
  const { id, minVersion, rollback, lockfile, rebuild } = demands;
  switch (name) {
    case "locked":
      return lockfile !== undefined;
    case "rebuild":
      return rebuild !== undefined;
    case "stream":
      return id !== undefined;
    case "floor":
      return minVersion !== undefined;
    case "rollback":
    case "rootRollback":
      return rollback !== undefined;
    default:
      return true;
  }
}

/** What a verified payload says of itself. */
export function identityOf({ payload, digest, signers }: VerifiedBundle): object {
  const { id, version, audience, notBefore, expires, created, tests }: BundlePayload = payload;
  return {
    id,
    version,
    digest: `sha256:${digest}`,
    audience,
    notBefore,
    expires,
    created,
    signers,
    tests,
  };
}
