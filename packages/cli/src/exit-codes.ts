import type { ErrorCode } from "@interlatch/core";

/** What the exit code of `interlatch` says. The numbers are an interface: none changes its meaning. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  file: 3,
  key: 4,
  format: 10,
  signature: 11,
  dates: 12,
  audience: 13,
  rollback: 14,
  trust: 15,
  policy: 16,
  internal: 70,
} as const;

/** The name of an exit code. */
export type Exit = keyof typeof EXIT;

/** What each exit code means, for `--help` and the README. */
export const EXIT_MEANINGS: Readonly<Record<Exit, string>> = {
  ok: "all went well",
  failed: "the work was done and its answer is no: the policy has errors, tests failed",
  usage: "wrong use: an unknown command or option, a missing value, a broken config file",
  file: "a file cannot be read or written",
  key: "a private key cannot be used: its form, its file mode, its passphrase",
  format: "bundle: the bytes are not a strict envelope of a bundle, or its payload is malformed",
  signature: "bundle: not signed by enough trusted keys",
  dates: "bundle: expired, not yet valid, or living too long",
  audience: "bundle: made for another environment or another stream",
  rollback: "bundle: older than what was in use, or below the demanded version",
  trust: "trust root: not the pinned one, not valid, or expired",
  policy: "bundle: its policy cannot be run by this version",
  internal: "a defect of interlatch itself",
};

/** Every code has its exit: one that is added without a decision here does not compile. */
const EXITS: Readonly<Record<ErrorCode, Exit>> = {
  ERR_BUNDLE_FORMAT: "format",
  ERR_BUNDLE_TOO_LARGE: "format",
  ERR_BUNDLE_ENCODING: "format",
  ERR_BUNDLE_DUPLICATE_KEY: "format",
  ERR_BUNDLE_TYPE: "format",
  ERR_BUNDLE_UNKNOWN_FIELD: "format",
  ERR_BUNDLE_VERSION: "format",
  ERR_BUNDLE_SIGNATURE: "signature",
  ERR_BUNDLE_THRESHOLD: "signature",
  ERR_BUNDLE_KEY_REVOKED: "signature",
  ERR_BUNDLE_KEY_EXPIRED: "signature",
  ERR_BUNDLE_DATES: "dates",
  ERR_BUNDLE_EXPIRED: "dates",
  ERR_BUNDLE_NOT_YET_VALID: "dates",
  ERR_BUNDLE_AUDIENCE: "audience",
  ERR_BUNDLE_STREAM: "audience",
  ERR_BUNDLE_ROLLBACK: "rollback",
  ERR_ROLLBACK_STATE: "rollback",
  ERR_BUNDLE_ENGINE: "policy",
  ERR_BUNDLE_MODE: "policy",
  ERR_BUNDLE_POLICY: "policy",
  ERR_BUNDLE_UNREACHABLE: "file",
  ERR_BUNDLE_REVOKED: "rollback",
  ERR_BUNDLE_NOT_CURRENT: "rollback",
  ERR_STATUS: "format",
  ERR_STATUS_AUDIENCE: "audience",
  ERR_STATUS_DATES: "dates",
  ERR_STATUS_EXPIRED: "dates",
  ERR_STATUS_ROLLBACK: "rollback",
  ERR_TRUST_ROOT: "trust",
  ERR_TRUST_ROOT_DIGEST: "trust",
  ERR_TRUST_ROOT_EXPIRED: "trust",
  ERR_TRUST_ROOT_ROLLBACK: "trust",
  ERR_FILE: "file",
  ERR_KEY: "key",
  ERR_KEY_PERMISSIONS: "key",
  ERR_AUDIT: "failed",
  ERR_STORE: "failed",
  ERR_POLICY: "failed",
  ERR_CONFIG: "usage",
  ERR_OPTIONS: "usage",
  ERR_IDENTITY: "usage",
  ERR_GUARD_CLOSED: "internal",
  ERR_REVIEW_PENDING: "internal",
  ERR_DENIED: "internal",
};

/** The exit code for an error. */
export function exitOf(code: ErrorCode): number {
  return EXIT[EXITS[code]];
}

/** The table of exit codes as `--help` prints it. */
export function exitTable(): readonly string[] {
  // Exactly the keys of the object.
  const names = Object.keys(EXIT) as Exit[];
  return names.map((name) => `  ${String(EXIT[name]).padStart(2)}  ${EXIT_MEANINGS[name]}`);
}
