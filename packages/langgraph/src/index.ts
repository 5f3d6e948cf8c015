export { guardGraph, type GraphGate, type GuardGraphOptions, type PolicyTargets } from "./gate.ts";
export { policyHook, type MessagesState, type PolicyHookOptions } from "./policy-hook.ts";
export { GuardedToolNode } from "./tool-node.ts";
export type {
  InboxRequestValue,
  ReviewAction,
  ReviewOptions,
  ReviewRefusal,
  ReviewRequestValue,
  ReviewRun,
} from "@interlatch/langchain";
