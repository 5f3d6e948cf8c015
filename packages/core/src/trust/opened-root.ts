import { type Envelope, readEnvelope } from "../bundle/envelope.ts";
import { parseStrictJson } from "../bundle/strict-json.ts";
import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import { checkTrustRootDocument } from "./document.ts";
import { type Keyring, openKeyring } from "./keyring.ts";

/** A trust root whose signatures were verified, and of which it is not said that it is in time. */
export interface OpenedRoot {
  readonly keyring: Keyring;
  /** Lower-case hexadecimal SHA-256 of the payload. */
  readonly digest: string;
}

/** Deeper than a trust root is by a few levels. */
const ROOT_LIMITS = { bytes: 1_048_576, depth: 16 } as const;

/** The strict envelope of a trust root, of which nothing is verified. */
export function readRootEnvelope(document: string | Uint8Array): Envelope {
  const bytes =
    typeof document === "string" ? new TextEncoder().encode(document) : document.slice();
  return readEnvelope(bytes, "trust-root");
}

/** What a trust root says, checked on its own, with its keys made ready. */
export async function openRootDocument({ payload }: Pick<Envelope, "payload">): Promise<Keyring> {
  return openKeyring(checkTrustRootDocument(parseStrictJson(payload, ROOT_LIMITS)));
}

/** What the envelope's reader found is a fault of the trust root here, and not of a bundle. */
export async function asTrustRoot<T>(message: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (isInterlatchError(error) && !error.code.startsWith("ERR_BUNDLE_")) throw error;
    const why = error instanceof Error ? ` ${error.message}` : "";
    throw new InterlatchError("ERR_TRUST_ROOT", `${message}${why}`, { cause: error });
  }
}
