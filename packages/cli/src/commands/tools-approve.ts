import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { counted } from "../output.ts";
import { printChanges, toolChanges } from "../tools/changes.ts";
import { offeredDefinitions, type PinnedDefinition, SOURCE_ARGS } from "../tools/definitions.ts";
import { lockPaths, readLock, writeLock } from "../tools/lock.ts";

/** `interlatch tools approve`: pins tools as they are offered now, and takes the pins of those that are gone away. */
export const toolsApprove: Command = defineCommand({
  summary: "Shows what changed in tools, and pins them as they are now",
  example: [
    "interlatch tools approve --all --from tools-list.json",
    "or the names of the tools that you have read",
  ],
  args: {
    tool: { type: "positional", required: false, description: "The tools that are approved" },
    all: { type: "boolean", description: "Every tool that differs" },
    ...SOURCE_ARGS,
  },
  isLastRepeatable: true,
  run: async ({ args, operands, io, output }) => {
    const isAll = args.all === true;
    if (isAll === operands.length > 0)
      throw wrongUse("Name the tools that you approve, or say --all.");
    const paths = lockPaths(args);
    const approved = await readLock(paths, io);
    const offered = await offeredDefinitions(args, io, output);
    const changes = toolChanges(approved, offered);
    const known = (tool: string): boolean => tool in approved || tool in offered;
    const unknown = operands.filter((tool) => !known(tool));
    if (unknown.length > 0) throw wrongUse(`No tool is called ${unknown.join(", ")}.`);
    const taken = changes.filter(({ tool }) => isAll || operands.includes(tool));
    printChanges(taken, output);
    const now: Record<string, PinnedDefinition> = Object.assign(Object.create(null), approved);
    for (const { tool } of taken) {
      const definition = offered[tool];
      if (definition === undefined) delete now[tool];
      else now[tool] = definition;
    }
    await writeLock(paths, now, io);
    output.say(`${counted(taken.length, "tool")} approved in ${paths.pins}`);
    return { exit: EXIT.ok, json: { ...paths, approved: taken } };
  },
});
