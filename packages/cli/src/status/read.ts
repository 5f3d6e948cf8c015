import { resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import {
  isSignedBy,
  payloadTypeOf,
  readStatusDocument,
  type SigningKey,
  type StatusDocument,
} from "@interlatch/core/sign";
import { type Document, readDocument } from "../bundle-files.ts";
import { readBytes } from "../files.ts";
import type { Io } from "../io.ts";

/** Where a status stands when nothing else is said. */
export const STATUS_FILE = "status.json";

/** A signed status as it stands in a file. Nothing in it is verified. */
export interface StatusFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly envelope: Extract<Document, { readonly kind: "envelope" }>["envelope"];
  readonly document: StatusDocument;
}

/** @throws ERR_FILE, ERR_BUNDLE_TYPE where it is something else, ERR_STATUS where it is malformed */
export async function readStatusFile(io: Io, file: string): Promise<StatusFile> {
  const bytes = await readBytes(resolve(io.cwd, file), file);
  const document = readDocument(bytes, file);
  if (document.kind === "payload" || document.envelope.payloadType !== payloadTypeOf("status")) {
    throw new InterlatchError("ERR_BUNDLE_TYPE", `${file} is no signed status document.`);
  }
  const { envelope } = document;
  return { file, bytes, envelope, document: readStatusDocument(envelope.payload) };
}

/**
 * Refuses to carry on what nobody knows the author of: whoever can write to the file could otherwise have kills lifted
 * by the next person who signs.
 *
 * @throws ERR_BUNDLE_SIGNATURE
 */
export async function refuseForeign(last: StatusFile, keys: readonly SigningKey[]): Promise<void> {
  for (const { publicJwk } of keys) if (await isSignedBy(last.envelope, publicJwk)) return;
  throw new InterlatchError(
    "ERR_BUNDLE_SIGNATURE",
    `${last.file} is not signed by a key that you sign with, so nothing of it is carried on. Sign with the key it was signed with; or begin anew in another file, with --version ${last.document.version + 1} and all that it should say.`,
  );
}
