import { describe, expect, it } from "vitest";
import { createVerifier } from "../trust/verifier.ts";
import { decodeBase64, encodeBase64Url } from "./base64.ts";
import { preAuthEncoding, readAnyEnvelope, readEnvelope } from "./envelope.ts";

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A coordinate that the specification gives as a decimal number. */
function coordinate(decimal: bigint): string {
  return encodeBase64Url(
    Uint8Array.from(Buffer.from(decimal.toString(16).padStart(64, "0"), "hex")),
  );
}

describe("the DSSE specification's test vector", () => {
  const type = "http://example.com/HelloWorld";
  const message = preAuthEncoding(type, utf8("hello world"));

  it("gives the same pre-authentication encoding", () => {
    expect(new TextDecoder().decode(message)).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
  });

  it("verifies", async () => {
    const verify = await createVerifier({
      kty: "EC",
      crv: "P-256",
      x: coordinate(46950820868899156662930047687818585632848591499744589407958293238635476079160n),
      y: coordinate(5640078356564379163099075877009565129882514886557779369047442380624545832820n),
    });
    const text =
      "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==";
    const signature = decodeBase64(text) ?? new Uint8Array();
    expect(await verify(message, signature)).toBe(true);
    expect(await verify(preAuthEncoding(type, utf8("hello World")), signature)).toBe(false);
  });
});

describe("preAuthEncoding", () => {
  it("counts bytes and not characters", () => {
    expect(new TextDecoder().decode(preAuthEncoding("ä", utf8("ö€")))).toBe("DSSEv1 2 ä 5 ö€");
  });

  it("takes any payload bytes as they are", () => {
    const payload = Uint8Array.of(0, 255, 10, 32);
    expect(preAuthEncoding("t", payload).slice(-4)).toEqual(payload);
  });
});

describe("readEnvelope", () => {
  const type = "application/vnd.interlatch.status.v1+json";
  const text = JSON.stringify({
    payloadType: type,
    payload: "e30=",
    signatures: [{ keyid: "k", sig: "AAAA" }],
  });

  it("takes an envelope apart", () => {
    expect(readEnvelope(utf8(text), "status")).toEqual({
      payloadType: type,
      payload: utf8("{}"),
      signatures: [{ keyid: "k", sig: new Uint8Array(3) }],
    });
  });

  it("refuses every kind but the one that is expected", () => {
    for (const kind of ["policy-bundle", "trust-root", "approval", "checkpoint"] as const) {
      expect(() => readEnvelope(utf8(text), kind)).toThrow(/Expected a document of type/);
    }
    const versioned = text.replace(".v1+json", ".v2+json");
    expect(() => readEnvelope(utf8(versioned), "status")).toThrow(/found "application/);
  });

  it("reads any kind for those who only add to it", () => {
    expect(readAnyEnvelope(utf8(text)).payloadType).toBe(type);
  });
});
