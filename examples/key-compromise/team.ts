import { readFile } from "node:fs/promises";
import {
  addSignature,
  buildTrustRoot,
  generateKey,
  importPrivateKey,
  signPayload,
  signTrustRoot,
  type SigningKey,
  type TrustRootInput,
} from "@interlatch/core/sign";
import { buildPayload, compilePolicy, formatDiagnostic } from "@interlatch/policy";

const day = 86_400_000;
const now = Date.now();
const instant = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
const [notBefore, notAfter] = [instant(now - day), instant(now + 365 * day)];

/** A key, as `interlatch keygen` makes one. */
export async function makeKey(): Promise<SigningKey> {
  return importPrivateKey((await generateKey()).privateKey);
}

/** Ann, Ben and Cho may change whom the services trust; any two of them must agree. */
export interface RootKeys {
  readonly ann: SigningKey;
  readonly ben: SigningKey;
  readonly cho: SigningKey;
}

/** Who may sign bundles from a root on, and who no longer. */
export interface Trusted {
  readonly version: number;
  readonly bundleKeys: readonly SigningKey[];
  readonly revoked?: readonly SigningKey[];
}

/**
 * A trust root that Ann signs, and then Ben, as `interlatch trust revoke`, `add-key` and `trust sign` do. Cho is on
 * holiday, which is why it takes two of three.
 */
export async function signRoot(
  { ann, ben, cho }: RootKeys,
  { version, bundleKeys, revoked = [] }: Trusted,
): Promise<{ readonly document: string; readonly digest: string }> {
  const ids = (keys: readonly SigningKey[]): string[] => keys.map(({ keyid }) => keyid);
  const input: TrustRootInput = {
    version,
    expires: notAfter,
    keys: [ann, ben, cho, ...bundleKeys].map(({ publicJwk }) => ({
      publicJwk,
      notBefore,
      notAfter,
    })),
    roles: {
      root: { keyids: ids([ann, ben, cho]), threshold: 2 },
      bundle: { keyids: ids(bundleKeys), threshold: 1 },
    },
    revokedKeys: ids(revoked),
  };
  const root = await buildTrustRoot(input);
  const document = await addSignature(await signTrustRoot(root, [ann]), ben);
  return { document, digest: `sha256:${root.digest}` };
}

/** Compiles and signs a policy, as `interlatch build` and `interlatch sign` do. */
export async function signBundle(
  policyFile: string,
  version: number,
  key: SigningKey,
): Promise<string> {
  const text = await readFile(new URL(policyFile, import.meta.url), "utf8");
  const source = { path: policyFile, text };
  const made = await compilePolicy({ files: [source] });
  if (!made.ok) throw new Error(made.errors.map((error) => formatDiagnostic(error)).join("\n\n"));
  const payload = await buildPayload({
    policy: made.policy,
    version,
    audience: ["prod"],
    notBefore: instant(now - 3_600_000),
    expires: instant(now + 7 * day),
    created: instant(now),
    sources: [source],
  });
  return signPayload({ kind: "policy-bundle", payload, keys: [key] });
}
