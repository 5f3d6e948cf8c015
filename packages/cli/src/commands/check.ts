import type { Policy } from "@interlatch/core";
import { checkPolicy } from "@interlatch/policy";
import { type Command, defineCommand } from "../command.ts";
import { findConfig, readConfig } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import {
  announceCompile,
  diagnosticsOf,
  namedSources,
  printDiagnostics,
  projectSources,
  verdictLine,
} from "../policy-files.ts";

/** `interlatch check`: everything that is wrong with, or doubtful in, a policy. */
export const check: Command = defineCommand({
  summary: "Checks a policy and says what is wrong or doubtful in it, with the line",
  example: ["interlatch check", "all files of the project's policy"],
  args: {
    files: {
      type: "positional",
      required: false,
      description: "Files of one policy; without them, those of the project",
    },
    strict: {
      type: "boolean",
      description: "A tool that only a rule names is an error; --no-strict: a warning",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  isLastRepeatable: true,
  run: async ({ args, operands, io, output }) => {
    const isNamed = operands.length > 0;
    const config = isNamed ? await findConfig(io, args.config) : await readConfig(io, args.config);
    const files =
      isNamed || config === undefined
        ? await namedSources(io, operands)
        : await projectSources(config);
    announceCompile(output, files);
    const strict = args.strict ?? config?.strict ?? false;
    const result = await checkPolicy({ files }, { strict, now: io.now() });
    printDiagnostics(output, result);
    output.say(verdictLine(output, files, result));
    return {
      exit: result.ok ? EXIT.ok : EXIT.failed,
      json: {
        ok: result.ok,
        files: files.map(({ path }) => path),
        strict,
        ...(result.ok ? summaryOf(result.policy) : {}),
        diagnostics: diagnosticsOf(result),
      },
    };
  },
});

function summaryOf({ id, tools, rules }: Policy): object {
  return { id, tools: Object.keys(tools).length, rules: rules.length };
}
