import type { EvaluationRequest, Evaluator } from "../decision/evaluator.ts";
import type { Access, SourcePosition } from "../policy/ir.ts";
import type { Dimension } from "./touch.ts";

/** Something that a call touches and a profile does not hold. */
export interface OutsideResource {
  readonly dimension: Dimension;
  /** As the call gave it; `null` where it could not be read: an expression erred or gave no text. */
  readonly resource: string | null;
  /** Of databases and paths. */
  readonly access?: Access;
}

/** How one profile took part in the scope step of a decision. */
export interface ProfileExplanation {
  readonly name: string;
  /** The line of the policy it was written at. */
  readonly at: SourcePosition;
  /** `error`: its condition could not be judged, which counts as no match. */
  readonly when: "matched" | "not_matched" | "error";
  /** Whether the profile lists the tool. */
  readonly holdsTool: boolean;
  /** What of the call the profile does not hold, also where it does not match. */
  readonly outside: readonly OutsideResource[];
  /** Whether the call is wholly inside; one such profile is enough. */
  readonly inside: boolean;
}

/**
 * Says of every profile whether it matches the agent, holds the tool and holds all that the call touches. For people
 * who ask why: unlike a decision it looks at all profiles, and it shows what the call named.
 *
 * @returns `null` where the policy has no profiles, or does not know the tool
 *
 * @example
 * ```ts
 * import { type EvaluationRequest, type Evaluator, explainScope } from "@interlatch/core";
 * declare const evaluator: Evaluator;
 * declare const request: EvaluationRequest;
 * for (const { name, when, holdsTool, outside } of explainScope(evaluator, request) ?? []) {
 *   console.log(name, when, holdsTool, outside.map(({ dimension }) => dimension));
 * }
 * ```
 */
export function explainScope(
  evaluator: Evaluator,
  request: EvaluationRequest,
): readonly ProfileExplanation[] | null {
  return evaluator.explainScope(request);
}
