import { memoryRollback, openTrustRoot } from "@interlatch/core";
import { verifyStatus } from "@interlatch/core/sign";
import { wrongUse } from "../arguments.ts";
import { digestOf } from "../bundle-files.ts";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { counted, visible } from "../output.ts";
import { readPinnedRoot } from "../pinned-root.ts";
import { readStatusFile, STATUS_FILE } from "../status/read.ts";
import { statusLines } from "../status/words.ts";

/** `interlatch status show`: what a status says, and with a trust root whether hosts would take it. */
export const statusShow: Command = defineCommand({
  summary: "Shows a status document; with --trust and --audience, whether a host would take it now",
  example: [
    "interlatch status show status.json --trust trust.json#sha256:… --audience prod",
    "what is current, revoked and killed, and until when",
  ],
  args: {
    file: {
      type: "positional",
      required: false,
      description: `The signed status. Default: ${STATUS_FILE}`,
    },
    trust: {
      type: "string",
      valueHint: "FILE#sha256:HEX",
      description: "The trust root and its pin",
    },
    audience: { type: "string", valueHint: "NAME", description: "The environment of the host" },
  },
  run: async ({ args, io, output }) => {
    const { file, bytes, envelope, document } = await readStatusFile(io, args.file ?? STATUS_FILE);
    const digest = await digestOf(envelope.payload);
    const verified = args.trust !== undefined;
    if (verified) {
      if (args.audience === undefined) throw wrongUse("--trust needs --audience NAME.");
      const { trust, pin } = await readPinnedRoot(io, args.trust);
      const now = io.now();
      const root = await openTrustRoot({ document: trust, digest: pin, now });
      const rollback = memoryRollback();
      await verifyStatus(bytes, { trust: root, audience: args.audience, now, rollback });
    } else {
      output.warn(
        "NOT VERIFIED: this is what the file says of itself. Add --trust and --audience.",
      );
    }
    const signers = envelope.signatures.map(({ keyid }) => keyid);
    output.say(`${visible(file)}  ${digest}`);
    for (const line of statusLines(document)) output.say(line);
    output.note(`  ${counted(signers.length, "signature")}: ${signers.map(visible).join(", ")}`);
    return { exit: EXIT.ok, json: { verified, file, digest, status: document, signers } };
  },
});
