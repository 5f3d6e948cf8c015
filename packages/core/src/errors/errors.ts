import type { DeniedError } from "../fallback/denial.ts";

/**
 * Every code an {@link InterlatchError} can carry. The union is closed: a new code is a minor
 * version, none changes its meaning. Errors are misuse and integrity failures; a denial is one only as `ERR_DENIED`.
 */
export const ERROR_CODES = [
  // the envelope and its bytes
  "ERR_BUNDLE_FORMAT",
  "ERR_BUNDLE_TOO_LARGE",
  "ERR_BUNDLE_ENCODING",
  "ERR_BUNDLE_DUPLICATE_KEY",
  "ERR_BUNDLE_TYPE",
  "ERR_BUNDLE_SIGNATURE",
  "ERR_BUNDLE_THRESHOLD",
  "ERR_BUNDLE_KEY_REVOKED",
  "ERR_BUNDLE_KEY_EXPIRED",
  // what the payload says
  "ERR_BUNDLE_UNKNOWN_FIELD",
  "ERR_BUNDLE_VERSION",
  "ERR_BUNDLE_AUDIENCE",
  "ERR_BUNDLE_STREAM",
  "ERR_BUNDLE_DATES",
  "ERR_BUNDLE_EXPIRED",
  "ERR_BUNDLE_NOT_YET_VALID",
  "ERR_BUNDLE_ROLLBACK",
  "ERR_BUNDLE_ENGINE",
  "ERR_BUNDLE_MODE",
  "ERR_BUNDLE_POLICY",
  "ERR_BUNDLE_UNREACHABLE",
  "ERR_BUNDLE_REVOKED",
  "ERR_BUNDLE_NOT_CURRENT",
  // the status document
  "ERR_STATUS",
  "ERR_STATUS_AUDIENCE",
  "ERR_STATUS_DATES",
  "ERR_STATUS_EXPIRED",
  "ERR_STATUS_ROLLBACK",
  // the trust root
  "ERR_TRUST_ROOT",
  "ERR_TRUST_ROOT_DIGEST",
  "ERR_TRUST_ROOT_EXPIRED",
  "ERR_TRUST_ROOT_ROLLBACK",
  // keys, files and states
  "ERR_FILE",
  "ERR_KEY",
  "ERR_KEY_PERMISSIONS",
  "ERR_ROLLBACK_STATE",
  "ERR_AUDIT",
  "ERR_STORE",
  // building a policy
  "ERR_POLICY",
  "ERR_CONFIG",
  // misuse of the API
  "ERR_OPTIONS",
  "ERR_IDENTITY",
  "ERR_GUARD_CLOSED",
  // a conversation that was sent on before the people it waits for have answered
  "ERR_REVIEW_PENDING",
  // a denied call, where the policy says `throw` and the host allows it
  "ERR_DENIED",
] as const;

/** The code of an {@link InterlatchError}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Registered globally, so that the mark is the same in two installed copies of this package. */
const MARK = Symbol.for("interlatch.error");

/**
 * The one error class of interlatch. It is thrown for misuse and for integrity failures (a bundle
 * that does not verify, a trust root that is not the pinned one); a denied call is a value, and an
 * error only where policy and host both say so (`ERR_DENIED`).
 *
 * Recognise it with {@link isInterlatchError}, which also works across two installed copies.
 *
 * @example
 * ```ts
 * import { InterlatchError, isInterlatchError } from "@interlatch/core";
 * try {
 *   throw new InterlatchError("ERR_BUNDLE_EXPIRED", "The bundle ended 2026-01-01T00:00:00Z.");
 * } catch (error) {
 *   if (isInterlatchError(error, "ERR_BUNDLE_EXPIRED")) console.error(error.message);
 * }
 * ```
 */
export class InterlatchError extends Error {
  override readonly name = "InterlatchError";
  /** What went wrong, from the closed union. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, MARK, { value: true });
  }
}

/**
 * Whether a caught value is an {@link InterlatchError}, of this or of another installed copy.
 *
 * @param error - what was caught
 * @param code - when given, the error must carry exactly this code
 */
export function isInterlatchError(error: unknown, code: "ERR_DENIED"): error is DeniedError;
export function isInterlatchError(error: unknown, code?: ErrorCode): error is InterlatchError;
export function isInterlatchError(error: unknown, code?: ErrorCode): error is InterlatchError {
  if (typeof error !== "object" || error === null || !(MARK in error)) return false;
  return code === undefined || ("code" in error && error.code === code);
}
