import { InterlatchError } from "@interlatch/core";
import {
  type Envelope,
  payloadDigest,
  payloadTypeOf,
  readAnyEnvelope,
} from "@interlatch/core/sign";

/** The name of a payload, and of the bundle that signing makes of it. */
export function payloadName(id: string, version: number): string {
  return `${id}-${version}.payload.json`;
}

/** `shop-3.bundle.json` for `shop-3.payload.json`, in the same folder. */
export function bundleNameFor(payloadPath: string): string {
  return `${payloadPath.replace(/(?:\.payload)?\.json$/, "")}.bundle.json`;
}

/** A file that is signed, or is to be. Nothing in it is verified. */
export type Document =
  | {
      readonly kind: "envelope";
      readonly bytes: Uint8Array;
      readonly payload: Uint8Array;
      readonly envelope: Envelope;
    }
  | { readonly kind: "payload"; readonly payload: Uint8Array };

/**
 * Tells an envelope from a bare payload.
 *
 * @param shown - the file as messages name it
 * @throws ERR_BUNDLE_FORMAT and its kin when it is an envelope that is not a strict one
 * @throws ERR_BUNDLE_FORMAT when it is no JSON object at all
 */
export function readDocument(bytes: Uint8Array, shown: string): Document {
  const value = parse(bytes, shown);
  const isEnvelope = Object.hasOwn(value, "payloadType") || Object.hasOwn(value, "signatures");
  if (!isEnvelope) return { kind: "payload", payload: bytes };
  const envelope = readAnyEnvelope(new Uint8Array(bytes));
  return { kind: "envelope", bytes, payload: envelope.payload, envelope };
}

/** The fields of a JSON object, each of them anything. */
export type Fields = Readonly<Record<string, unknown>>;

function parse(bytes: Uint8Array, shown: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new InterlatchError("ERR_BUNDLE_FORMAT", `${shown} is not JSON.`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Fields; // any own property of an object may be read; each is checked where it is used
  }
  throw new InterlatchError("ERR_BUNDLE_FORMAT", `${shown} holds no JSON object.`);
}

/** The fields of a payload, as they stand there: to be shown, never to be trusted. @throws ERR_BUNDLE_FORMAT */
export function fieldsOf({ payload }: Document, shown: string): Fields {
  return parse(payload, `The payload of ${shown}`);
}

/** Whether a document is a policy bundle, or the payload of one, by what it says of itself. */
export function isBundle(document: Document): boolean {
  return (
    document.kind === "payload" || document.envelope.payloadType === payloadTypeOf("policy-bundle")
  );
}

/** `sha256:HEX` of a payload: the identity of a bundle. */
export async function digestOf(payload: Uint8Array): Promise<string> {
  return `sha256:${await payloadDigest(new Uint8Array(payload))}`;
}
