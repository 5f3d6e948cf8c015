import { existsSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment, ROOT, runNode } from "./child.ts";
import { runTask, UsageError } from "./task.ts";

/** A script whose work stands in a file of its own. */
export interface Delegate {
  readonly name: string;
  readonly help: string;
  /** The file that does the work, from the root of the workspace. */
  readonly file: string;
}

/** Runs that file with the same arguments, its output shown as it comes, and its exit code. */
export function delegate({ name, help, file }: Delegate): Promise<void> {
  return runTask({
    help,
    run: async ({ parameters, terminal }) => {
      if (!existsSync(join(ROOT, file)))
        throw new UsageError(`pnpm ${name} has no ${file} to run.`);
      const passedOn = terminal.quiet ? [...parameters, "--quiet"] : parameters;
      const { code } = await runNode(file, passedOn, {
        environment: childEnvironment(terminal.colour),
        output: "inherit",
      });
      return code;
    },
  });
}
