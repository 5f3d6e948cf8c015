import { encodeBase64Url } from "../../packages/core/src/bundle/base64.ts";
import type { PublicJwk } from "../../packages/core/src/trust/jwk.ts";

/**
 * The test vector of DSSE's `protocol.md`, word for word, from
 * [secure-systems-lab/dsse](https://github.com/secure-systems-lab/dsse) at commit
 * `eebf7b59b17a06efd2d8a531fc30d1d193520adb`; Apache License 2.0, the licence of this repository.
 */
export const VECTOR = {
  payloadType: "http://example.com/HelloWorld",
  payload: "hello world",
  preAuthEncoding: "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
  x: 46950820868899156662930047687818585632848591499744589407958293238635476079160n,
  y: 5640078356564379163099075877009565129882514886557779369047442380624545832820n,
  /** As it is published: DSSE lets a signature name no key. */
  envelope: {
    payload: "aGVsbG8gd29ybGQ=",
    payloadType: "http://example.com/HelloWorld",
    signatures: [
      {
        sig: "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==",
      },
    ],
  },
} as const;

/** The vector's public key. */
export function vectorKey(): PublicJwk {
  return { kty: "EC", crv: "P-256", x: coordinate(VECTOR.x), y: coordinate(VECTOR.y) };
}

function coordinate(value: bigint): string {
  return encodeBase64Url(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));
}
