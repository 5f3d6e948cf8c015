import { dirname, join, resolve } from "node:path";
import { InterlatchError, openTrustRoot } from "@interlatch/core";
import {
  checkTrustRootDocument,
  type CountedSignatures,
  countSignatures,
  type Envelope,
  payloadDigest,
  payloadTypeOf,
  readAnyEnvelope,
  type TrustRootDocument,
} from "@interlatch/core/sign";
import { exists, readBytes } from "./files.ts";
import type { Io } from "./io.ts";
import { counted, type Output, visible } from "./output.ts";

/** A trust root as a file holds it: signed by enough keys, by some, or by nobody. Its content was checked on its own. */
export interface RootFile {
  readonly shown: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly envelope: Envelope;
  readonly document: TrustRootDocument;
  /** `sha256:HEX`. */
  readonly digest: string;
}

/** The name of a later root: hosts look for it under this name. */
export function rootName(version: number): string {
  return `root-${version}.json`;
}

/** @throws ERR_FILE, ERR_BUNDLE_FORMAT and its kin, ERR_TRUST_ROOT */
export async function readRoot(io: Io, file: string): Promise<RootFile> {
  const path = resolve(io.cwd, file);
  const bytes = await readBytes(path, file);
  const envelope = readAnyEnvelope(new Uint8Array(bytes));
  if (envelope.payloadType !== payloadTypeOf("trust-root")) {
    throw new InterlatchError("ERR_TRUST_ROOT", `${file} is no trust root.`);
  }
  const document = checkTrustRootDocument(parse(envelope.payload, file));
  const digest = `sha256:${await payloadDigest(envelope.payload)}`;
  return { shown: file, path, bytes, envelope, document, digest };
}

function parse(payload: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (cause) {
    throw new InterlatchError("ERR_TRUST_ROOT", `${file} holds no JSON.`, { cause });
  }
}

/**
 * The root before another: the one that is named, or the file beside it that holds the version before.
 *
 * @returns `null` for the first
 * @throws ERR_FILE where it is not found, ERR_TRUST_ROOT where it is of another version
 */
export async function rootBefore(
  io: Io,
  root: RootFile,
  given: string | undefined,
): Promise<RootFile | null> {
  const { version } = root.document;
  if (version === 1) return null;
  const before = await readRoot(io, given ?? (await besides(io, root, version - 1)));
  if (before.document.version === version - 1) return before;
  throw new InterlatchError(
    "ERR_TRUST_ROOT",
    `${root.shown} is version ${version} and follows version ${version - 1}; ${before.shown} is version ${before.document.version}.`,
  );
}

async function besides(io: Io, { shown }: RootFile, version: number): Promise<string> {
  const names = version === 1 ? ["trust.json", rootName(1)] : [rootName(version)];
  for (const name of names) {
    const file = join(dirname(shown), name);
    if (await exists(resolve(io.cwd, file))) return file;
  }
  throw new InterlatchError(
    "ERR_FILE",
    `The trust root before ${shown} is not beside it as ${names.join(" or ")}: name it with --previous FILE.`,
  );
}

/** Whose signatures a root needs, and which of them it has. */
export interface RootSignatures {
  /** By the keys of the root before; `null` for the first. */
  readonly before: CountedSignatures | null;
  /** By its own. */
  readonly own: CountedSignatures;
  readonly isComplete: boolean;
}

/**
 * Counts the signatures of a root by the one before it and by its own. One that is complete is opened as a host does.
 *
 * @throws ERR_TRUST_ROOT where a signature does not fit, or hosts would refuse it for another reason
 */
export async function signaturesOf(
  root: RootFile,
  before: RootFile | null,
  now: number,
): Promise<RootSignatures> {
  const own = await countSignatures(root.envelope, root.document, "root", now);
  const old =
    before === null ? null : await countSignatures(root.envelope, before.document, "root", now);
  const wrong = [...own.wrong, ...(old?.wrong ?? [])][0];
  if (wrong !== undefined) {
    throw new InterlatchError(
      "ERR_TRUST_ROOT",
      `The signature of ${wrong} does not fit ${root.shown}: the document or the signature was changed.`,
    );
  }
  const isComplete = own.missing === 0 && (old?.missing ?? 0) === 0;
  if (isComplete) await open(root, before, now);
  return { before: old, own, isComplete };
}

async function open(root: RootFile, before: RootFile | null, now: number): Promise<void> {
  const from = before ?? root;
  await openTrustRoot({
    document: from.bytes,
    digest: from.digest,
    updates: before === null ? [] : [root.bytes],
    now,
  });
}

/** Says who must still sign. */
export function tellMissing(root: RootFile, signatures: RootSignatures, output: Output): void {
  const { before, own, isComplete } = signatures;
  const { version } = root.document;
  if (isComplete) {
    const who =
      before === null ? "hosts that pin it take it" : `hosts take it after ${version - 1}`;
    output.note(`  complete: ${who}`);
    return;
  }
  for (const [count, of] of [
    [before, `root ${version - 1}`],
    [own, `root ${version}`],
  ] as const) {
    if (count === null || count.missing === 0) continue;
    const keys = count.able.map(visible).join(", ");
    output.warn(`${counted(count.missing, "signature")} of ${of} missing, by one of: ${keys}`);
  }
}

/** For `--json`. */
export function signaturesJson({ before, own, isComplete }: RootSignatures): object {
  return { complete: isComplete, signatures: { before, own } };
}
