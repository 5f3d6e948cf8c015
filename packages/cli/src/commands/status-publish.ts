import { basename, join, resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import { wrongUse } from "../arguments.ts";
import { digestOf } from "../bundle-files.ts";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { exists, isFolder, replaceFile } from "../files.ts";
import { readStatusFile, STATUS_FILE, type StatusFile } from "../status/read.ts";

/** `interlatch status publish`: puts a signed status where hosts read it. */
export const statusPublish: Command = defineCommand({
  summary:
    "Puts a signed status into a folder that hosts read, whole or not at all, never backwards",
  example: [
    "interlatch status publish status.json --to /srv/policies",
    "hosts have it within one poll, or at once where they are told to look",
  ],
  args: {
    file: {
      type: "positional",
      required: false,
      description: `The signed status. Default: ${STATUS_FILE}`,
    },
    to: { type: "string", valueHint: "FOLDER", description: "The folder that hosts read" },
  },
  run: async ({ args, io, output }) => {
    const next = await readStatusFile(io, args.file ?? STATUS_FILE);
    if (args.to === undefined) throw wrongUse("--to FOLDER is missing: where hosts read it.");
    if (!(await isFolder(resolve(io.cwd, args.to)))) {
      throw new InterlatchError("ERR_FILE", `${args.to} is no folder.`);
    }
    const shown = join(args.to, basename(next.file));
    const path = resolve(io.cwd, shown);
    if (await exists(path)) await refuseBackwards(await readStatusFile(io, shown), next);
    const { version, expires } = next.document;
    if (!(io.now() < Date.parse(expires))) {
      throw new InterlatchError(
        "ERR_STATUS_EXPIRED",
        `${next.file} ended ${expires}; hosts would refuse it. Sign the next one: interlatch status sign ${next.file}.`,
      );
    }
    await replaceFile(path, shown, next.bytes);
    output.say(`${shown}: status ${version}, until ${expires}`);
    output.note("For hosts that read over HTTPS: put this one file under its URL, whole, with an");
    output.note(
      "ETag and no long caching (Cache-Control: no-cache); nothing else has to be kept secret.",
    );
    const digest = await digestOf(next.envelope.payload);
    return { exit: EXIT.ok, json: { file: shown, version, expires, digest } };
  },
});

/** Hosts refuse an older status, and two of one version; better to hear it here than from each of them. */
async function refuseBackwards(standing: StatusFile, next: StatusFile): Promise<void> {
  const [before, after] = [standing.document.version, next.document.version];
  const isSame =
    (await digestOf(standing.envelope.payload)) === (await digestOf(next.envelope.payload));
  if (after > before || isSame) return;
  throw new InterlatchError(
    "ERR_STATUS_ROLLBACK",
    `${standing.file} holds version ${before}; version ${after} does not follow it. Sign a later one with --version ${before + 1}.`,
  );
}
