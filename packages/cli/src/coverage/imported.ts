import { fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { type CoverageEntry, InterlatchError } from "@interlatch/core";
import type { Io } from "../io.ts";
import type { Collected } from "./collect.ts";

/** How long an import may take, in milliseconds. */
const PATIENCE = 60_000;

/**
 * Imports a module in a process of its own and gives the coverage of each guard that it makes.
 *
 * @param path - absolute
 * @param shown - as messages name it
 * @throws ERR_FILE when the module cannot be imported, ends its process, or does not come to an end
 */
export async function coverageOfModule(
  path: string,
  shown: string,
  io: Io,
): Promise<readonly (readonly CoverageEntry[])[]> {
  // Beside this file: the source where the sources run, else what was built of it.
  const program = new URL(`./collect${extname(import.meta.url)}`, import.meta.url);
  const collected = await answerOf(fileURLToPath(program), path, io);
  if ("guards" in collected) return collected.guards;
  throw new InterlatchError("ERR_FILE", `${shown} cannot be imported: ${collected.error}`);
}

function answerOf(program: string, path: string, { cwd, env, stderr }: Io): Promise<Collected> {
  return new Promise((resolve) => {
    const child = fork(program, [path], {
      cwd,
      env: { ...env, INTERLATCH_COVERAGE: "1" },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    // Standard output is this command's own: with `--json` one document and nothing else.
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => void stderr.write(text));
    }
    const timer = setTimeout(() => {
      resolve({ error: `it was not done within ${PATIENCE / 1_000} seconds` });
      child.kill("SIGKILL");
    }, PATIENCE);
    child.once("message", (answer) => resolve(answer as Collected)); // what `collect` sends
    child.once("error", ({ message }) => resolve({ error: message }));
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve({ error: `it ended its process with code ${code ?? 1}` });
    });
  });
}
