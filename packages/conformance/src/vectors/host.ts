import type { Guard, OnReview, Policy } from "@interlatch/core";
import type { FakeClock } from "@interlatch/core/testing";
import type { AdapterUnderTest } from "../adapter/adapter.ts";

/** What vectors are run against: a compiler and a guard. */
export interface VectorHost {
  /** Builds a policy from the text of its one file. Must not throw for a bad text. */
  compile(text: string): Compiled | Promise<Compiled>;
  /** A new guard over the policy, with empty stores, on this clock. */
  makeGuard(policy: Policy, options: VectorGuardOptions): Guard | Promise<Guard>;
  /**
   * Plays calls through a framework instead of `guard.run`, where a conversation can express them: every call has an id
   * of its own in its turn, and there are not many turns. Left out: every case is played on the guard itself.
   */
  readonly adapter?: AdapterUnderTest;
}

/** What a guard for one case is made with. */
export interface VectorGuardOptions {
  /** Its `now` is the guard's clock. */
  readonly time: FakeClock;
  readonly onReview: OnReview;
}

/** A policy, or every error in it. */
export type Compiled =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly errors: readonly CompileError[] };

/** One error of a compiler, as far as vectors look at it. */
export interface CompileError {
  /** `not_supported_yet` for what a later engine runs. */
  readonly code: string;
  /** From 1. */
  readonly line: number;
  /** Names a key between backticks. */
  readonly message: string;
  readonly hint?: string;
  /** The source line. */
  readonly excerpt?: string;
}

/** The keys for which nothing but a later engine is missing; `null` when there is any other error. */
export function unsupportedKeys(errors: readonly CompileError[]): readonly string[] | null {
  if (errors.length === 0 || errors.some(({ code }) => code !== "not_supported_yet")) return null;
  const keys = errors.map(({ message }) => /`([^`]+)`/.exec(message)?.[1] ?? message);
  return [...new Set(keys)].sort();
}

/** One line for an error. */
export function errorLine({ line, code, message }: CompileError): string {
  return `line ${line}: ${code}: ${message}`;
}
