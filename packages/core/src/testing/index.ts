export * from "./clock.ts";
export * from "./test-guard.ts";
