export type * from "./snapshot/json.ts";
export { ARGUMENT_LIMITS } from "./snapshot/limits.ts";
export { setSha256, type Sha256Hex } from "./snapshot/hash.ts";
export { callDigest, canonicalJson } from "./snapshot/digest.ts";

export * from "./errors/errors.ts";

export * from "./policy/expression.ts";
export * from "./policy/ir.ts";
export type { SchemaCheck } from "./evaluate/schema.ts";
export {
  prepareArguments,
  prepareEvaluator,
  type PrepareOptions,
  prepareOutputs,
} from "./guard/bundles.ts";
export type { Tokens } from "./redact/token.ts";
export { explainScope, type OutsideResource, type ProfileExplanation } from "./scopes/explain.ts";
export type { Dimension } from "./scopes/touch.ts";
export type {
  Evaluation,
  EvaluationCall,
  EvaluationRequest,
  EvaluatorOptions,
  Evaluator,
} from "./decision/evaluator.ts";
export type { Verdict } from "./decision/verdict.ts";

export { cleanDefinition, shownDefinition } from "./definitions/clean.ts";
export {
  definitionDigest,
  type ToolDefinition,
  watchDefinition,
} from "./definitions/definition.ts";

export * from "./decision/codes.ts";
export type * from "./decision/decision.ts";
export { rewriteNote } from "./decision/rewrite-note.ts";
export {
  deniedError,
  type DeniedError,
  isDenial,
  type Denial,
  type MessageDenial,
  type RouteDenial,
  type ThrowDenial,
  type ToolDenial,
  type ValueDenial,
} from "./fallback/denial.ts";

export { coverageTable } from "./guard/coverage-table.ts";
export { createGuard } from "./guard/create.ts";
export type * from "./guard/options.ts";
export type * from "./streams/options.ts";
export * from "./guard/identity.ts";
export type * from "./guard/guard.ts";
export type * from "./guard/typed-guard.ts";
export type * from "./guard/status.ts";
export type * from "./status/options.ts";
export type * from "./guard/events.ts";
export type { OnReview } from "./guard/review.ts";

export type * from "./approvals/approval.ts";
export type * from "./approvals/answers.ts";
export type * from "./approvals/store.ts";

export { memoryResults, type ResultStore } from "./sessions/results.ts";

export { memoryLimits } from "./limits/memory.ts";
export type * from "./limits/store.ts";

export * from "./audit/memory.ts";
export * from "./audit/verify.ts";
export * from "./audit/report.ts";
export type { AuditHead } from "./audit/chain.ts";
export type * from "./audit/record.ts";

export { verifyBundle, type VerifiedBundle, type VerifyOptions } from "./bundle/load.ts";
export { inlineSource } from "./bundle/inline-source.ts";
export { httpSource } from "./http/source.ts";
export { httpTrustSource } from "./http/trust-source.ts";
export type { HttpOptions } from "./http/options.ts";
export { memoryRollback } from "./bundle/memory-rollback.ts";
export {
  lockedRollback,
  type LockedVersion,
  type Lockfile,
  readLockfile,
} from "./bundle/lockfile.ts";
export type * from "./bundle/payload.ts";
export type * from "./bundle/source.ts";
export type * from "./bundle/rollback.ts";
export type * from "./trust/source.ts";
export { openTrustRoot, type TrustRoot, type TrustRootOptions } from "./trust/root.ts";
