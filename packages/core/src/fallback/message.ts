import type { Decision } from "../decision/decision.ts";
import { DECISION_CODES } from "../decision/codes.ts";
import type { MessageTemplate } from "../policy/ir.ts";

/**
 * What the model is told. Built from the policy's words, or from the code's where the policy has none;
 * never from operator detail or from values.
 */
export function denialMessage(
  template: MessageTemplate | null,
  tool: string,
  decision: Decision,
  ruleReason: string | undefined,
): string {
  const reason = ruleReason ?? withDelay(DECISION_CODES[decision.code].model, decision);
  const names = { reason, tool: shown(tool), rule: decision.rule ?? "" };
  const text =
    template === null
      ? reason
      : template.map((part) => (typeof part === "string" ? part : names[part.name])).join("");
  // The fourth time the words must change, or a model goes on trying.
  return decision.code === "repeated" && !text.includes(DECISION_CODES.repeated.model)
    ? `${text} ${DECISION_CODES.repeated.model}`
    : text;
}

/** The longest name that a tool can have. A longer one is what a model made up, and not worth its room in the answer. */
const LONGEST_NAME = 128;

function shown(tool: string): string {
  return tool.length > LONGEST_NAME ? `${tool.slice(0, LONGEST_NAME)}…` : tool;
}

function withDelay(text: string, decision: Decision): string {
  if (decision.effect === "allow" || decision.retryAfter === undefined) return text;
  return text.replace("Try again later.", `Try again in ${decision.retryAfter} seconds.`);
}
