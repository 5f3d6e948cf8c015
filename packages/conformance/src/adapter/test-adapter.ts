import type { Runner } from "../runner.ts";
import type { AdapterUnderTest } from "./adapter.ts";
import { checkCalls } from "./calls.ts";
import { checkFallbacks } from "./fallbacks.ts";
import { kitFor } from "./kit.ts";
import { checkReviews } from "./reviews.ts";
import { checkVectors, type Compile } from "./vectors.ts";

/** What the kit cannot bring along. */
export interface AdapterTestOptions {
  /** Builds a policy from the text of its one file: `compilePolicy` of `@interlatch/policy`. Must not throw. */
  readonly compile: Compile;
}

/**
 * What every adapter must do, told to a test runner: what is allowed runs once, what is denied never runs, every
 * call is answered under its id, a fallback reaches the model, a person's answer counts once and for its call alone,
 * and neither a denial, a tool nor the guard itself can end the run. Then every decision vector that a conversation can
 * express, which must come out as on the engine itself.
 *
 * @param adapter - drives the real framework with a scripted model
 * @param runner - `{ describe, it, expect }` of the caller's test runner
 *
 * @example
 * ```ts
 * import { testAdapter, type AdapterUnderTest } from "@interlatch/conformance";
 * import { compilePolicy } from "@interlatch/policy";
 * import { describe, expect, it } from "vitest";
 * declare const mine: AdapterUnderTest;
 * testAdapter(
 *   mine,
 *   { describe, it, expect },
 *   { compile: (text) => compilePolicy({ files: [{ path: "policy.yaml", text }] }) },
 * );
 * ```
 */
export function testAdapter(
  adapter: AdapterUnderTest,
  runner: Runner,
  { compile }: AdapterTestOptions,
): void {
  runner.describe(`the adapter for ${adapter.name}`, () => {
    const kit = kitFor(adapter, runner);
    checkCalls(kit);
    checkFallbacks(kit);
    checkReviews(kit);
    checkVectors(kit, compile);
  });
}
