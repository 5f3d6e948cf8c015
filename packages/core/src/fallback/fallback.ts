import type { Decision } from "../decision/decision.ts";
import type { EvaluationRequest, Evaluator } from "../decision/evaluator.ts";
import type { Fallback, MessageTemplate, Rule } from "../policy/ir.ts";
import { markDenial, type Denial } from "./denial.ts";
import { denialMessage } from "./message.ts";

/** A denied call, as far as its fallback needs it. */
export interface DeniedCall {
  readonly id: string | null;
  readonly tool: string;
  readonly decision: Decision;
  /** `null`: people were not asked. */
  readonly approval: { readonly id: string } | null;
  readonly deciding: Rule | null;
  /** `null` where no bundle is loaded. */
  readonly evaluator: Evaluator | null;
  /** `null` where the rules were not reached. */
  readonly request: EvaluationRequest | null;
}

/** How often it was denied, and what the host makes of it. */
export interface DenialManner {
  /** Whether the run is to end here. */
  readonly end: boolean;
  /** Whether the policy may have an exception thrown. */
  readonly allowThrow: boolean;
}

/**
 * What the agent gets instead of the denied call. The most specific fallback wins: the deciding rule's, the
 * tool's, the policy's. A value that cannot be made gives way to the message, and so does a lesser tool: it is run
 * where calls are run, see `Hop`.
 */
export function fallBack(denied: DeniedCall, { end, allowThrow }: DenialManner): Denial {
  const { id, tool, decision, approval, deciding, evaluator, request } = denied;
  const chosen = chosenFallback(denied);
  // Why an allow rule allows is no reason for a denial that a limit made of it.
  const reason = deciding?.action === "allow" ? undefined : deciding?.reason;
  const call = Object.freeze({ id, tool });
  const template = wordsOf(chosen) ?? wordsOf(evaluator?.policy.fallback) ?? null;
  const message = denialMessage(template, tool, decision, reason);
  const about = {
    decision,
    call,
    message,
    ...(approval === null ? {} : { approval: approval.id }),
    ...(end ? { end } : {}),
  };
  if (chosen?.kind === "value" && request !== null) {
    const value = evaluator?.value(chosen.value, request);
    if (value !== undefined) {
      return markDenial({ kind: "value", ...about, value: structuredClone(value) });
    }
  }
  if (chosen?.kind === "route") return markDenial({ kind: "route", ...about, route: chosen.route });
  const kind = chosen?.kind === "throw" && allowThrow ? "throw" : "message";
  return markDenial({ kind, ...about });
}

/** The most specific fallback: the deciding rule's, the tool's, the policy's. */
export function chosenFallback({ deciding, evaluator, tool }: DeniedCall): Fallback | undefined {
  return deciding?.fallback ?? evaluator?.tool(tool)?.fallback ?? evaluator?.policy.fallback;
}

/** The words of a fallback that has some. */
function wordsOf(fallback: Fallback | undefined): MessageTemplate | undefined {
  return fallback?.kind === "message" || fallback?.kind === "throw" ? fallback.message : undefined;
}
