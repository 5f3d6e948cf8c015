import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { lintConditions } from "./conditions.ts";
import { lintRules } from "./rules.ts";
import { lintTools } from "./tools.ts";
import { lintUse } from "./use.ts";

/** Warns about what builds and still is probably not what was meant. */
export function lint(compiled: Compiled, now: number | undefined, reporter: Reporter): void {
  lintTools(compiled, reporter);
  lintRules(compiled, now, reporter);
  lintConditions(compiled, reporter);
  lintUse(compiled, reporter);
}
