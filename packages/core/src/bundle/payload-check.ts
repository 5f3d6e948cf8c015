import { type Check, type Place, closed, found, optional, place, refuse } from "../policy/shape.ts";
import { integer, listOf, name, oneOf, setOf, text } from "../policy/shape-values.ts";
import { parseInstant } from "./instant.ts";
import type { BundlePayload, FileDigest } from "./payload.ts";

/** A payload whose fields are all as they should be, but for the policy, which is checked later and on its own. */
export interface PayloadFields extends Omit<BundlePayload, "policy"> {
  readonly policy: unknown;
}

/** A strict instant; see {@link parseInstant}. */
export const instant: Check<string> = (value, at) =>
  typeof value === "string" && parseInstant(value) !== undefined
    ? value
    : refuse(at, `expected YYYY-MM-DDThh:mm:ssZ, found ${found(value)}`);

/** Lower-case hexadecimal SHA-256. */
export const sha256Digest: Check<string> = (value, at) =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value)
    ? value
    : refuse(at, `expected a SHA-256 in lower-case hexadecimal, found ${found(value)}`);

const fileDigest = closed<FileDigest>({ path: text(1_024), sha256: sha256Digest });
const fileDigests = listOf(fileDigest, 0, 20_000);

const share: Check<number> = (value, at) =>
  typeof value === "number" && value >= 0 && value <= 1
    ? value
    : refuse(at, `expected a number from 0 to 1, found ${found(value)}`);

const payloadFields = closed<PayloadFields>(
  {
    format: oneOf([1]),
    id: name,
    version: integer(1),
    audience: setOf(name, 1, 100),
    notBefore: instant,
    expires: instant,
    engine: integer(0),
    policy: (value: unknown) => value,
    sources: fileDigests,
    tests: closed<BundlePayload["tests"]>({
      files: fileDigests,
      cases: integer(0),
      coverage: share,
    }),
    compiler: closed<BundlePayload["compiler"]>({ version: text(256) }),
    created: instant,
    change: optional(text(1_024)),
  },
  {
    version: "ERR_BUNDLE_VERSION",
    audience: "ERR_BUNDLE_AUDIENCE",
    notBefore: "ERR_BUNDLE_DATES",
    expires: "ERR_BUNDLE_DATES",
    created: "ERR_BUNDLE_DATES",
  },
);

/** Checks every field of a parsed payload but its policy. */
export function checkPayload(value: unknown): PayloadFields {
  const here: Place = place("payload", "ERR_BUNDLE_FORMAT", "ERR_BUNDLE_UNKNOWN_FIELD");
  return payloadFields(value, here);
}
