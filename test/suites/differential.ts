import { DEVIATIONS } from "../differential/deviations.ts";
import { conditions } from "../fuzz/conditions.ts";
import { runTarget } from "../fuzz/target.ts";
import type { SuiteOptions, SuiteResult } from "../tasks/suite-result.ts";

/** `pnpm suite differential`: what `pnpm fuzz conditions` runs from its first seed, with the list of deviations. */
export async function run({ short }: SuiteOptions): Promise<SuiteResult> {
  const count = short ? conditions.cases.short : conditions.cases.long;
  const { passed, failed, labels, faults } = await runTarget(conditions, 1, count);
  return {
    passed,
    failed,
    lines: [
      `Random conditions against two other CEL engines: ${count}`,
      ...[...labels]
        .toSorted(([, a], [, b]) => b - a)
        .map(([label, cases]) => `  ${String(cases).padStart(7)}  ${label}`),
      "Deviations:",
      ...DEVIATIONS.map(({ name, why }) => `  ${name.padEnd(20)}  ${why}`),
      ...faults.map((lines) => `  FAILED  ${lines.join("\n          ")}`),
    ],
  };
}
