import { callContent } from "../snapshot/digest.ts";
import { sha256Hex, toHex } from "../snapshot/hash.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { NO_ARGUMENTS, type Snapshot } from "../snapshot/snapshot.ts";

/** Contents up to this many characters may wait to be hashed; larger ones are not kept alive for it. */
const WAITING_SIZE = 1_024;

/**
 * Commits to a call's content: SHA-256 over 128 random bits and the canonical JSON of tool and arguments. A plain
 * digest could be found by trying likely arguments; with the salt, which is not written, it gives nothing away.
 *
 * The hash is made when the record is first written out, which in memory may be never. The image is frozen, so
 * waiting changes nothing.
 */
export function commitTo(tool: string, snapshot: Snapshot | null): () => string {
  const image = snapshot?.image ?? NO_ARGUMENTS;
  return (snapshot?.size ?? 0) > WAITING_SIZE
    ? made(salted(callContent(tool, image)))
    : waiting(tool, image);
}

/** A function of its own: closures made in one scope all hold on to whatever any of them names, here the image. */
function made(hash: string): () => string {
  return () => hash;
}

function waiting(tool: string, image: JsonObject): () => string {
  let hash: string | undefined;
  return () => (hash ??= salted(callContent(tool, image)));
}

const SALT_BYTES = 16;
const POOL_BYTES = SALT_BYTES * 256;
let pool = new Uint8Array(0);
let used = 0;

function salted(content: string): string {
  if (used + SALT_BYTES > pool.length) {
    pool = globalThis.crypto.getRandomValues(new Uint8Array(POOL_BYTES));
    used = 0;
  }
  const salt = toHex(pool.subarray(used, used + SALT_BYTES));
  used += SALT_BYTES;
  return sha256Hex(`${salt}\n${content}`);
}
