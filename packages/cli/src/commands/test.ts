import { type Command, defineCommand } from "../command.ts";
import { findConfig, readConfig } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import { selectTests } from "../tests/read-tests.ts";
import { printRuns, reportOf } from "../tests/report.ts";
import { countsOf, runTests } from "../tests/run-tests.ts";

/** `interlatch test`: plays the cases of `*.test.yaml` files on the engine that runs in production. */
export const test: Command = defineCommand({
  summary: "Runs the tests of a policy and says which rules and tools they reach",
  example: ["interlatch test", "the tests that the project's config lists"],
  args: {
    files: {
      type: "positional",
      required: false,
      description: "Files of tests (*.test.yaml); without them, those of the project",
    },
    strict: {
      type: "boolean",
      description: "A tool that only a rule names is an error; --no-strict: a warning",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  isLastRepeatable: true,
  run: async ({ args, operands, io, output }) => {
    const config =
      operands.length > 0 ? await findConfig(io, args.config) : await readConfig(io, args.config);
    const strict = args.strict ?? config?.strict ?? false;
    const runs = await runTests(selectTests(io, operands, config), strict, output);
    printRuns(runs, output);
    const { failed } = countsOf(runs);
    return { exit: failed === 0 ? EXIT.ok : EXIT.failed, json: reportOf(runs) };
  },
});
