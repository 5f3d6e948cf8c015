import { dirname, join, resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import {
  addSignature,
  buildTrustRoot,
  type SigningKey,
  type TrustRootDocument,
  type TrustRootInput,
  unsignedEnvelope,
} from "@interlatch/core/sign";
import type { Outcome } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { exists, replaceFile } from "./files.ts";
import type { Io } from "./io.ts";
import type { Output } from "./output.ts";
import {
  readRoot,
  type RootFile,
  rootName,
  signaturesJson,
  signaturesOf,
  tellMissing,
} from "./root-files.ts";
import { readSigners, type SignerArguments } from "./signers.ts";

/** What the next root is made of. */
export interface NextRootPlan {
  /** The root in force, as it was named. */
  readonly file: string;
  /** Default: `root-N.json` beside it. */
  readonly out: string | undefined;
  readonly signers: SignerArguments;
  /** Makes the next root's content of the one before, or of the unfinished next one. */
  change(document: TrustRootDocument): Promise<TrustRootInput> | TrustRootInput;
}

/**
 * Writes the next trust root, signed by the keys that are at hand, and says who must still sign. A next root that lies
 * there unfinished is changed further and loses its signatures: they were given for something else.
 *
 * @throws ERR_FILE when a complete next root is there, ERR_TRUST_ROOT when hosts would refuse the new one
 */
export async function writeNextRoot(io: Io, output: Output, plan: NextRootPlan): Promise<Outcome> {
  const before = await readRoot(io, plan.file);
  const version = before.document.version + 1;
  const out = plan.out ?? join(dirname(plan.file), rootName(version));
  const draft = await draftAt(io, out, before);
  const input = await plan.change((draft ?? before).document);
  const { payload } = await buildTrustRoot({ ...input, version });
  let envelope = unsignedEnvelope("trust-root", payload);
  const signers = await readSigners(io, plan.signers);
  for (const key of signers) {
    mustBeRootKey(key, before.document, input);
    envelope = await addSignature(envelope, key);
  }
  await replaceFile(resolve(io.cwd, out), out, envelope);
  if (draft !== null && draft.envelope.signatures.length > 0) {
    output.warn(`${out} was signed by some already; its content changed, so they must sign again.`);
  }
  const next = await readRoot(io, out);
  return tell(next, before, io, output);
}

async function tell(next: RootFile, before: RootFile, io: Io, output: Output): Promise<Outcome> {
  const signatures = await signaturesOf(next, before, io.now());
  const { version, expires } = next.document;
  output.say(`${next.shown}: trust root ${version}, until ${expires}`);
  tellMissing(next, signatures, output);
  if (!signatures.isComplete) {
    output.note(`  each of them: interlatch trust sign ${next.shown} --key KEY`);
  }
  const json = { file: next.shown, version, expires, digest: next.digest };
  return { exit: EXIT.ok, json: { ...json, ...signaturesJson(signatures) } };
}

async function draftAt(io: Io, out: string, before: RootFile): Promise<RootFile | null> {
  if (!(await exists(resolve(io.cwd, out)))) return null;
  const draft = await readRoot(io, out);
  if (draft.document.version !== before.document.version + 1) {
    throw new InterlatchError("ERR_FILE", `${out} is another trust root and is not overwritten.`);
  }
  const { isComplete } = await signaturesOf(draft, before, io.now());
  if (!isComplete) return draft;
  throw new InterlatchError(
    "ERR_FILE",
    `${out} is complete and may be in force. Name it in place of ${before.shown} to make the one after it.`,
  );
}

/** A signature that counts for neither root would be passed over by hosts, and somebody would believe to have signed. */
export function mustBeRootKey(
  { keyid }: SigningKey,
  before: TrustRootDocument | null,
  { roles }: Pick<TrustRootDocument, "roles">,
): void {
  if (roles.root.keyids.includes(keyid) || before?.roles.root.keyids.includes(keyid)) return;
  throw new InterlatchError(
    "ERR_KEY",
    `The key ${keyid} is a root key neither of this trust root nor of the one before.`,
  );
}

/** A document as the input of the one after it. */
export function inputOf({ keys, ...document }: TrustRootDocument): TrustRootInput {
  const { expires, version, roles, revokedKeys } = document;
  const listed = Object.values(keys).map(({ jwk, notBefore, notAfter }) => ({
    publicJwk: jwk,
    notBefore,
    notAfter,
  }));
  return { version, expires, roles, revokedKeys, keys: listed };
}
