import { payloadTypeOf, type DocumentKind, type SigningKey } from "@interlatch/core/sign";

/** An envelope as an attacker writes it: any fields, any text. The honest writer is not used, so that the attacks do not depend on it. */
export interface Forged {
  payloadType: string;
  payload: string;
  signatures: { keyid: string; sig: string; [extra: string]: unknown }[];
  [extra: string]: unknown;
}

const encoder = new TextEncoder();

/** UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Standard base64, by the platform. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** The bytes of standard base64, by the platform. */
export function unbase64(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, "base64"));
}

/** DSSE's pre-authentication encoding, written a second time after the specification. */
export function preAuth(type: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = utf8(`DSSEv1 ${utf8(type).length} ${type} ${payload.length} `);
  return new Uint8Array(Buffer.concat([head, payload]));
}

/** Signs any bytes as any kind: what people with keys do, whatever the bytes are. */
export async function forge(
  kind: DocumentKind,
  payload: string | Uint8Array,
  keys: readonly SigningKey[],
): Promise<Forged> {
  const bytes = typeof payload === "string" ? utf8(payload) : payload;
  const payloadType = payloadTypeOf(kind);
  const signatures: Forged["signatures"] = [];
  for (const key of keys) {
    const sig = await key.sign(preAuth(payloadType, bytes));
    signatures.push({ keyid: key.keyid, sig: base64(sig) });
  }
  return { payloadType, payload: base64(bytes), signatures };
}

/** The bytes of an envelope. */
export function sealed(envelope: Forged): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify(envelope));
}

/** One signature of an envelope. */
export function signatureOf(envelope: Forged, index: number): Forged["signatures"][number] {
  const signature = envelope.signatures[index];
  if (signature === undefined) throw new Error(`no signature ${index}`);
  return signature;
}
