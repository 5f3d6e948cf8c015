import { answerEvasions } from "./answers.ts";
import { bundleEvasions } from "./bundles.ts";
import type { Evasion } from "./evasion.ts";
import { frameworkEvasions } from "./frameworks.ts";
import { nameEvasions } from "./names.ts";
import { ruleEvasions } from "./rules.ts";
import { stateEvasions } from "./state.ts";
import { valueEvasions } from "./values.ts";

export type { Evasion } from "./evasion.ts";

/** Every known way round such guards that can be tried on this one, through signed bundles. */
export const EVASIONS: readonly Evasion[] = [
  ...frameworkEvasions,
  ...nameEvasions,
  ...valueEvasions,
  ...ruleEvasions,
  ...stateEvasions,
  ...answerEvasions,
  ...bundleEvasions,
].sort((a, b) => (a.id < b.id ? -1 : 1));
