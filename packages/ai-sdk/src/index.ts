export {
  guardAI,
  type GuardableTools,
  type GuardAIOptions,
  type GuardedAI,
  type GuardedOptions,
} from "./guard-ai.ts";
export type { HideTools } from "./hide-tools.ts";
export type { MessageFunctions } from "./messages.ts";
export { policyClient, type PolicyClient, type PolicyClientOptions } from "./policy-client.ts";
export { isDeniedOutput, type DeniedOutput } from "./denied-output.ts";
export type { ToolApproval, ToolApprovalRequest, ToolApprovalStatus } from "./tool-approval.ts";
