import { type Command, defineCommand } from "../command.ts";
import { findConfig } from "../config.ts";
import { comparePolicies, type Comparison } from "../diff/compare.ts";
import { printChanges, printSearch } from "../diff/print.ts";
import { callsOfTests } from "../diff/test-calls.ts";
import { EXIT } from "../exit-codes.ts";
import { counted } from "../output.ts";
import { type NamedPolicy, policyAt } from "../policy-source.ts";
import { readStandIn, RECORDING_OPTIONS } from "../recordings/options.ts";
import { readRecordings } from "../recordings/read.ts";
import { progressBar } from "../replay/bar.ts";
import { documentOf, printTally } from "../replay/print.ts";
import { instantOf, wholeNumber } from "../replay/values.ts";

const EXAMPLES = 3;
/** How many calls of each tool are tried: half a minute for fifty tools that all changed. */
export const SEARCH_BUDGET = 20_000;

/** `interlatch diff`: what changes between two policies, for whom, and in which direction. */
export const diff: Command = defineCommand({
  summary:
    "Says what changes from one policy to another: parts, recorded calls, and calls that get further",
  example: [
    "interlatch diff my-agent-1.bundle.json policy.yaml --fail-on-looser",
    "what the next version lets through that the signed one does not; exit 1 where there is something",
  ],
  args: {
    a: {
      type: "positional",
      description: "The first policy: a file, a folder, a bundle or payload",
    },
    b: { type: "positional", description: "The second" },
    ...RECORDING_OPTIONS,
    tests: {
      type: "string",
      valueHint: "FILE",
      description: "Files of tests whose calls are compared as well. Several are fine",
    },
    budget: {
      type: "string",
      valueHint: "N",
      description: `How many calls of each tool the search tries. Default: ${SEARCH_BUDGET}`,
    },
    examples: {
      type: "string",
      valueHint: "N",
      description: `How many recorded calls of each kind are listed. Default: ${EXAMPLES}`,
    },
    "show-arguments": {
      type: "boolean",
      description: "Lists recorded calls with the values of their arguments",
    },
    limits: {
      type: "boolean",
      default: true,
      description: "Counts limits by the recorded time",
      negativeDescription: "Each recorded call is decided as if it were the only one",
    },
    time: {
      type: "string",
      valueHint: "INSTANT",
      description: "The clock of the search, and of calls without a time. Default: now",
    },
    "fail-on-looser": {
      type: "boolean",
      description: "Exits 1 only where something gets further; without it, where anything differs",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  repeatable: ["calls", "role", "tests"],
  run: async ({ args, all, io, output }) => {
    const strict = (await findConfig(io, args.config))?.strict ?? false;
    const before = await policyAt(io, args.a ?? "", strict, output);
    const after = await policyAt(io, args.b ?? "", strict, output);
    const now = instantOf("--time", args.time) ?? io.now();
    const budget = wholeNumber("--budget", args.budget) ?? SEARCH_BUDGET;
    const examples = wholeNumber("--examples", args.examples) ?? EXAMPLES;
    const showing = { arguments: args["show-arguments"] === true };
    const standIn = await readStandIn(io, args, all("role"));
    const options = { standIn, skipBad: args["skip-bad"] === true };
    const recorded = await readRecordings(io, all("calls"), options, output);
    const tested = await callsOfTests(io, all("tests"), now);
    const calls = [...recorded.calls, ...tested];
    const bars = {
      calls: progressBar(io, output, "calls", calls.length),
      search: progressBar(io, output, "search", budget * toolCount(before, after)),
    };
    const comparison = await comparePolicies(before.policy, after.policy, {
      calls,
      examples,
      limits: args.limits,
      budget,
      now,
      told: (what, done) => bars[what].told(done),
    });
    bars.calls.end();
    bars.search.end();
    output.note(`${before.name} → ${after.name}`);
    printChanges(comparison.changes, output);
    if (comparison.calls !== null) {
      output.say("");
      printTally(comparison.calls, showing, output);
    }
    printSearch(comparison.search, output);
    if (recorded.bad.length > 0)
      output.warn(`${counted(recorded.bad.length, "bad line")} skipped.`);
    const isFailed = args["fail-on-looser"] === true ? comparison.isLooser : !comparison.isSame;
    return {
      exit: isFailed ? EXIT.failed : EXIT.ok,
      json: {
        before: before.name,
        after: after.name,
        isSame: comparison.isSame,
        isLooser: comparison.isLooser,
        changes: comparison.changes,
        calls: comparison.calls === null ? null : documentOf(comparison.calls, showing),
        badLines: recorded.bad,
        search: searchDocument(comparison),
      },
    };
  },
});

function toolCount(before: NamedPolicy, after: NamedPolicy): number {
  const names = [before, after].flatMap(({ policy }) => Object.keys(policy.tools));
  return new Set(names).size;
}

function searchDocument({ search }: Comparison): object {
  const found = search.found.map((call) => ({ ...call, time: new Date(call.time).toISOString() }));
  return { ...search, found, proof: false };
}
