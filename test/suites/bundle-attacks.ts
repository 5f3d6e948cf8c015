import { attacks } from "../bundle-attacks/attacks.ts";
import type { SuiteOptions, SuiteResult } from "../tasks/suite-result.ts";
import { runTable } from "./table.ts";

/** `pnpm suite bundle-attacks`: all of them, in either form. */
export function run(_options: SuiteOptions): Promise<SuiteResult> {
  return runTable(
    "Attacks on signed bundles and trust roots, and controls that must load",
    attacks,
  );
}
