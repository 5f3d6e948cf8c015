import { isInterlatchError } from "@interlatch/core";
import { resolve } from "node:path";
import type { Surroundings } from "../command.ts";
import { CONFIG_FILE } from "../config.ts";
import { placesOf } from "../policy-places.ts";
import { type Places, repeatOnChange, stoppedBy } from "../watching.ts";
import type { TestFile } from "./read-tests.ts";

/** One round: reads everything anew, and tells which files of tests there are before it reads their policies. */
export type Round = (onRead: (files: readonly TestFile[]) => Promise<void>) => Promise<void>;

const CLEAR_SCREEN = "\u001b[2J\u001b[3J\u001b[H";

/**
 * Plays the tests at once and again at each change of the config, of a file of tests, or of a policy with all that it
 * includes, until the process is told to stop. On a terminal each round begins on an empty screen.
 *
 * @param named - the files of tests that were named, relative to the working directory
 */
export async function watchTests(
  round: Round,
  named: readonly string[],
  configFile: string | undefined,
  { io, output }: Surroundings,
): Promise<void> {
  const start = [configFile ?? CONFIG_FILE, ...named].map((path) => resolve(io.cwd, path));
  // After a round that could not read the tests, what they were about before is what may have been put right.
  let last: Places = { files: [], folders: [] };
  const repetition = repeatOnChange(
    { files: start, folders: [] },
    async (watch) => {
      watch(joined({ files: start, folders: [] }, last));
      if (io.stdout.isTTY === true) io.stdout.write(CLEAR_SCREEN);
      try {
        await round(async (files) => {
          last = await placesOfTests(files);
          watch(joined({ files: start, folders: [] }, last));
        });
      } catch (error) {
        if (!isInterlatchError(error)) throw error;
        output.warn(
          `${output.paint.red("error")} ${output.paint.dim(error.code)} ${error.message}`,
        );
      }
      output.status("Waiting for changes. Ctrl-C ends it.");
    },
    output,
  );
  // Watching alone does not keep a process alive.
  const alive = setInterval(() => undefined, 1 << 30);
  try {
    await Promise.race([stoppedBy(io.signal), repetition.failed]);
  } finally {
    clearInterval(alive);
    repetition.stop();
  }
}

async function placesOfTests(files: readonly TestFile[]): Promise<Places> {
  const policies = await Promise.all(
    files.map(({ policyPaths }) => placesOf({ folder: "/", policy: policyPaths })),
  );
  const own: Places = { files: files.map(({ path }) => path), folders: [] };
  return policies.reduce(joined, own);
}

function joined(one: Places, other: Places): Places {
  return {
    files: [...new Set([...one.files, ...other.files])],
    folders: [...new Set([...one.folders, ...other.folders])],
  };
}
