import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { preAuthEncoding, readAnyEnvelope, readEnvelope } from "../bundle/envelope.ts";
import { thumbprint } from "../trust/jwk.ts";
import { generateKey, importPrivateKey, type SigningKey } from "./key.ts";
import { decodePem, encodePem } from "./pem.ts";
import { addSignature, signPayload } from "./sign.ts";

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const payload = utf8('{"hello":"wörld"}\n');

async function makeKey(alg: "Ed25519" | "ES256" = "Ed25519"): Promise<SigningKey> {
  return importPrivateKey((await generateKey({ alg })).privateKey);
}

describe("generateKey and importPrivateKey", () => {
  it.each(["Ed25519", "ES256"] as const)(
    "make and read a key of %s that others understand",
    async (alg) => {
      const made = await generateKey({ alg });
      expect(made.keyid).toBe(await thumbprint(made.publicJwk));
      expect(Object.keys(made.publicJwk)).not.toContain("d");
      const imported = await importPrivateKey(made.privateKey);
      expect(imported).toMatchObject({ keyid: made.keyid, alg, publicJwk: made.publicJwk });
      const platform = createPublicKey(createPrivateKey(made.privateKey));
      const message = utf8("message");
      const signature = await imported.sign(message);
      const key = { key: platform, dsaEncoding: "ieee-p1363" as const };
      expect(signature).toHaveLength(64);
      expect(verify(alg === "ES256" ? "sha256" : null, message, key, signature)).toBe(true);
    },
  );

  it("make Ed25519 keys unless told otherwise", async () => {
    expect((await generateKey()).alg).toBe("Ed25519");
  });

  it("refuse what is not a private key of the two algorithms", async () => {
    const { privateKey } = await generateKey();
    const der = decodePem(privateKey);
    const rsa = await crypto.subtle.generateKey(
      {
        name: "RSA-PSS",
        modulusLength: 2_048,
        publicExponent: Uint8Array.of(1, 0, 1),
        hash: "SHA-256",
      },
      true,
      ["sign", "verify"],
    );
    if (!("privateKey" in rsa)) throw new Error("no pair");
    const rsaPem = encodePem(
      new Uint8Array(await crypto.subtle.exportKey("pkcs8", rsa.privateKey)),
    );
    const wrong = [
      "",
      "hello",
      privateKey.replaceAll("PRIVATE", "PUBLIC"),
      privateKey.replace("-----END PRIVATE KEY-----", ""),
      privateKey.replace("MC4C", "MC4*"),
      encodePem(der.slice(0, -1)),
      encodePem(new Uint8Array()),
      rsaPem,
    ];
    for (const pem of wrong) {
      await expect(importPrivateKey(pem), pem).rejects.toMatchObject({ code: "ERR_KEY" });
    }
  });

  it("read a key that stands on one line or ends its lines the other way", async () => {
    const { privateKey, keyid } = await generateKey({ alg: "ES256" });
    for (const pem of [
      privateKey.replaceAll("\n", "\r\n"),
      privateKey.replaceAll("\n", " "),
      `\n${privateKey}`,
    ]) {
      expect((await importPrivateKey(pem)).keyid).toBe(keyid);
    }
  });
});

describe("signPayload", () => {
  it("signs the DSSE encoding of the bytes as they are", async () => {
    const keys = [await makeKey("Ed25519"), await makeKey("ES256")];
    const text = await signPayload({ kind: "policy-bundle", payload, keys });
    const envelope = readEnvelope(utf8(text), "policy-bundle");
    expect(envelope.payload).toEqual(payload);
    const message = preAuthEncoding("application/vnd.interlatch.policy-bundle.v1+json", payload);
    for (const { publicJwk, keyid, alg } of keys) {
      const sig = envelope.signatures.find((signature) => signature.keyid === keyid)?.sig;
      const key = createPublicKey({ key: { ...publicJwk }, format: "jwk" });
      const fits = verify(
        alg === "ES256" ? "sha256" : null,
        message,
        { key, dsaEncoding: "ieee-p1363" },
        sig ?? new Uint8Array(),
      );
      expect(fits).toBe(true);
    }
  });

  it("gives the same text whoever signed first", async () => {
    const [a, b] = [await makeKey(), await makeKey()];
    const once = await signPayload({ kind: "status", payload, keys: [a, b] });
    expect(await signPayload({ kind: "status", payload, keys: [b, a] })).toBe(once);
    const alone = await signPayload({ kind: "status", payload, keys: [b] });
    expect(await addSignature(alone, a)).toBe(once);
    expect(await addSignature(utf8(alone), a)).toBe(once);
  });

  it("refuses to write what no run time would read", async () => {
    const key = await makeKey();
    const nobody = signPayload({ kind: "status", payload, keys: [] });
    await expect(nobody).rejects.toMatchObject({ code: "ERR_KEY" });
    const twice = signPayload({ kind: "status", payload, keys: [key, key] });
    await expect(twice).rejects.toMatchObject({ code: "ERR_KEY" });
    const large = signPayload({ kind: "status", payload: new Uint8Array(8_388_609), keys: [key] });
    await expect(large).rejects.toMatchObject({ code: "ERR_BUNDLE_TOO_LARGE" });
    let envelope = await signPayload({ kind: "status", payload, keys: [key] });
    await expect(addSignature(envelope, key)).rejects.toMatchObject({ code: "ERR_KEY" });
    for (let count = 1; count < 16; count += 1)
      envelope = await addSignature(envelope, await makeKey());
    const flood = addSignature(envelope, await makeKey());
    await expect(flood).rejects.toMatchObject({ code: "ERR_BUNDLE_TOO_LARGE" });
  });

  it("verifies what an external signer gives before it writes it", async () => {
    const key = await makeKey("ES256");
    const { privateKey } = await generateKey({ alg: "ES256" });
    const inDer = (message: Uint8Array): Promise<Uint8Array> =>
      Promise.resolve(new Uint8Array(sign("sha256", message, privateKey)));
    for (const signer of [inDer, () => Promise.resolve(new Uint8Array(64))]) {
      const external = { ...key, sign: signer };
      const written = signPayload({ kind: "status", payload, keys: [external] });
      await expect(written).rejects.toMatchObject({ code: "ERR_KEY" });
    }
  });
});

describe("addSignature", () => {
  it("adds to what it reads and changes nothing of it", async () => {
    const [a, b] = [await makeKey(), await makeKey("ES256")];
    const before = readAnyEnvelope(
      utf8(await signPayload({ kind: "trust-root", payload, keys: [a] })),
    );
    const after = readAnyEnvelope(
      utf8(await addSignature(await signPayload({ kind: "trust-root", payload, keys: [a] }), b)),
    );
    expect(after.payload).toEqual(before.payload);
    expect(after.payloadType).toBe(before.payloadType);
    expect(after.signatures.map(({ keyid }) => keyid).sort()).toEqual([a.keyid, b.keyid].sort());
  });

  it("reads strictly", async () => {
    const key = await makeKey();
    const text = await signPayload({ kind: "status", payload, keys: [key] });
    const wrong = text.replace("{", '{"note":1,');
    await expect(addSignature(wrong, await makeKey())).rejects.toMatchObject({
      code: "ERR_BUNDLE_UNKNOWN_FIELD",
    });
  });
});
