import type { BundleIdentity, Decision } from "../decision/decision.ts";

/** What a guard tells its listeners. No event holds an argument value beyond the decision's own. */
export interface GuardEvents {
  decision: {
    readonly call: string | null;
    readonly tool: string;
    readonly agent: string | null;
    readonly decision: Decision;
  };
  "bundle.loaded": { readonly bundle: BundleIdentity; readonly source: string };
  "bundle.rejected": { readonly code: string; readonly message: string; readonly source: string };
  "audit.failed": { readonly message: string };
}

/** The part of pino's interface the guard uses. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
