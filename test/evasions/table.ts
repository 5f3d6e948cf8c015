import { addressEvasions } from "./addresses.ts";
import { aiSdkApprovalEvasions } from "./ai-sdk-approvals.ts";
import { aiSdkEvasions } from "./ai-sdk.ts";
import { answerEvasions } from "./answers.ts";
import { bundleEvasions } from "./bundles.ts";
import { comparisonEvasions } from "./comparisons.ts";
import { conversationEvasions } from "./conversations.ts";
import { documentEvasions } from "./documents.ts";
import type { Evasion } from "./evasion.ts";
import { frameworkEvasions } from "./frameworks.ts";
import { globEvasions } from "./globs.ts";
import { langChainEvasions } from "./langchain.ts";
import { langGraphEvasions } from "./langgraph.ts";
import { listEvasions } from "./lists.ts";
import { modeEvasions } from "./modes.ts";
import { nameEvasions } from "./names.ts";
import { pathEvasions } from "./paths.ts";
import { pinEvasions } from "./pins.ts";
import { ruleEvasions } from "./rules.ts";
import { schemaEvasions } from "./schemas.ts";
import { scopeEvasions } from "./scopes.ts";
import { stateEvasions } from "./state.ts";
import { statementEvasions } from "./statements.ts";
import { valueEvasions } from "./values.ts";

export type { Evasion } from "./evasion.ts";

/** Every known way round such guards that can be tried on this one, through signed bundles. */
export const EVASIONS: readonly Evasion[] = [
  ...frameworkEvasions,
  ...aiSdkEvasions,
  ...aiSdkApprovalEvasions,
  ...langChainEvasions,
  ...langGraphEvasions,
  ...conversationEvasions,
  ...nameEvasions,
  ...documentEvasions,
  ...valueEvasions,
  ...comparisonEvasions,
  ...listEvasions,
  ...schemaEvasions,
  ...pathEvasions,
  ...pinEvasions,
  ...addressEvasions,
  ...statementEvasions,
  ...ruleEvasions,
  ...globEvasions,
  ...modeEvasions,
  ...scopeEvasions,
  ...stateEvasions,
  ...answerEvasions,
  ...bundleEvasions,
].sort((a, b) => (a.id < b.id ? -1 : 1));
