import { resolve } from "node:path";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand, type Outcome, type Surroundings } from "../command.ts";
import { findConfig, readConfig } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import { replaceFile } from "../files.ts";
import { percentOf } from "../tests/coverage.ts";
import { junitOf } from "../tests/junit.ts";
import { selectTests, type TestFile } from "../tests/read-tests.ts";
import { printRuns, reportOf } from "../tests/report.ts";
import { countsOf, runTests, type TestRun } from "../tests/run-tests.ts";
import { watchTests } from "../tests/watch-tests.ts";

/** `interlatch test`: plays the cases of `*.test.yaml` files on the engine that runs in production. */
export const test: Command = defineCommand({
  summary: "Runs the tests of a policy and says which rules, conditions and tools they reach",
  example: ["interlatch test", "the tests that the project's config lists"],
  args: {
    files: {
      type: "positional",
      required: false,
      description: "Files of tests (*.test.yaml); without them, those of the project",
    },
    filter: {
      type: "string",
      valueHint: "TEXT",
      description: "Only cases whose name holds this; there is no coverage then",
    },
    "min-coverage": {
      type: "string",
      valueHint: "PERCENT",
      description: "Fails where less of the rules, of the conditions or of the tools is reached",
    },
    junit: {
      type: "string",
      valueHint: "FILE",
      description: "Writes the results as JUnit XML as well",
    },
    watch: {
      type: "boolean",
      description:
        "Again at each change of the policy, what it includes, or the tests. Ctrl-C ends it with 0",
    },
    strict: {
      type: "boolean",
      description: "A tool that only a rule names is an error; --no-strict: a warning",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  isLastRepeatable: true,
  run: async ({ args, operands, io, output, json }) => {
    const flags: Flags = {
      operands,
      filter: args.filter,
      least: leastOf(args["min-coverage"]),
      junit: args.junit,
      strict: args.strict,
      config: args.config,
    };
    if (flags.filter !== undefined && flags.least !== undefined) {
      throw wrongUse("--min-coverage is about all tests: leave --filter out.");
    }
    const surroundings = { io, output, json };
    if (args.watch !== true) return runOnce(flags, surroundings);
    if (json) throw wrongUse("--watch goes on, and --json is one document: leave one of them out.");
    const round = async (onRead: NonNullable<OnRead>): Promise<void> => {
      await runOnce(flags, surroundings, onRead);
    };
    await watchTests(round, operands, args.config, surroundings);
    return { exit: EXIT.ok, json: {} };
  },
});

type OnRead = ((files: readonly TestFile[]) => Promise<void>) | undefined;

interface Flags {
  readonly operands: readonly string[];
  readonly filter: string | undefined;
  /** Percent. */
  readonly least: number | undefined;
  readonly junit: string | undefined;
  readonly strict: boolean | undefined;
  readonly config: string | undefined;
}

function leastOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percent = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (percent <= 100) return percent;
  throw wrongUse(`--min-coverage is a whole number of percent, 0 to 100; found ${text}.`);
}

async function runOnce(
  { operands, filter, least, junit, strict, config: configFile }: Flags,
  { io, output }: Surroundings,
  onRead?: OnRead,
): Promise<Outcome> {
  const config =
    operands.length > 0 ? await findConfig(io, configFile) : await readConfig(io, configFile);
  const runs = await runTests(
    selectTests(io, operands, config),
    {
      strict: strict ?? config?.strict ?? false,
      ...(filter === undefined ? {} : { filter }),
      ...(onRead === undefined ? {} : { onRead }),
    },
    output,
  );
  if (junit !== undefined) await replaceFile(resolve(io.cwd, junit), junit, junitOf(runs));
  printRuns(runs, output);
  const short = least === undefined ? [] : runs.flatMap((run) => shortfalls(run, least));
  for (const line of short) output.warn(`${output.paint.red("error")} ${line}`);
  const good = countsOf(runs).failed === 0 && short.length === 0;
  const report = { ...reportOf(runs), ...(least === undefined ? {} : { shortfalls: short }) };
  return { exit: good ? EXIT.ok : EXIT.failed, json: report };
}

/** Where the tests of a policy reach less than was asked for. */
function shortfalls({ policy, coverage }: TestRun, least: number): readonly string[] {
  if (coverage === null) return [];
  return (["rules", "conditions", "tools"] as const).flatMap((kind) => {
    const percent = percentOf(coverage[kind]);
    const text = `${policy.id}: the tests reach ${percent} % of the ${kind}, and --min-coverage asks for ${least} %.`;
    return percent < least ? [text] : [];
  });
}
