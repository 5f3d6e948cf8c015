export { guardTool, guardTools, type GuardToolOptions } from "./guard-tool.ts";
export {
  policyMiddleware,
  type ModelCallRequest,
  type PolicyMiddleware,
  type ToolCallRequest,
} from "./middleware.ts";
export { coverage } from "./coverage.ts";
export { checkGiven } from "./given.ts";
export { denialOf, type DenialArtifact } from "./answer.ts";
export type { DenialPart, StreamingRun } from "./custom-stream.ts";
export { ticketOf, type IdentityOptions, type RunContext } from "./identity.ts";
export { isOver, openCalls, openTurn, type OpenedTurn, type ToolOf } from "./turn.ts";
export type { ReviewOptions, ReviewRefusal, ReviewRun } from "./review/options.ts";
export type { InboxRequestValue, ReviewAction, ReviewRequestValue } from "./review/question.ts";
export { reviewTurn } from "./review/turn.ts";
export { isClientTool } from "./tool-kinds.ts";
export { visibleTools } from "./visible.ts";
