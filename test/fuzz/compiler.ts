import { type Policy, prepareEvaluator } from "@interlatch/core";
import { validatePolicy } from "@interlatch/core/build";
import { checkPolicy, formatDiagnostic } from "@interlatch/policy";
import { aroundCondition, EXAMPLES, mutatedExample, noise } from "./documents.ts";
import { decideAll } from "./decide.ts";
import { Random } from "./random.ts";
import type { CaseResult, FuzzTarget } from "./target.ts";

/** The compiler against whatever is written. */
export const compiler: FuzzTarget = {
  summary:
    "Random documents and conditions: answered with places or compiled, and then decided, without a throw.",
  cases: { long: 100_000, short: 600 },
  run,
};

async function run(seed: number): Promise<CaseResult> {
  const random = new Random(seed);
  const [kind, texts] = documentsOf(random);
  const files = texts.map((text, index) => ({ path: `${index}.yaml`, text }));
  const result = await checkPolicy({ files }, { now: 0 });
  const fault = result.ok
    ? await faultOf(result.policy, random)
    : result.errors.length === 0
      ? "It is refused without an error."
      : undefined;
  for (const diagnostic of [...(result.ok ? [] : result.errors), ...result.warnings])
    formatDiagnostic(diagnostic);
  const label = `${kind}, ${result.ok ? "compiled" : "refused"}`;
  return fault === undefined ? { label } : { label: "fault", fault: [fault, ...texts] };
}

function documentsOf(random: Random): readonly [string, readonly string[]] {
  const kind = random.next();
  if (kind < 0.6) return ["condition", [aroundCondition(random)]];
  if (kind < 0.92) return ["example", [mutatedExample(random)]];
  if (kind < 0.96) return ["two files", [example(random), withoutId(aroundCondition(random))]];
  return ["noise", [noise(random)]];
}

function example(random: Random): string {
  return random.chance(0.5) ? random.pick(EXAMPLES) : mutatedExample(random);
}

/** A second file does not name the policy again. */
function withoutId(text: string): string {
  return text.replace(/^id: x\n/m, "");
}

/** What compiled loads as it will from a bundle, and decides. */
async function faultOf(policy: Policy, random: Random): Promise<string | undefined> {
  const evaluator = await prepareEvaluator(validatePolicy(JSON.parse(JSON.stringify(policy))));
  return decideAll(evaluator, random);
}
