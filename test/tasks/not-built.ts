import { runTask } from "./task.ts";

/** A script whose work is not built yet. */
export interface NotBuilt {
  readonly name: string;
  /** What it will do, for `--help`. */
  readonly help: string;
}

/** Exit code of a script that is not built yet: neither a success nor a failed check. */
export const NOT_BUILT = 2;

/** Says that a script is not built yet, and ends with {@link NOT_BUILT}. */
export function runNotBuilt({ name, help }: NotBuilt): Promise<void> {
  return runTask({
    help: `${help.trim()}\n\nNot built yet.`,
    run: async () => {
      process.stderr.write(
        `pnpm ${name} is not built yet; pnpm ${name} --help says what it will do.\n`,
      );
      return NOT_BUILT;
    },
  });
}
