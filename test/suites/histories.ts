import fc from "fast-check";
import { play, steps, type Step } from "../../packages/ai-sdk/test/histories.ts";
import { MAJORS, type Major } from "../../packages/ai-sdk/test/majors.ts";
import type { SuiteOptions, SuiteResult } from "../tasks/suite-result.ts";

const SEED = 20_261_122;

/** `pnpm suite histories`: random histories that a client could send, on both majors of the AI SDK. */
export async function run({ short }: SuiteOptions): Promise<SuiteResult> {
  const histories = fc.sample(steps, { numRuns: short ? 200 : 1_000, seed: SEED });
  const lines: string[] = [];
  let failed = 0;
  for (const sdk of MAJORS) {
    const { faults, approved } = await playAll(sdk, histories);
    failed += faults.length;
    const ran = `${approved} approved calls ran`;
    lines.push(`Random histories on AI SDK ${sdk.version}: ${histories.length}, ${ran}`, ...faults);
    // Histories in which nothing can run would prove nothing.
    if (approved === 0) lines.push(`  FAILED  nothing ran on AI SDK ${sdk.version}`);
    if (approved === 0) failed++;
  }
  return { passed: Math.max(0, histories.length * MAJORS.length - failed), failed, lines };
}

/** One line for each history in which something ran that should not have. */
async function playAll(
  sdk: Major,
  histories: readonly (readonly Step[])[],
): Promise<{ readonly faults: readonly string[]; readonly approved: number }> {
  const faults: string[] = [];
  let approved = 0;
  for (const [index, history] of histories.entries()) {
    const played = await play(sdk, history);
    approved += played.approved;
    if (played.faults.length > 0) faults.push(`  FAILED  ${index}: ${played.faults.join("; ")}`);
  }
  return { faults, approved };
}
