import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { counted } from "../output.ts";
import { printChanges, toolChanges } from "../tools/changes.ts";
import { offeredDefinitions, SOURCE_ARGS } from "../tools/definitions.ts";
import { lockPaths, readLock } from "../tools/lock.ts";

/** `interlatch tools diff`: what is offered against what was approved. */
export const toolsDiff: Command = defineCommand({
  summary: "Says which tools are not the ones that were pinned, and in what; 1 where one differs",
  example: [
    "interlatch tools diff --from tools-list.json",
    "new, changed and gone tools, value by value",
  ],
  args: SOURCE_ARGS,
  run: async ({ args, io, output }) => {
    const approved = await readLock(lockPaths(args), io);
    const changes = toolChanges(approved, await offeredDefinitions(args, io, output));
    printChanges(changes, output);
    output.note(
      changes.length === 0
        ? "Every tool is the one that was pinned."
        : `${counted(changes.length, "tool")} differ. \`interlatch tools approve\` pins them as they are now.`,
    );
    return { exit: changes.length === 0 ? EXIT.ok : EXIT.failed, json: { changes } };
  },
});
