import { DSSE_CASES } from "../interop/cases.ts";
import type { SuiteOptions, SuiteResult } from "../tasks/suite-result.ts";
import { runTable } from "./table.ts";

/** `pnpm suite dsse`: the specification's vector, and Sigstore's implementation in both directions. */
export function run(_options: SuiteOptions): Promise<SuiteResult> {
  return runTable("DSSE by its own vector and against Sigstore's implementation", DSSE_CASES);
}
