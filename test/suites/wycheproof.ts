import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeBase64Url } from "../../packages/core/src/bundle/base64.ts";
import type { PublicJwk } from "../../packages/core/src/trust/jwk.ts";
import { createVerifier } from "../../packages/core/src/trust/verifier.ts";
import type { SuiteOptions, SuiteResult } from "../tasks/suite-result.ts";

/** Project Wycheproof's vectors, as they are published; see README.md beside them. */
const DATA = join(import.meta.dirname, "..", "vectors", "wycheproof");

/** The files, with the number of cases that each must have: a file that lost some would pass with the rest. */
const FILES = [
  { name: "ed25519_test.json", cases: 151, invalid: 63 },
  { name: "ecdsa_secp256r1_sha256_p1363_test.json", cases: 262, invalid: 89 },
] as const;

/** The part of a file that is read. */
interface File {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk?: string; readonly uncompressed?: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly msg: string;
      readonly sig: string;
      readonly result: "valid" | "invalid";
    }[];
  }[];
}

/**
 * `pnpm suite wycheproof`: every signature that must be refused and every one that must count, by the verifier that
 * bundles and trust roots are verified with.
 */
export async function run(_options: SuiteOptions): Promise<SuiteResult> {
  const lines: string[] = [];
  let passed = 0;
  let failed = 0;
  for (const { name, cases, invalid } of FILES) {
    // A file of known origin and shape; its counts are checked below.
    const file = JSON.parse(await readFile(join(DATA, name), "utf8")) as File;
    const counts = { all: 0, invalid: 0 };
    const wrong: string[] = [];
    for (const { publicKey, tests } of file.testGroups) {
      const verify = await createVerifier(jwkOf(publicKey));
      for (const { tcId, comment, msg, sig, result } of tests) {
        counts.all += 1;
        counts.invalid += result === "invalid" ? 1 : 0;
        const counted = await verify(bytes(msg), bytes(sig));
        if (counted !== (result === "valid")) wrong.push(`  FAILED  ${name} ${tcId}  ${comment}`);
      }
    }
    if (counts.all !== cases || counts.invalid !== invalid) {
      wrong.push(`  FAILED  ${name} has ${counts.all} cases, ${counts.invalid} of them invalid`);
    }
    lines.push(`${name}: ${cases} signatures, ${invalid} of which must be refused`, ...wrong);
    passed += counts.all - wrong.length;
    failed += wrong.length;
  }
  return { passed, failed, lines };
}

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function jwkOf({ pk, uncompressed }: File["testGroups"][number]["publicKey"]): PublicJwk {
  if (pk !== undefined) return { kty: "OKP", crv: "Ed25519", x: encodeBase64Url(bytes(pk)) };
  const point = bytes(uncompressed ?? "");
  return {
    kty: "EC",
    crv: "P-256",
    x: encodeBase64Url(point.slice(1, 33)),
    y: encodeBase64Url(point.slice(33)),
  };
}
