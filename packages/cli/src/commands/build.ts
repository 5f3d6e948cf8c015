import { join } from "node:path";
import { mkdir } from "node:fs/promises";
import { compilePolicy, type PolicySource } from "@interlatch/policy";
import { digestOf, payloadName } from "../bundle-files.ts";
import { type Command, defineCommand } from "../command.ts";
import { type Config, type ConfigFields, inProject, needed, readConfig } from "../config.ts";
import { readFields } from "../config-fields.ts";
import { EXIT } from "../exit-codes.ts";
import { asFileError, replaceFile } from "../files.ts";
import { counted, type Output } from "../output.ts";
import {
  announceCompile,
  diagnosticsOf,
  printDiagnostics,
  projectSources,
  verdictLine,
} from "../policy-files.ts";
import { projectPayload, testPolicy } from "../project-payload.ts";
import { printFailure } from "../tests/report.ts";
import { countsOf, type WholeRun } from "../tests/run-tests.ts";

/**
 * `interlatch build`: the payload of a bundle, ready to be signed. It reads no clock: the same files and the same
 * config give the same bytes on every machine and every day.
 */
export const build: Command = defineCommand({
  summary: "Compiles the policy, runs its tests and writes the payload that is signed",
  example: ["interlatch build --version 2", "the next version; all else as the config says"],
  args: {
    version: { type: "string", valueHint: "N", description: "Instead of the config's `version`" },
    audience: {
      type: "string",
      valueHint: "NAME",
      description: "Instead of the config's `audience`. Several: --audience A --audience B",
    },
    "not-before": {
      type: "string",
      valueHint: "INSTANT",
      description: "Instead of the config's `notBefore`, like 2026-01-01T00:00:00Z",
    },
    expires: {
      type: "string",
      valueHint: "INSTANT",
      description: "Instead of the config's `expires`",
    },
    created: {
      type: "string",
      valueHint: "INSTANT",
      description: "Instead of the config's `created`",
    },
    change: {
      type: "string",
      valueHint: "TEXT",
      description: "The change request this belongs to",
    },
    out: { type: "string", valueHint: "DIR", description: "Instead of the config's `out`" },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  repeatable: ["audience"],
  run: async ({ args, all, io, output }) => {
    const audience = all("audience");
    const config = withFlags(await readConfig(io, args.config), {
      ...(args.version === undefined ? {} : { version: Number(args.version) }),
      ...(audience.length === 0 ? {} : { audience }),
      ...(args["not-before"] === undefined ? {} : { notBefore: args["not-before"] }),
      ...(args.expires === undefined ? {} : { expires: args.expires }),
      ...(args.created === undefined ? {} : { created: args.created }),
      ...(args.change === undefined ? {} : { change: args.change }),
      ...(args.out === undefined ? {} : { out: args.out }),
    });
    const files = await projectSources(config);
    announceCompile(output, files);
    const result = await compilePolicy({ files }, { strict: config.strict ?? false });
    if (!result.ok) {
      printDiagnostics(output, result);
      output.say(verdictLine(output, files, result));
      return refusal(output, "The policy has errors, so nothing was built.", {
        diagnostics: diagnosticsOf(result),
      });
    }
    const run = await testPolicy(config, result.policy, output);
    if (countsOf([run]).failed > 0) return refuseFailures(run, output);
    return writePayload(config, files, run, output);
  },
});

/** The config with what the command line says instead, checked as the config is. */
function withFlags(config: Config, flags: Partial<ConfigFields>): Config {
  const types = {
    version: { type: "version" },
    audience: { type: "texts" },
    notBefore: { type: "instant" },
    expires: { type: "instant" },
    created: { type: "instant" },
    change: { type: "text" },
    out: { type: "text" },
  } as const;
  readFields(JSON.stringify(flags), "The command line", types);
  return { ...config, ...flags };
}

function refuseFailures(run: WholeRun, output: Output): { exit: number; json: object } {
  const failures = run.results.filter(({ differences }) => differences.length > 0);
  for (const failure of failures) printFailure(failure, run.policy, output);
  const message = `${counted(failures.length, "test")} of ${run.results.length} failed, so nothing was built.`;
  return refusal(output, message, {
    failures: failures.map(({ name, at, differences }) => ({ name, at, differences })),
  });
}

function refusal(
  { warn, paint }: Output,
  message: string,
  details: object,
): { exit: number; json: object } {
  warn(`${paint.red("error")} ${paint.dim("ERR_POLICY")} ${message}`);
  return { exit: EXIT.failed, json: { error: { code: "ERR_POLICY", message, ...details } } };
}

async function writePayload(
  config: Config,
  files: readonly PolicySource[],
  run: WholeRun,
  output: Output,
): Promise<{ exit: number; json: object }> {
  const { policy, results, coverage } = run;
  const version = needed(config, "version");
  const purpose = {
    version,
    audience: needed(config, "audience"),
    notBefore: needed(config, "notBefore"),
    expires: needed(config, "expires"),
    created: needed(config, "created"),
  };
  const { change } = config;
  const made = { ...purpose, ...(change === undefined ? {} : { change }) };
  const payload = await projectPayload(made, files, run);
  const folder = config.out ?? ".";
  const name = payloadName(policy.id, version);
  const shown = join(folder, name);
  await asFileError(`${folder} cannot be made`, () =>
    mkdir(inProject(config, folder), { recursive: true }),
  );
  await replaceFile(join(inProject(config, folder), name), shown, payload);
  const digest = await digestOf(payload);
  const { rules } = coverage;
  output.say(`${shown}  ${digest}`);
  output.note(`  for ${purpose.audience.join(", ")}, ${purpose.notBefore} to ${purpose.expires}`);
  output.note(
    `  ${counted(results.length, "test")} passed; ${rules.covered} of ${rules.total} rules matched in one`,
  );
  const tested = { cases: results.length, coverage };
  return { exit: EXIT.ok, json: { file: shown, id: policy.id, ...purpose, digest, tests: tested } };
}
