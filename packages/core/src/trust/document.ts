import { instant } from "../bundle/payload-check.ts";
import { parseInstant } from "../bundle/instant.ts";
import {
  type Check,
  type Place,
  asObject,
  closed,
  found,
  optional,
  place,
  quote,
  refuse,
  within,
} from "../policy/shape.ts";
import { integer, mapOf, oneOf, setOf } from "../policy/shape-values.ts";
import { ALGORITHMS, type Algorithm, type PublicJwk, publicJwk } from "./jwk.ts";

/** What a key may sign. `root`: trust roots, `bundle`: policies, `audit`: checkpoints, `approval`: answers of reviewers. */
export const ROLES = ["root", "bundle", "status", "audit", "approval"] as const;
/** One of {@link ROLES}. */
export type RoleName = (typeof ROLES)[number];

/** The payload of a trust root: whose signatures count, for what, and how many it takes. */
export interface TrustRootDocument {
  readonly format: 1;
  /** At least 1; a new root carries the next number. */
  readonly version: number;
  /** `YYYY-MM-DDThh:mm:ssZ`. */
  readonly expires: string;
  /** By RFC 7638 thumbprint. */
  readonly keys: { readonly [thumbprint: string]: TrustedKey };
  readonly roles: TrustRoles;
  /** Thumbprints whose signatures count for nothing, whatever else is said of them. */
  readonly revokedKeys: readonly string[];
}

/** A key that is trusted for the roles that name it. */
export interface TrustedKey {
  readonly alg: Algorithm;
  readonly jwk: PublicJwk;
  /** `YYYY-MM-DDThh:mm:ssZ`. */
  readonly notBefore: string;
  /** `YYYY-MM-DDThh:mm:ssZ`; from then on its signatures no longer count. */
  readonly notAfter: string;
}

/** `root` and `bundle` are always there; a role that is left out has no keys. */
export interface TrustRoles {
  readonly root: TrustRole;
  readonly bundle: TrustRole;
  readonly status?: TrustRole;
  readonly audit?: TrustRole;
  readonly approval?: TrustRole;
}

/** `threshold` different ones of these keys must sign. */
export interface TrustRole {
  readonly keyids: readonly string[];
  readonly threshold: number;
}

const MAX_KEYS = 64;
const MAX_REVOKED = 10_000;

const keyid: Check<string> = (value, at) =>
  typeof value === "string" && /^[A-Za-z0-9_-]{43}$/.test(value)
    ? value
    : refuse(at, `expected an RFC 7638 thumbprint, found ${found(value)}`);

const algorithm = oneOf(ALGORITHMS);

function trustedKey(value: unknown, at: Place): TrustedKey {
  const { alg } = asObject(value, at);
  const checkedAlg = algorithm(alg, within(at, "alg"));
  const fields = closed<TrustedKey>({
    alg: algorithm,
    jwk: (jwk, here) => publicJwk(jwk, checkedAlg, here),
    notBefore: instant,
    notAfter: instant,
  });
  const key = fields(value, at);
  // Both went through `instant`.
  return (parseInstant(key.notBefore) ?? 0) < (parseInstant(key.notAfter) ?? 0)
    ? key
    : refuse(at, "notAfter is not later than notBefore");
}

const role = closed<TrustRole>({
  keyids: setOf(keyid, 1, MAX_KEYS),
  threshold: integer(1, MAX_KEYS),
});

const documentFields = closed<TrustRootDocument>({
  format: oneOf([1]),
  version: integer(1),
  expires: instant,
  keys: mapOf(keyid, trustedKey, MAX_KEYS),
  roles: closed<TrustRoles>({
    root: role,
    bundle: role,
    status: optional(role),
    audit: optional(role),
    approval: optional(role),
  }),
  revokedKeys: setOf(keyid, 0, MAX_REVOKED),
});

/**
 * Checks a parsed trust root on its own: closed fields, sane dates, every role's keys listed, every threshold
 * at least 1 and within what its keys that are not revoked can reach. Whether a key has the id it is listed under is
 * seen when its thumbprint is computed.
 *
 * @throws ERR_TRUST_ROOT
 */
export function checkTrustRootDocument(value: unknown): TrustRootDocument {
  const here = place("trust root", "ERR_TRUST_ROOT");
  const checked = documentFields(value, here);
  for (const roleName of ROLES) {
    const checkedRole = checked.roles[roleName];
    if (checkedRole !== undefined) {
      checkRole(checked, checkedRole, within(within(here, "roles"), roleName));
    }
  }
  return checked;
}

function checkRole(root: TrustRootDocument, { keyids, threshold }: TrustRole, at: Place): void {
  const unlisted = keyids.find((id) => !Object.hasOwn(root.keys, id));
  if (unlisted !== undefined) refuse(at, `the key ${quote(unlisted)} is not listed`);
  const usable = keyids.filter((id) => !root.revokedKeys.includes(id)).length;
  if (threshold > usable) {
    refuse(at, `asks for ${threshold} signatures, and ${usable} of its keys can give one`);
  }
}
