import type { CompiledTool } from "./compiled-tool.ts";
import type { Risk } from "./decision.ts";
import type { EvaluationCall, EvaluationRequest } from "./evaluator.ts";
import { NO_RISK } from "./verdict.ts";

/** The risk of calling a tool; none for an unknown one. */
export function riskOf(tool: CompiledTool | undefined, untrusted = false): Risk {
  if (tool === undefined) return NO_RISK;
  return untrusted ? tool.riskUntrusted : tool.risk;
}

/** Completes a call with what the policy knows of its tool. */
export function requestFor(
  tool: CompiledTool | undefined,
  call: EvaluationCall,
): EvaluationRequest {
  return {
    tool: call.tool,
    arguments: call.arguments,
    agent: call.agent,
    delegation: call.delegation,
    user: call.user,
    tenant: call.tenant,
    dataType: tool?.dataType,
    // A tool that the policy does not know is denied before anything reads these.
    operation: tool?.operation ?? "write",
    session: call.session,
    facts: call.facts,
    risk: riskOf(tool, call.untrusted).score,
    time: call.time,
    context: call.context,
  };
}
