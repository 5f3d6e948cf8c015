import { compare } from "../differential/compare.ts";
import type { CaseResult, FuzzTarget } from "./target.ts";

/** Our answers to random conditions against those of two other engines of CEL. */
export const conditions: FuzzTarget = {
  summary: "Random conditions: our answer is the one that two other CEL engines agree on.",
  cases: { long: 50_000, short: 1_500 },
  run,
};

async function run(seed: number): Promise<CaseResult> {
  const comparison = await compare(seed);
  switch (comparison.kind) {
    case "same":
      return { label: `all say ${comparison.answer}` };
    case "open":
      return { label: "the others differ" };
    case "deviation":
      return { label: `deviation ${comparison.name}` };
    case "fault":
      return { label: "fault", fault: comparison.lines };
  }
}
