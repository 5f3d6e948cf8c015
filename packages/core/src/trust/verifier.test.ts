import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeBase64Url } from "../bundle/base64.ts";
import type { PublicJwk } from "./jwk.ts";
import { createVerifier } from "./verifier.ts";

/** The part of a Wycheproof file that is read. */
interface Suite {
  readonly numberOfTests: number;
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

function suite(name: string): Suite {
  const path = new URL(`../../../../test/vectors/wycheproof/${name}.json`, import.meta.url);
  // A file of known origin and shape; a test that reads nothing fails on its count.
  return JSON.parse(readFileSync(path, "utf8")) as Suite;
}

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function jwkOf({ pk, uncompressed }: Suite["testGroups"][number]["publicKey"]): PublicJwk {
  if (pk !== undefined) return { kty: "OKP", crv: "Ed25519", x: encodeBase64Url(bytes(pk)) };
  const point = bytes(uncompressed ?? "");
  return {
    kty: "EC",
    crv: "P-256",
    x: encodeBase64Url(point.slice(1, 33)),
    y: encodeBase64Url(point.slice(33)),
  };
}

describe("createVerifier", () => {
  it.each([
    ["ed25519_test", 151, 63],
    ["ecdsa_secp256r1_sha256_p1363_test", 262, 89],
  ])("answers all of Wycheproof's %s rightly", async (name, cases, invalid) => {
    const wrong: string[] = [];
    const counts = { all: 0, invalid: 0 };
    for (const { publicKey, tests } of suite(name).testGroups) {
      const verify = await createVerifier(jwkOf(publicKey));
      for (const { tcId, comment, msg, sig, result } of tests) {
        counts.all += 1;
        counts.invalid += result === "invalid" ? 1 : 0;
        const fits = await verify(bytes(msg), bytes(sig));
        if (fits !== (result === "valid")) wrong.push(`${tcId} ${comment}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(counts).toEqual({ all: cases, invalid });
  });

  it("refuses a point that is not on its curve", async () => {
    const x = encodeBase64Url(new Uint8Array(32).fill(1));
    await expect(createVerifier({ kty: "EC", crv: "P-256", x, y: x })).rejects.toThrow();
  });
});
