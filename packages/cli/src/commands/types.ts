import { resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import { compilePolicy, formatDiagnostic, policyTypes } from "@interlatch/policy";
import { type Command, defineCommand } from "../command.ts";
import { findConfig, readConfig } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import { replaceFile } from "../files.ts";
import { announceCompile, namedSources, projectSources } from "../policy-files.ts";

/** `interlatch types`: what a policy declares, for the compiler of whoever writes tools and hosts. */
export const types: Command = defineCommand({
  summary: "Prints TypeScript types of the tools and agents that a policy declares",
  example: ["interlatch types --output tools.d.ts", "those of the project's policy"],
  args: {
    files: {
      type: "positional",
      required: false,
      description: "Files of one policy; without them, those of the project",
    },
    output: { type: "string", valueHint: "FILE", description: "Writes them to a file" },
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
    const result = await compilePolicy({ files }, { strict: config?.strict ?? false });
    if (!result.ok) {
      const faults = result.errors.map((error) => formatDiagnostic(error)).join("\n\n");
      throw new InterlatchError("ERR_POLICY", `The policy has errors:\n\n${faults}`);
    }
    const text = policyTypes(result.policy);
    if (args.output === undefined) {
      output.say(text.trimEnd());
      return { exit: EXIT.ok, json: { types: text } };
    }
    await replaceFile(resolve(io.cwd, args.output), args.output, text);
    output.say(args.output);
    return { exit: EXIT.ok, json: { file: args.output } };
  },
});
