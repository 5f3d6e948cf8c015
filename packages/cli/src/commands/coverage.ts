import { resolve } from "node:path";
import { type CoverageEntry, coverageTable, InterlatchError } from "@interlatch/core";
import { type Command, defineCommand } from "../command.ts";
import { coverageOfModule } from "../coverage/imported.ts";
import { EXIT } from "../exit-codes.ts";
import { counted } from "../output.ts";

/** From the worst to the best: of two guards the one that enforces a tool less is what counts. */
const WORST_FIRST = ["not_wrapped", "out_of_reach", "hidden", "enforced"] as const;

/** `interlatch coverage`: which tools of a program are enforced, and why the others are not. */
export const coverage: Command = defineCommand({
  summary: "Says which tools of a program are enforced, by importing its entry module",
  example: [
    "interlatch coverage app.js --fail-uncovered",
    "app.js guards its tools at the top level; importing it RUNS what stands there, and no agent",
  ],
  args: {
    entry: {
      type: "positional",
      description:
        "The module that makes the guard and guards the tools. It is imported, so it runs",
    },
    "fail-uncovered": {
      type: "boolean",
      description: "Ends with 1 where a tool is not enforced",
    },
  },
  run: async ({ args, io, output }) => {
    const shown = args.entry ?? "";
    output.status(`importing ${shown}: what stands at its top level runs`);
    const guards = await coverageOfModule(resolve(io.cwd, shown), shown, io);
    if (guards.length === 0) {
      throw new InterlatchError(
        "ERR_FILE",
        `${shown} made no guard while it was imported. Make it, and guard the tools, at the top level.`,
      );
    }
    const tools = union(guards);
    for (const line of coverageTable(tools)) output.say(line);
    const uncovered = tools.filter(({ state }) => state !== "enforced");
    const enforced = tools.length - uncovered.length;
    output.note(`${enforced} of ${counted(tools.length, "tool")} enforced`);
    const fails = args["fail-uncovered"] === true && uncovered.length > 0;
    return {
      exit: fails ? EXIT.failed : EXIT.ok,
      json: { guards: guards.length, tools, uncovered: uncovered.map(({ tool }) => tool) },
    };
  },
});

/** One entry a tool: with several guards, the one that enforces it least. A tool that only one of them knows is that one's. */
function union(guards: readonly (readonly CoverageEntry[])[]): readonly CoverageEntry[] {
  const worst = new Map<string, CoverageEntry>();
  for (const entry of guards.flat()) {
    const before = worst.get(entry.tool);
    if (before === undefined || rank(entry) < rank(before)) worst.set(entry.tool, entry);
  }
  return [...worst.values()];
}

function rank({ state }: CoverageEntry): number {
  return WORST_FIRST.indexOf(state);
}
