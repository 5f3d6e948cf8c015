import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { counted } from "../output.ts";
import { printChanges, toolChanges } from "../tools/changes.ts";
import { type Definitions, offeredDefinitions, SOURCE_ARGS } from "../tools/definitions.ts";
import { lockPaths, readLock, writeLock } from "../tools/lock.ts";

/** `interlatch tools pin`: pins tools that are new. One that changed since it was pinned takes `tools approve`. */
export const toolsPin: Command = defineCommand({
  summary: "Pins the definitions of tools that are new, so that a changed tool is denied",
  example: [
    "interlatch tools pin --from tools-list.json",
    "writes tools.lock.json and tools.pins.yaml; read what was pinned, then `include: tools.pins.yaml`",
  ],
  args: SOURCE_ARGS,
  run: async ({ args, io, output }) => {
    const paths = lockPaths(args);
    const offered = await offeredDefinitions(args, io, output);
    const approved = await readLock(paths, io);
    const changes = toolChanges(approved, offered);
    const fresh = changes.filter(({ change }) => change === "new");
    const others = changes.filter(({ change }) => change !== "new");
    printChanges(fresh, output);
    const added: Definitions = Object.assign(
      Object.create(null),
      approved,
      Object.fromEntries(fresh.map(({ tool }) => [tool, offered[tool]])),
    );
    await writeLock(paths, added, io);
    output.say(`${counted(fresh.length, "tool")} pinned in ${paths.pins}`);
    for (const { tool, change } of others) {
      output.warn(`${tool} is ${change}; its pin stays. See \`interlatch tools diff\`.`);
    }
    return {
      exit: others.length > 0 ? EXIT.failed : EXIT.ok,
      json: { ...paths, pinned: fresh.map(({ tool }) => tool), left: others },
    };
  },
});
