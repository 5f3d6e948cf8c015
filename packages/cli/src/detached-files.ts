import { resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import {
  attachSignature,
  type DetachedSignature,
  detachSignature,
  payloadTypeOf,
  readDetachedSignature,
  type SigningKey,
  type TrustRootDocument,
} from "@interlatch/core/sign";
import { wrongUse } from "./arguments.ts";
import type { Outcome } from "./command.ts";
import { findConfig, inProject } from "./config.ts";
import { EXIT } from "./exit-codes.ts";
import { exists, readBytes, replaceFile } from "./files.ts";
import type { Io } from "./io.ts";
import { type Output, visible } from "./output.ts";
import { readRoot } from "./root-files.ts";

/** Where a signature goes that is kept apart. */
export interface DetachedPlan {
  /** What is signed, as it was named. */
  readonly file: string;
  /** Default: the file's name with the beginning of the key's id. */
  readonly out: string | undefined;
  readonly keys: readonly SigningKey[];
}

/** Signs an envelope and writes the signature alone, so that the other people need not have it. */
export async function writeDetached(
  io: Io,
  output: Output,
  envelope: string,
  { file, out, keys }: DetachedPlan,
): Promise<Outcome> {
  const [key, second] = keys;
  if (key === undefined || second !== undefined) throw wrongUse("--detached takes one key.");
  const signature = await detachSignature(envelope, key);
  const stem = file.replace(/(?:\.payload|\.bundle)?\.json$/, "");
  const target = out ?? `${stem}.${key.keyid.slice(0, 8)}.sig.json`;
  await replaceFile(resolve(io.cwd, target), target, `${JSON.stringify(signature, null, 2)}\n`);
  output.say(`${target}  ${signature.payload}`);
  output.note(
    `  a signature of ${key.keyid}; put in by: interlatch sign ${file} --append ${target}`,
  );
  return {
    exit: EXIT.ok,
    json: { file: target, digest: signature.payload, signers: [key.keyid] },
  };
}

/**
 * Puts signatures into an envelope, each verified. Where there is a trust root, a signature of a key that may not sign
 * bundles is refused: hosts would pass it over, and the bundle would lack one.
 *
 * @throws ERR_KEY for a signature of something else, one that does not fit or is there already, and a foreign key's
 */
export async function appendSignatures(
  io: Io,
  envelope: string,
  files: readonly string[],
  options: { readonly trust?: string | undefined; readonly config?: string | undefined },
): Promise<string> {
  if (files.length === 0) return envelope;
  const root = await trustedRoot(io, options);
  let signed = envelope;
  for (const file of files) {
    const signature = readDetachedSignature(await readBytes(resolve(io.cwd, file), file));
    if (root !== null) refuseForeign(signature, root, file);
    signed = await attachSignature(signed, signature);
  }
  return signed;
}

async function trustedRoot(
  io: Io,
  {
    trust,
    config: configFile,
  }: { readonly trust?: string | undefined; readonly config?: string | undefined },
): Promise<TrustRootDocument | null> {
  if (trust !== undefined) return (await readRoot(io, trust)).document;
  const config = await findConfig(io, configFile);
  if (config?.trust === undefined) return null;
  const path = inProject(config, config.trust);
  return (await exists(path)) ? (await readRoot(io, path)).document : null;
}

function refuseForeign(
  { keyid, payloadType }: DetachedSignature,
  { roles, revokedKeys }: TrustRootDocument,
  file: string,
): void {
  const isBundle = payloadType === payloadTypeOf("policy-bundle");
  const { keyids } = isBundle ? roles.bundle : roles.root;
  const why = keyids.includes(keyid)
    ? revokedKeys.includes(keyid) && "is revoked"
    : `may not sign ${isBundle ? "bundles" : "trust roots"} by the trust root`;
  if (why === false) return;
  throw new InterlatchError("ERR_KEY", `${file}: the key ${visible(keyid)} ${why}.`);
}
