import { describe, expect, it } from "vitest";
import { place } from "../policy/shape.ts";
import { keyBytes, publicJwk, thumbprint } from "./jwk.ts";

const at = place("key", "ERR_TRUST_ROOT");
const RFC_8037 = {
  kty: "OKP",
  crv: "Ed25519",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
} as const;

/** y coordinates of the points of small order, with both sign bits, and the encodings beyond the field. */
const SMALL_ORDER = [
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
].flatMap((hex) => {
  const plain = Buffer.from(hex, "hex");
  const signed = Buffer.from(plain);
  signed[31] = (signed[31] ?? 0) | 0x80;
  return [plain, signed];
});

describe("thumbprint", () => {
  it("agrees with the example of RFC 8037 appendix A.3", async () => {
    expect(await thumbprint(RFC_8037)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });

  it("does not depend on the order of members", async () => {
    const { publicKey } = (await crypto.subtle.generateKey(
      { name: "ECDSA", namedCurve: "P-256" },
      true,
      ["sign", "verify"],
    )) as { publicKey: Parameters<typeof crypto.subtle.exportKey>[1] };
    const { x = "", y = "" } = (await crypto.subtle.exportKey("jwk", publicKey)) as {
      x?: string;
      y?: string;
    };
    const one = await thumbprint({ kty: "EC", crv: "P-256", x, y });
    expect(await thumbprint({ y, x, crv: "P-256", kty: "EC" })).toBe(one);
    expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe("publicJwk", () => {
  it("takes a key with exactly its members, for its own algorithm", () => {
    expect({ ...publicJwk(RFC_8037, "Ed25519", at) }).toEqual(RFC_8037);
    expect(keyBytes(RFC_8037)).toHaveLength(32);
    expect(() => publicJwk(RFC_8037, "ES256", at)).toThrow(/kty/);
    expect(() => publicJwk({ ...RFC_8037, d: "AA" }, "Ed25519", at)).toThrow(/unknown field "d"/);
    expect(() => publicJwk({ ...RFC_8037, alg: "EdDSA" }, "Ed25519", at)).toThrow(/unknown field/);
  });

  it("takes coordinates of 32 bytes in canonical base64url only", () => {
    const { x } = RFC_8037;
    const lax = [`${x}=`, x.slice(1), `${x}A`, x.replace("_", "/"), `${x.slice(0, -1)}p`, "", 7];
    for (const wrong of lax) {
      expect(() => publicJwk({ ...RFC_8037, x: wrong }, "Ed25519", at), String(wrong)).toThrow(
        /key\.x/,
      );
    }
  });

  it("refuses every point of small order", () => {
    for (const point of SMALL_ORDER) {
      const x = point.toString("base64url");
      expect(() => publicJwk({ ...RFC_8037, x }, "Ed25519", at), x).toThrow(/small order/);
    }
  });

  it("refuses them because eight times each is the neutral element", () => {
    for (const point of SMALL_ORDER) {
      const doubled = double(double(double(decodePoint(point))));
      expect(doubled, point.toString("hex")).toEqual({ x: 0n, y: 1n });
    }
    // The base point, for which it is not so.
    const base = Buffer.from("58".padEnd(64, "6"), "hex");
    expect(double(double(double(decodePoint(base))))).not.toEqual({ x: 0n, y: 1n });
  });
});

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

const P = 2n ** 255n - 19n;
const D = mod(-121665n * inverse(121666n));

function mod(value: bigint): bigint {
  return ((value % P) + P) % P;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (
    let square = mod(base), left = exponent;
    left > 0n;
    square = mod(square * square), left >>= 1n
  ) {
    if ((left & 1n) === 1n) result = mod(result * square);
  }
  return result;
}

function inverse(value: bigint): bigint {
  return power(value, P - 2n);
}

/** RFC 8032 section 5.1.3, but for the range of y and the sign of x = 0. */
function decodePoint(encoded: Buffer): Point {
  const little = Buffer.from(encoded).reverse();
  const sign = (little[0] ?? 0) >> 7;
  little[0] = (little[0] ?? 0) & 0x7f;
  const y = mod(BigInt(`0x${little.toString("hex")}`));
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  const root = power(square, (P + 3n) / 8n);
  const x = mod(root * root - square) === 0n ? root : mod(root * power(2n, (P - 1n) / 4n));
  expect(mod(x * x - square)).toBe(0n);
  return { x: Number(x & 1n) === sign ? x : mod(-x), y };
}

/** RFC 8032 section 5.1.4 in affine coordinates. */
function double({ x, y }: Point): Point {
  const product = D * x * x * y * y;
  return {
    x: mod(2n * x * y * inverse(1n + product)),
    y: mod((y * y + x * x) * inverse(1n - product)),
  };
}
