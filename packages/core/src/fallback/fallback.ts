import type { Decision } from "../decision/decision.ts";
import type { EvaluationRequest, Evaluator } from "../decision/evaluator.ts";
import type { Fallback, Rule } from "../policy/ir.ts";
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

/**
 * What the agent gets instead of the denied call. The most specific fallback wins: the deciding rule's, the
 * tool's, the policy's. A value that cannot be made gives way to the message.
 */
export function fallBack(denied: DeniedCall): Denial {
  const { id, tool, decision, approval, deciding, evaluator, request } = denied;
  const base = evaluator?.policy.fallback;
  const chosen: Fallback | undefined =
    deciding?.fallback ?? evaluator?.tool(tool)?.fallback ?? base;
  const template =
    chosen?.kind === "message" ? chosen.message : base?.kind === "message" ? base.message : null;
  // Why an allow rule allows is no reason for a denial that a limit made of it.
  const reason = deciding?.action === "allow" ? undefined : deciding?.reason;
  const call = Object.freeze({ id, tool });
  const message = denialMessage(template, tool, decision, reason);
  const about = {
    decision,
    call,
    message,
    ...(approval === null ? {} : { approval: approval.id }),
  };
  if (chosen?.kind === "value" && request !== null) {
    const value = evaluator?.value(chosen.value, request);
    if (value !== undefined) {
      return markDenial({ kind: "value", ...about, value: structuredClone(value) });
    }
  }
  return markDenial({ kind: "message", ...about });
}
