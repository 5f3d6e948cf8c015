import {
  createGuard,
  ENGINE,
  inlineSource,
  memoryAudit,
  memoryRollback,
  type BundlePayload,
  type BundleSource,
  type Guard,
  type GuardOptions,
  type MemoryAudit,
  type Policy,
  type TrustOptions,
} from "@interlatch/core";
import {
  buildStatus,
  buildTrustRoot,
  generateKey,
  importPrivateKey,
  signPayload,
  signTrustRoot,
  type DocumentKind,
  type SigningKey,
  type StatusInput,
} from "@interlatch/core/sign";

/** When the tests' bundles begin, epoch milliseconds. */
export const BEGIN: number = Date.parse("2026-01-01T00:00:00Z");
const DAY = 86_400_000;

/** A key, the trust root that names it, and what they sign. */
export interface Signing {
  readonly key: SigningKey;
  readonly trust: TrustOptions;
  /** A signed bundle of version 1 for `test`, in force for a week from {@link BEGIN}; `is` replaces fields. */
  bundle(policy: Policy, is?: Partial<BundlePayload>): Promise<string>;
  /** A signed status of version 1 for `test`, from {@link BEGIN} for two hours, without streams; `is` replaces fields. */
  status(is?: Partial<StatusInput>): Promise<string>;
  /** Any payload under any kind. */
  document(kind: DocumentKind, payload: unknown): Promise<string>;
}

/** Makes a key and a trust root of that key alone. */
export async function makeSigning(): Promise<Signing> {
  const { keyid, privateKey, publicJwk } = await generateKey();
  const key = await importPrivateKey(privateKey);
  const only = { keyids: [keyid], threshold: 1 };
  const [notBefore, notAfter] = [instant(BEGIN - DAY), instant(BEGIN + 365 * DAY)];
  const root = await buildTrustRoot({
    version: 1,
    expires: notAfter,
    keys: [{ publicJwk, notBefore, notAfter }],
    roles: { root: only, bundle: only, status: only },
  });
  const document = (kind: DocumentKind, payload: unknown): Promise<string> =>
    signPayload({ kind, payload: new TextEncoder().encode(JSON.stringify(payload)), keys: [key] });
  return {
    key,
    trust: { document: await signTrustRoot(root, [key]), digest: `sha256:${root.digest}` },
    bundle: (policy, is = {}) => document("policy-bundle", { ...payloadOf(policy), ...is }),
    status: (is = {}) => {
      const { payload } = buildStatus({
        version: 1,
        audience: ["test"],
        issued: instant(BEGIN),
        expires: instant(BEGIN + 2 * 3_600_000),
        streams: {},
        ...is,
      });
      return signPayload({ kind: "status", payload, keys: [key] });
    },
    document,
  };
}

/** What is signed, for a policy. */
export function payloadOf(policy: Policy): BundlePayload {
  return {
    format: 1,
    id: policy.id,
    version: 1,
    audience: ["test"],
    notBefore: instant(BEGIN),
    expires: instant(BEGIN + 7 * DAY),
    engine: ENGINE,
    policy,
    sources: [],
    tests: { files: [], cases: 0, coverage: 0 },
    compiler: { version: "test" },
    created: instant(BEGIN),
  };
}

/** `YYYY-MM-DDThh:mm:ssZ`. */
export function instant(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** A guard over a signed bundle, with its log. */
export interface SignedGuard {
  readonly guard: Guard;
  readonly audit: MemoryAudit;
}

/** Starts a guard over a bundle that {@link Signing} made. Its clock stands at {@link BEGIN} plus an hour. */
export async function guardOver(
  bundle: string | BundleSource,
  trust: TrustOptions,
  options: Partial<GuardOptions> = {},
): Promise<SignedGuard> {
  const audit = memoryAudit();
  const guard = await createGuard({
    bundle: typeof bundle === "string" ? inlineSource(bundle) : bundle,
    trust,
    audience: "test",
    rollback: memoryRollback(),
    audit,
    clock: () => BEGIN + 3_600_000,
    ...options,
  });
  return { guard, audit };
}
