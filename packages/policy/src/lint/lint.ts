import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { lintClaims } from "./claims.ts";
import { lintConstants } from "./constants.ts";
import { lintDenyLists } from "./deny-lists.ts";
import { lintIdentityArguments } from "./identity-arguments.ts";
import { Judges } from "./judges.ts";
import { lintKinds } from "./kinds.ts";
import { lintLooseTests } from "./lets-through.ts";
import { lintLookAlikes } from "./look-alikes.ts";
import { lintPairs } from "./pairs.ts";
import { lintRules } from "./rules.ts";
import { lintSchemas } from "./schemas.ts";
import { lintScopes } from "./scopes.ts";
import { lintTexts } from "./texts.ts";
import { lintTools } from "./tools.ts";
import { lintUnknownData } from "./unknown-data.ts";
import { lintUse } from "./use.ts";
import { lintYamlValues } from "./yaml-values.ts";

/** Warns about what builds and still is probably not what was meant. */
export async function lint(
  compiled: Compiled,
  now: number | undefined,
  reporter: Reporter,
): Promise<void> {
  const judges = await Judges.of(compiled);
  lintTools(compiled, reporter);
  lintLookAlikes(compiled, reporter);
  lintIdentityArguments(compiled, reporter);
  lintScopes(compiled, reporter);
  lintRules(compiled, now, reporter);
  lintPairs(compiled, reporter);
  lintConstants(compiled, judges, reporter);
  lintLooseTests(compiled, judges, reporter);
  lintDenyLists(compiled, judges, reporter);
  lintKinds(compiled, judges, reporter);
  lintSchemas(compiled, reporter);
  lintTexts(compiled, reporter);
  lintClaims(compiled, reporter);
  lintUnknownData(compiled, reporter);
  lintUse(compiled, reporter);
  lintYamlValues(compiled, reporter);
}
