import { InterlatchError } from "@interlatch/core";
import { addSignature } from "@interlatch/core/sign";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { replaceFile } from "../files.ts";
import { mustBeRootKey } from "../next-root.ts";
import {
  readRoot,
  rootBefore,
  type RootFile,
  signaturesJson,
  signaturesOf,
  tellMissing,
} from "../root-files.ts";
import { readSigners, SIGNER_OPTIONS } from "../signers.ts";

/** `interlatch trust sign`: one signature more, by somebody who may change the trust root. */
export const trustSign: Command = defineCommand({
  summary: "Adds a root key's signature to a trust root, and says who must still sign",
  example: [
    "interlatch trust sign root-2.json --key .interlatch/keys/root.pem",
    "complete when enough keys of the root before, and of its own, have signed",
  ],
  args: {
    file: { type: "positional", description: "A trust root that is not complete" },
    previous: {
      type: "string",
      valueHint: "FILE",
      description: "The trust root before. Default: root-N.json, or trust.json, beside it",
    },
    ...SIGNER_OPTIONS,
  },
  repeatable: ["key", "key-env"],
  run: async ({ args, all, io, output }) => {
    const file = args.file ?? "";
    const given = { ...args, files: all("key"), variables: all("key-env") };
    const root = await readRoot(io, file);
    const before = await rootBefore(io, root, args.previous);
    // Refuses what no host could apply before anybody signs it.
    await signaturesOf(root, before, io.now());
    const signers = await readSigners(io, given);
    if (signers.length === 0) throw wrongUse("A key is missing: --key, --key-env or --signer.");
    let envelope = new TextDecoder().decode(root.bytes);
    for (const key of signers) {
      mustBeRootKey(key, before?.document ?? null, root.document);
      refuseSecond(root, key.keyid);
      envelope = await addSignature(envelope, key);
    }
    await replaceFile(root.path, file, envelope);
    const signed = await readRoot(io, file);
    const signatures = await signaturesOf(signed, before, io.now());
    output.say(`${file}: trust root ${signed.document.version}, ${signed.digest}`);
    tellMissing(signed, signatures, output);
    const json = { file, version: signed.document.version, digest: signed.digest };
    return { exit: EXIT.ok, json: { ...json, ...signaturesJson(signatures) } };
  },
});

function refuseSecond({ envelope, shown }: RootFile, keyid: string): void {
  if (!envelope.signatures.some((signature) => signature.keyid === keyid)) return;
  throw new InterlatchError("ERR_KEY", `The key ${keyid} has signed ${shown} already.`);
}
