import { resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import { formatDiagnostic, parsePolicyTests } from "@interlatch/policy";
import { readText } from "../files.ts";
import type { Io } from "../io.ts";
import type { Recording } from "../recordings/recording.ts";

/**
 * The calls that files of tests judge. Each is decided as if nothing had happened before it; what a case says of its
 * session so far is not played.
 *
 * @param now - the clock of cases that give none, epoch milliseconds
 * @throws ERR_FILE
 * @throws ERR_POLICY with everything that is wrong in a file
 */
export async function callsOfTests(
  io: Io,
  files: readonly string[],
  now: number,
): Promise<readonly Recording[]> {
  const calls: Recording[] = [];
  for (const file of files) {
    const read = parsePolicyTests(await readText(resolve(io.cwd, file), file), file);
    if (!read.ok) {
      const faults = read.errors.map((error) => formatDiagnostic(error)).join("\n\n");
      throw new InterlatchError("ERR_POLICY", `${file} cannot be read as tests:\n\n${faults}`);
    }
    for (const [index, { at, call, identity, time, facts }] of read.tests.cases.entries()) {
      const session = identity.session ?? `${file}#${index}`;
      const more = facts === undefined ? {} : { facts };
      calls.push({
        at: `${at.file}:${at.line}`,
        tool: call.tool,
        arguments: call.arguments,
        identity: { ...identity, session, ...more },
        time: time ?? now,
        isAlone: true,
      });
    }
  }
  return calls;
}
