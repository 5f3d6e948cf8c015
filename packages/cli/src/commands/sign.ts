import { resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import {
  addSignature,
  readAnyEnvelope,
  type SigningKey,
  unsignedEnvelope,
} from "@interlatch/core/sign";
import { wrongUse } from "../arguments.ts";
import { bundleNameFor, digestOf, type Document, isBundle, readDocument } from "../bundle-files.ts";
import { type Command, defineCommand } from "../command.ts";
import { type LooserThanBefore, tellWhatIsLooser } from "../diff/signed-before.ts";
import { appendSignatures, writeDetached } from "../detached-files.ts";
import { EXIT } from "../exit-codes.ts";
import { exists, readBytes, replaceFile } from "../files.ts";
import type { Io } from "../io.ts";
import { counted, type Output, visible } from "../output.ts";
import { readSigners, SIGNER_OPTIONS } from "../signers.ts";
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
    ...SIGNER_OPTIONS,
    detached: {
      type: "boolean",
      description:
        "Writes the signature alone, to *.KEYID.sig.json: for people on machines of their own",
    },
    append: {
      type: "string",
      valueHint: "FILE",
      description: "A signature that --detached wrote, to be put in. Several are fine",
    },
    trust: {
      type: "string",
      valueHint: "FILE",
      description:
        "The trust root whose bundle keys --append takes signatures of. Default: the project's",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
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
  repeatable: ["key", "key-env", "append"],
  run: async ({ args, all, io, output }) => {
    const file = args.file ?? "";
    const document = readDocument(await readBytes(resolve(io.cwd, file), file), file);
    const out = args.out ?? (document.kind === "payload" ? bundleNameFor(file) : file);
    const compared = isBundle(document)
      ? await tellWhatIsSigned({ io, output, document, file, out, previous: args.previous })
      : {};
    const keys = await readSigners(io, { ...args, files: all("key"), variables: all("key-env") });
    const appended = all("append");
    if (keys.length + appended.length === 0) {
      throw wrongUse("A key is missing: --key FILE, --key-env NAME or --signer COMMAND.");
    }
    if (args.detached === true) {
      if (appended.length > 0) throw wrongUse("--detached takes no --append.");
      return writeDetached(io, output, envelopeOf(document), { file, out: args.out, keys });
    }
    const before = (await signedBefore(io, document, out)) ?? envelopeOf(document);
    const attached = await appendSignatures(io, before, appended, args);
    const envelope = await withSignatures(attached, keys, output);
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
async function signedBefore(io: Io, document: Document, out: string): Promise<string | undefined> {
  if (document.kind === "envelope") return envelopeOf(document);
  const path = resolve(io.cwd, out);
  if (!(await exists(path))) return undefined;
  const standing = readDocument(await readBytes(path, out), out);
  const [theirs, ours] = [await digestOf(standing.payload), await digestOf(document.payload)];
  if (standing.kind === "envelope" && theirs === ours) return envelopeOf(standing);
  throw new InterlatchError(
    "ERR_FILE",
    `${out} holds another content, ${theirs}. Hosts refuse a second content of one version: raise \`version\`, or name another file with --out.`,
  );
}

/** Adds the signatures that are not there yet. */
async function withSignatures(
  before: string,
  keys: readonly SigningKey[],
  output: Output,
): Promise<string> {
  let envelope = before;
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

/** What signatures are added to: what is signed already, or a bundle that nobody has signed. */
function envelopeOf(document: Document): string {
  return document.kind === "envelope"
    ? new TextDecoder().decode(document.bytes)
    : unsignedEnvelope("policy-bundle", document.payload);
}

function signersOf(envelope: string): readonly string[] {
  return readAnyEnvelope(new TextEncoder().encode(envelope)).signatures.map(({ keyid }) => keyid);
}
