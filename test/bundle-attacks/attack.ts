import assert from "node:assert/strict";
import { type ErrorCode, isInterlatchError } from "@interlatch/core";

/** One thing that must not work, or one (a control) that must. `run` rejects when it is the other way round. */
export interface Attack {
  /** `bundle.attack.07`, or `bundle.control.01`. Stable: promises and reports name it. */
  readonly id: string;
  readonly title: string;
  run(): Promise<void>;
}

/** Numbers an attack. */
export function attack(number: number, title: string, run: () => Promise<void>): Attack {
  return { id: `bundle.attack.${String(number).padStart(2, "0")}`, title, run };
}

/** Numbers a positive control: what the attacks change one thing of. Without it a verifier that refuses everything passes. */
export function control(number: number, title: string, run: () => Promise<void>): Attack {
  return { id: `bundle.control.${String(number).padStart(2, "0")}`, title, run };
}

/**
 * Resolves when `attempt` rejects with exactly this code and words. The words tell apart attacks that share a code, so
 * that none passes for another's reason.
 */
export async function refused(
  code: ErrorCode,
  words: RegExp,
  attempt: () => Promise<unknown>,
): Promise<void> {
  let error: unknown;
  try {
    await attempt();
  } catch (caught) {
    error = caught;
  }
  assert.ok(error !== undefined, `expected ${code}, and it was accepted`);
  if (!isInterlatchError(error)) throw error;
  assert.equal(error.code, code, error.message);
  assert.match(error.message, words);
}
