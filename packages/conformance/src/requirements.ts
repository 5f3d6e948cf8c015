import { adapterRequirements, storeRequirements } from "./requirements/adapters.ts";
import { aiSdkRequirements } from "./requirements/ai-sdk.ts";
import { arrivalRequirements } from "./requirements/arrival.ts";
import { bundleRequirements } from "./requirements/bundles.ts";
import { coreRequirements } from "./requirements/core.ts";
import { definitionRequirements } from "./requirements/definitions.ts";
import { delegationRequirements } from "./requirements/delegation.ts";
import { deepAgentRequirements } from "./requirements/deepagents.ts";
import { fallbackRequirements, frameworkFallbackRequirements } from "./requirements/fallback.ts";
import { evasionRequirements } from "./requirements/evasions.ts";
import { langchainRequirements } from "./requirements/langchain.ts";
import { langgraphRequirements } from "./requirements/langgraph.ts";
import { languageRequirements } from "./requirements/language.ts";
import { mcpRequirements } from "./requirements/mcp.ts";
import { promises, vectorRequirements } from "./requirements/promises.ts";
import { proofRequirements } from "./requirements/proofs.ts";
import { reviewRequirements } from "./requirements/review.ts";
import { shadowRequirements } from "./requirements/shadow.ts";
import { lastingStoreRequirements } from "./requirements/stores.ts";
import { statusRequirements } from "./requirements/status.ts";
import { trustRequirements } from "./requirements/trust.ts";
import type { Requirement } from "./requirements/requirement.ts";

export type { Requirement } from "./requirements/requirement.ts";

/** Requirements that do not hold yet, and why. */
const KNOWN_FAILURES: Readonly<Record<string, string>> = {};

/** Every promise of this version. A test cites the id it proves; a gate fails on ids that nobody cites. */
export const REQUIREMENTS: readonly Requirement[] = Object.freeze(
  [
    ...promises,
    ...coreRequirements,
    ...vectorRequirements,
    ...bundleRequirements,
    ...arrivalRequirements,
    ...proofRequirements,
    ...statusRequirements,
    ...trustRequirements,
    ...evasionRequirements,
    ...languageRequirements,
    ...shadowRequirements,
    ...delegationRequirements,
    ...fallbackRequirements,
    ...frameworkFallbackRequirements,
    ...reviewRequirements,
    ...adapterRequirements,
    ...storeRequirements,
    ...lastingStoreRequirements,
    ...langgraphRequirements,
    ...langchainRequirements,
    ...aiSdkRequirements,
    ...definitionRequirements,
    ...mcpRequirements,
    ...deepAgentRequirements,
  ].map((one) => {
    const knownFailure = KNOWN_FAILURES[one.id];
    return knownFailure === undefined ? one : Object.freeze({ ...one, knownFailure });
  }),
);

const byId: ReadonlyMap<string, Requirement> = new Map(
  REQUIREMENTS.map((requirement) => [requirement.id, requirement]),
);

/** The requirement of this id; `undefined` where there is none. */
export function requirement(id: string): Requirement | undefined {
  return byId.get(id);
}
