export {
  guardAI,
  type GuardableTools,
  type GuardAIOptions,
  type GuardedAI,
  type GuardedOptions,
} from "./guard-ai.ts";
export type { MessageFunctions } from "./messages.ts";
export { isDeniedOutput, type DeniedOutput } from "./denied-output.ts";
export type { ToolApproval, ToolApprovalRequest, ToolApprovalStatus } from "./tool-approval.ts";
