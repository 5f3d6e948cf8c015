import { ROLES, type TrustRootDocument } from "@interlatch/core/sign";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { counted, type Output } from "../output.ts";
import { readRoot, rootBefore, signaturesJson, signaturesOf, tellMissing } from "../root-files.ts";

/** `interlatch trust show`: who may sign what, until when, and whether the root itself is signed by enough. */
export const trustShow: Command = defineCommand({
  summary:
    "Shows keys, roles, thresholds, ends and pin of a trust root, and who must still sign it",
  example: ["interlatch trust show trust.json", "the pin is what hosts keep of the first root"],
  args: {
    file: { type: "positional", description: "A trust root" },
    previous: {
      type: "string",
      valueHint: "FILE",
      description: "The trust root before. Default: root-N.json, or trust.json, beside it",
    },
  },
  run: async ({ args, io, output }) => {
    const file = args.file ?? "";
    const root = await readRoot(io, file);
    const before = await rootBefore(io, root, args.previous);
    const signatures = await signaturesOf(root, before, io.now());
    const { document, digest } = root;
    output.say(`${file}: trust root ${document.version}, until ${document.expires}`);
    output.say(`  pin  ${file}#${digest}`);
    printRoles(document, output);
    for (const keyid of document.revokedKeys) output.say(`  revoked  ${keyid}`);
    const signed = new Set([...(signatures.before?.signed ?? []), ...signatures.own.signed]);
    output.say(`  signed by ${[...signed].join(", ") || "nobody"}`);
    tellMissing(root, signatures, output);
    const { version, expires, roles, keys, revokedKeys } = document;
    const shown = { file, pin: `${file}#${digest}`, digest, version, expires };
    const json = { ...shown, roles, keys, revokedKeys, ...signaturesJson(signatures) };
    return { exit: EXIT.ok, json };
  },
});

function printRoles({ roles, keys, revokedKeys }: TrustRootDocument, output: Output): void {
  for (const name of ROLES) {
    const role = roles[name];
    if (role === undefined) continue;
    output.say(`  ${name}: ${role.threshold} of ${counted(role.keyids.length, "key")}`);
    for (const keyid of role.keyids) {
      const key = keys[keyid];
      const revoked = revokedKeys.includes(keyid) ? "  REVOKED" : "";
      output.say(`    ${keyid}  ${key?.alg}  ${key?.notBefore} to ${key?.notAfter}${revoked}`);
    }
  }
}
