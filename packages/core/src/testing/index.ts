export * from "./clock.ts";
export * from "./reviewers.ts";
export * from "./test-guard.ts";
export * from "./workbench.ts";
export type { Trace, TracedValue, TraceListener } from "../evaluate/trace.ts";
