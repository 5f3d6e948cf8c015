import { createPublicKey, verify } from "node:crypto";
import { envelopeFromJSON, envelopeToJSON, type SerializedEnvelope } from "@sigstore/bundle";
import { dsse } from "@sigstore/core";
import { DSSEBundleBuilder } from "@sigstore/sign";
import type { SigningKey } from "@interlatch/core/sign";

/**
 * Signs as Sigstore's builder of DSSE envelopes does: its reading of the specification decides which bytes are signed
 * and what is written. Ours is only the key.
 */
export async function signElsewhere(
  payloadType: string,
  payload: Uint8Array,
  key: SigningKey,
): Promise<SerializedEnvelope> {
  const builder = new DSSEBundleBuilder({
    signer: {
      sign: async (data) => ({
        signature: Buffer.from(await key.sign(new Uint8Array(data))),
        key: { $case: "publicKey", publicKey: "", hint: key.keyid },
      }),
    },
    witnesses: [],
  });
  const made = await builder.create({ data: Buffer.from(payload), type: payloadType });
  return envelopeToJSON(made.content.dsseEnvelope);
}

/**
 * Whether every one of these keys signed an envelope, as a reader finds out who has Sigstore's parser, Sigstore's
 * encoding and the platform's cryptography, and nothing of interlatch.
 */
export function verifiesElsewhere(text: string, keys: readonly SigningKey[]): boolean {
  const { payload, payloadType, signatures } = envelopeFromJSON(JSON.parse(text));
  const message = dsse.preAuthEncoding(payloadType, payload);
  return keys.every(({ keyid, alg, publicJwk }) => {
    const found = signatures.find((signature) => signature.keyid === keyid);
    if (found === undefined) return false;
    const key = createPublicKey({ key: { ...publicJwk }, format: "jwk" });
    const algorithm = alg === "ES256" ? "sha256" : null;
    return verify(algorithm, message, { key, dsaEncoding: "ieee-p1363" }, found.sig);
  });
}

/** Sigstore's pre-authentication encoding. */
export function encodedElsewhere(payloadType: string, payload: Uint8Array): Uint8Array {
  return new Uint8Array(dsse.preAuthEncoding(payloadType, Buffer.from(payload)));
}
