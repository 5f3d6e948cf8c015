import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { readConfig } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { counted, type Output } from "../output.ts";
import {
  bundledPolicy,
  type NamedPolicy,
  policyAt,
  policyOfFiles,
  projectPolicy,
} from "../policy-source.ts";
import { readStandIn, RECORDING_OPTIONS } from "../recordings/options.ts";
import { readRecordings } from "../recordings/read.ts";
import { progressBar } from "../replay/bar.ts";
import { documentOf, printTally } from "../replay/print.ts";
import { replay as replayCalls } from "../replay/replay.ts";
import type { Tally } from "../replay/tally.ts";
import { instantOf, wholeNumber } from "../replay/values.ts";

const FAILS = ["newly-allowed", "newly-reviewed", "newly-denied"] as const;
const EXAMPLES = 3;

/** `interlatch replay`: what would have become of recorded calls under this policy. */
export const replay: Command = defineCommand({
  summary: "Sends recorded calls through a policy and says what would have become of them",
  example: [
    "interlatch replay --calls calls.jsonl --fail-on newly-allowed",
    "the project's policy against what was decided when the calls were made",
  ],
  args: {
    ...RECORDING_OPTIONS,
    policy: {
      type: "string",
      valueHint: "FILE",
      description: "Files of the policy. Several are merged. Default: the project's",
    },
    bundle: {
      type: "string",
      valueHint: "FILE",
      description: "In place of sources: the policy in a bundle or payload, unverified",
    },
    against: {
      type: "string",
      valueHint: "PATH",
      description:
        "Compares with this policy (sources, a folder, a bundle) and not with the recording",
    },
    examples: {
      type: "string",
      valueHint: "N",
      description: `How many calls of each kind are listed. Default: ${EXAMPLES}`,
    },
    "show-arguments": {
      type: "boolean",
      description: "Lists them with the values of their arguments",
    },
    limits: {
      type: "boolean",
      default: true,
      description: "Counts limits by the recorded time",
      negativeDescription: "Each call is decided as if it were the only one",
    },
    time: {
      type: "string",
      valueHint: "INSTANT",
      description: "When calls were made whose recording does not say. Default: now",
    },
    "fail-on": {
      type: "string",
      valueHint: "WHAT",
      description: `Exits 1 where a call is so: ${FAILS.join(", ")}. Several are fine`,
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  repeatable: ["calls", "role", "policy", "fail-on"],
  run: async ({ args, all, io, output }) => {
    const files = all("calls");
    if (files.length === 0) throw wrongUse("Which calls? --calls FILE names a file of them.");
    const failOn = all("fail-on").map(readFailOn);
    const examples = wholeNumber("--examples", args.examples) ?? EXAMPLES;
    const showing = { arguments: args["show-arguments"] === true };
    const time = instantOf("--time", args.time) ?? io.now();
    const draft = await draftOf(io, all("policy"), args, output);
    const against =
      args.against === undefined ? undefined : await policyAt(io, args.against, false, output);
    const standIn = await readStandIn(io, args, all("role"));
    const options = { standIn, skipBad: args["skip-bad"] === true };
    const { calls, bad } = await readRecordings(io, files, options, output);
    const bar = progressBar(io, output, "calls", calls.length);
    const tally = await replayCalls(calls, {
      policy: draft.policy,
      ...(against === undefined ? {} : { against: against.policy }),
      limits: args.limits,
      time,
      examples,
      told: bar.told,
    });
    bar.end();
    const compared = against === undefined ? "what was recorded" : against.name;
    output.note(`${draft.name}, compared with ${compared}`);
    printTally(tally, showing, output);
    if (bad.length > 0) output.warn(`${counted(bad.length, "bad line")} skipped.`);
    const failed = failOn.some((change) => tally.counts[change] > 0);
    return {
      exit: failed || undecided(tally) ? EXIT.failed : EXIT.ok,
      json: { policy: draft.name, against: compared, badLines: bad, ...documentOf(tally, showing) },
    };
  },
});

/** Calls that could not be asked about are no proof that nothing changed. */
function undecided({ badIdentities }: Tally): boolean {
  return badIdentities.length > 0;
}

type FailOn = "newly_allowed" | "newly_reviewed" | "newly_denied";

function readFailOn(word: string): FailOn {
  if (!FAILS.some((known) => known === word)) {
    throw wrongUse(`--fail-on is one of ${FAILS.join(", ")}; found ${word}.`);
  }
  return word.replace("-", "_") as FailOn; // one of the words above
}

async function draftOf(
  io: Io,
  files: readonly string[],
  args: { readonly bundle?: string | undefined; readonly config?: string | undefined },
  output: Output,
): Promise<NamedPolicy> {
  if (args.bundle !== undefined) {
    if (files.length > 0) throw wrongUse("Either --bundle or --policy.");
    return bundledPolicy(io, args.bundle);
  }
  if (files.length > 0) return policyOfFiles(io, files, false, output);
  return projectPolicy(await readConfig(io, args.config), output);
}
