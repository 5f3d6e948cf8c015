export { REQUIREMENTS, requirement, type Requirement } from "./requirements.ts";
export { readVectors, vectorsFolder } from "./vectors/read.ts";
export { runVectors } from "./vectors/run.ts";
export type * from "./vectors/report.ts";
export type * from "./vectors/host.ts";
export type * from "./vectors/vector.ts";
export type { Runner } from "./runner.ts";
export { testApprovalStore, type ApprovalStoreUnderTest } from "./stores/approvals.ts";
export { testStore, type StoreUnderTest } from "./stores/limits.ts";
export { testRollbackStore, type RollbackStoreUnderTest } from "./stores/rollback.ts";
export type {
  AdapterUnderTest,
  Conversation,
  ModelAnswer,
  PausedRun,
  PersonAnswer,
  ScriptedCall,
  ScriptedTool,
} from "./adapter/adapter.ts";
export { testAdapter, type AdapterTestOptions } from "./adapter/test-adapter.ts";
export type { Compile } from "./adapter/vectors.ts";
