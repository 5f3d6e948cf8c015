import { resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import { addSignature, readAnyEnvelope, type SigningKey, signPayload } from "@interlatch/core/sign";
import { wrongUse } from "../arguments.ts";
import { bundleNameFor, digestOf, type Document, isBundle, readDocument } from "../bundle-files.ts";
import { type Command, defineCommand } from "../command.ts";
import { type LooserThanBefore, tellWhatIsLooser } from "../diff/signed-before.ts";
import { EXIT } from "../exit-codes.ts";
import { exists, readBytes, replaceFile } from "../files.ts";
import type { Io } from "../io.ts";
import { PASSPHRASE, readPrivateKey } from "../keys.ts";
import { counted, type Output, visible } from "../output.ts";
import { HOST_LIFE_MS, refuseUnusable } from "../usable-payload.ts";

/** `interlatch sign`: a payload becomes a bundle; an envelope gets one signature more. */
export const sign: Command = defineCommand({
  summary: "Signs a payload, or adds a signature to a bundle or a trust root",
  example: [
    "interlatch sign my-agent-1.payload.json --key .interlatch/keys/bundle.pem",
    "writes my-agent-1.bundle.json; a second person signs that file the same way",
  ],
  args: {
    file: { type: "positional", description: "A *.payload.json, or a signed file" },
    key: {
      type: "string",
      valueHint: "FILE",
      description: `A private key, mode 600. Encrypted: ${PASSPHRASE}, or the terminal is asked. Several are fine`,
    },
    "key-env": {
      type: "string",
      valueHint: "NAME",
      description: "An environment variable that holds a private key. Several are fine",
    },
    out: {
      type: "string",
      valueHint: "FILE",
      description: "Default: *.bundle.json beside the payload; a signed file is replaced",
    },
    previous: {
      type: "string",
      valueHint: "FILE",
      description:
        "The bundle to say what is looser than. Default: the version before, beside the new bundle",
    },
  },
  repeatable: ["key", "key-env"],
  run: async ({ args, all, io, output }) => {
    const file = args.file ?? "";
    const document = readDocument(await readBytes(resolve(io.cwd, file), file), file);
    const out = args.out ?? (document.kind === "payload" ? bundleNameFor(file) : file);
    const compared = isBundle(document)
      ? await tellWhatIsSigned({ io, output, document, file, out, previous: args.previous })
      : {};
    const before = await signedBefore(io, document, out);
    const keys = await keysOf(io, all("key"), all("key-env"));
    const envelope = await withSignatures(before, document, keys, output);
    await replaceFile(resolve(io.cwd, out), out, envelope);
    const digest = await digestOf(document.payload);
    const signers = signersOf(envelope);
    output.say(`${out}  ${digest}`);
    output.note(`  ${counted(signers.length, "signature")}: ${signers.map(visible).join(", ")}`);
    return { exit: EXIT.ok, json: { file: out, digest, signers, ...compared } };
  },
});

/** A bundle, or the payload of one, that somebody is about to sign. */
interface ToBeSigned {
  readonly io: Io;
  readonly output: Output;
  readonly document: Document;
  readonly file: string;
  readonly out: string;
  readonly previous: string | undefined;
}

/** Whoever signs should see what; a payload that no host would take is not signed at all. */
async function tellWhatIsSigned({
  io,
  output,
  document,
  file,
  out,
  previous,
}: ToBeSigned): Promise<LooserThanBefore> {
  const { payload, life } = await refuseUnusable(document, file);
  const { id, version, audience, notBefore, expires } = payload;
  output.note(visible(`${id} version ${version} for ${audience.join(", ")}`));
  output.note(`  from ${notBefore} until ${expires}`);
  if (payload.policy.mode === "shadow") {
    output.warn(
      "It says `mode: shadow` and enforces nothing. Hosts refuse that unless they set `allowShadow`.",
    );
  }
  if (life > HOST_LIFE_MS) {
    output.warn(
      "It lives longer than 30 days. Hosts refuse that unless they set `maxLifetimeDays`.",
    );
  }
  return tellWhatIsLooser(io, payload, out, previous, output);
}

/** What signatures are added to: the file itself, or what stands where a bundle is to be written. */
async function signedBefore(
  io: Io,
  document: Document,
  out: string,
): Promise<Uint8Array | undefined> {
  if (document.kind === "envelope") return document.bytes;
  const path = resolve(io.cwd, out);
  if (!(await exists(path))) return undefined;
  const standing = readDocument(await readBytes(path, out), out);
  const [theirs, ours] = [await digestOf(standing.payload), await digestOf(document.payload)];
  if (standing.kind === "envelope" && theirs === ours) return standing.bytes;
  throw new InterlatchError(
    "ERR_FILE",
    `${out} holds another content, ${theirs}. Hosts refuse a second content of one version: raise \`version\`, or name another file with --out.`,
  );
}

async function keysOf(
  io: Io,
  files: readonly string[],
  variables: readonly string[],
): Promise<readonly SigningKey[]> {
  const origins = [
    ...files.map((path) => ({ kind: "file", path }) as const),
    ...variables.map((name) => ({ kind: "variable", name }) as const),
  ];
  if (origins.length === 0) throw wrongUse("A key is missing: --key FILE or --key-env NAME.");
  const keys: SigningKey[] = [];
  // One after the other: each may ask for a passphrase.
  for (const origin of origins) keys.push(await readPrivateKey(io, origin));
  return keys;
}

/** Adds the signatures that are not there yet. */
async function withSignatures(
  before: Uint8Array | undefined,
  { payload }: Document,
  keys: readonly SigningKey[],
  output: Output,
): Promise<string | Uint8Array> {
  if (before === undefined) return signPayload({ kind: "policy-bundle", payload, keys });
  let envelope: string | Uint8Array = before;
  for (const key of keys) {
    if (signersOf(envelope).includes(key.keyid)) {
      output.warn(
        `The key ${key.keyid} has signed already; \`interlatch verify\` says whether that signature fits.`,
      );
    } else {
      envelope = await addSignature(envelope, key);
    }
  }
  return envelope;
}

function signersOf(envelope: string | Uint8Array): readonly string[] {
  const bytes = typeof envelope === "string" ? new TextEncoder().encode(envelope) : envelope;
  return readAnyEnvelope(new Uint8Array(bytes)).signatures.map(({ keyid }) => keyid);
}
