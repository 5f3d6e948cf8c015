import { EVASIONS } from "../evasions/table.ts";
import type { SuiteOptions, SuiteResult } from "../tasks/suite-result.ts";
import { runTable } from "./table.ts";

/** `pnpm suite evasions`: all of them, in either form. */
export function run(_options: SuiteOptions): Promise<SuiteResult> {
  return runTable("Known ways round such guards, through signed bundles", EVASIONS);
}
