import { resolve } from "node:path";
import { isInterlatchError } from "@interlatch/core";
import { checkPolicy } from "@interlatch/policy";
import type { Surroundings } from "../command.ts";
import { type Config, inProject, readConfig } from "../config.ts";
import { counted } from "../output.ts";
import { printDiagnostics, projectSources, verdictLine } from "../policy-files.ts";
import { placesOf } from "../policy-places.ts";
import { readTests } from "../tests/read-tests.ts";
import { printFailure } from "../tests/report.ts";
import { passed as hasPassed } from "../tests/results.ts";
import { countsOf, runGroup } from "../tests/run-tests.ts";
import type { Places } from "../watching.ts";
import type { DevSession } from "./session.ts";

/**
 * Checks, tests, signs and publishes what stands in the files now. What is wrong is printed; nothing that failed
 * a check or a test is ever signed.
 *
 * @param configFile - the value of `--config`
 * @param watch - told what the project is made of before it is read: a change while it is being read is not lost
 * @returns the version; `null` when something is wrong, and the bundle before it stays in force
 */
export async function save(
  session: DevSession,
  configFile: string | undefined,
  watch: (places: Places) => void,
  surroundings: Surroundings,
): Promise<number | null> {
  const { io, output } = surroundings;
  try {
    const config = await readConfig(io, configFile);
    const { files, folders } = await placesOf(config);
    const tests = (config.tests ?? []).map((path) => inProject(config, path));
    watch({ files: [resolve(io.cwd, config.file), ...tests, ...files], folders });
    const version = await publish(session, config, surroundings);
    if (version !== null) return version;
  } catch (error) {
    tell(error, surroundings);
  }
  output.warn(output.paint.yellow("Nothing was signed; what was in force stays in force."));
  return null;
}

/** What a user can put right is told; anything else is a defect and ends the command. */
function tell(error: unknown, { output }: Surroundings): void {
  if (!isInterlatchError(error)) throw error;
  const { paint, warn } = output;
  warn(`${paint.red("error")} ${paint.dim(error.code)} ${error.message}`);
}

async function publish(
  session: DevSession,
  config: Config,
  { io, output }: Surroundings,
): Promise<number | null> {
  const files = await projectSources(config);
  const now = io.now();
  const result = await checkPolicy({ files }, { strict: config.strict ?? false, now });
  printDiagnostics(output, result);
  if (!result.ok) {
    output.warn(verdictLine(output, files, result));
    return null;
  }
  const tests = await readTests({ paths: config.tests ?? [], folder: config.folder, config });
  const run = await runGroup(result.policy, tests, output);
  const { passed, failed } = countsOf([run]);
  for (const each of run.results) if (!hasPassed(each)) printFailure(each, result.policy, output);
  if (failed > 0) {
    output.warn(`${passed} passed, ${failed} failed`);
    return null;
  }
  const version = await session.publish(run, files, now);
  const { id } = result.policy;
  output.note(
    `${output.paint.green("signed")} ${id} version ${version}; ${counted(passed, "test")} passed`,
  );
  return version;
}
