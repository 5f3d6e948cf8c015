import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  inlineSource,
  memoryAudit,
  memoryRollback,
  type Guard,
  type GuardOptions,
  type Logger,
  type MemoryAudit,
} from "@interlatch/core";
import { createGuard } from "@interlatch/core/node";
import {
  buildTrustRoot,
  generateKey,
  importPrivateKey,
  signPayload,
  signTrustRoot,
  type SigningKey,
} from "@interlatch/core/sign";
import { buildPayload, compilePolicy, formatDiagnostic } from "@interlatch/policy";

/** The policy that all examples share. */
export const SEED = new URL("../policies/seed.yaml", import.meta.url);

/** Says nothing: the examples print what they show themselves. A guard without it says each denial on standard error. */
export const QUIET: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const day = 86_400_000;
const seconds = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** A key, and the trust root that names it. An application ships the root and pins its digest; the key stays with whoever signs. */
export interface Signer {
  readonly key: SigningKey;
  readonly trust: { readonly document: string; readonly digest: string };
}

/** Makes a key and a trust root of one key, as `interlatch keygen` and `interlatch trust init` do. */
export async function makeSigner(now: number): Promise<Signer> {
  const { keyid, privateKey, publicJwk } = await generateKey();
  const only = { keyids: [keyid], threshold: 1 };
  const [notBefore, notAfter] = [seconds(now - day), seconds(now + 365 * day)];
  const root = await buildTrustRoot({
    version: 1,
    expires: notAfter,
    keys: [{ publicJwk, notBefore, notAfter }],
    roles: { root: only, bundle: only },
  });
  const key = await importPrivateKey(privateKey);
  return {
    key,
    trust: { document: await signTrustRoot(root, [key]), digest: `sha256:${root.digest}` },
  };
}

/** What a signed bundle is for. */
export interface BundleFor {
  readonly version?: number;
  readonly audience?: string;
  /** Epoch milliseconds. */
  readonly notBefore?: number;
  readonly expires?: number;
}

/** Compiles and signs the seed policy, as `interlatch build` and `interlatch sign` do. */
export async function signSeed(signer: Signer, now: number, is: BundleFor = {}): Promise<string> {
  return signPolicy(SEED, signer, now, is);
}

async function signPolicy(
  file: URL,
  signer: Signer,
  now: number,
  is: BundleFor = {},
): Promise<string> {
  const source = { path: basename(file.pathname), text: await readFile(file, "utf8") };
  const made = await compilePolicy({ files: [source] });
  if (!made.ok) throw new Error(made.errors.map((error) => formatDiagnostic(error)).join("\n\n"));
  const payload = await buildPayload({
    policy: made.policy,
    version: is.version ?? 1,
    audience: [is.audience ?? "demo"],
    notBefore: seconds(is.notBefore ?? now - 3_600_000),
    expires: seconds(is.expires ?? now + 7 * day),
    created: seconds(now),
    sources: [source],
  });
  return signPayload({ kind: "policy-bundle", payload, keys: [signer.key] });
}

/** A guard over a signed policy, its bundle, its trust, and the log it writes to. */
export interface SignedGuard {
  readonly guard: Guard;
  readonly audit: MemoryAudit;
  readonly bundle: string;
  readonly trust: Signer["trust"];
}

/** Signs a policy, the seed policy where none is named, with a fresh key and starts a guard over it. */
export async function signedGuard({
  policy = SEED,
  ...options
}: Partial<Pick<GuardOptions, "clock" | "onReview" | "logger">> & {
  readonly policy?: URL;
} = {}): Promise<SignedGuard> {
  const now = options.clock?.() ?? Date.now();
  const signer = await makeSigner(now);
  const bundle = await signPolicy(policy, signer, now);
  const audit = memoryAudit();
  const guard = await createGuard({
    bundle: inlineSource(bundle),
    trust: signer.trust,
    audience: "demo",
    rollback: memoryRollback(),
    audit,
    logger: QUIET,
    ...options,
  });
  return { guard, audit, bundle, trust: signer.trust };
}
