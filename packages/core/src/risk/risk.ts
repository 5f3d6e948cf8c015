import type { Risk } from "../decision/decision.ts";
import type { ToolPolicy } from "../policy/ir.ts";

const OPERATION_POINTS = {
  read: 0,
  write: 20,
  delete: 40,
  execute: 40,
  spend: 40,
  egress: 0,
} as const;
const DATA_POINTS = { public: 0, internal: 10, sensitive: 25, secret: 40 } as const;
const EGRESS_POINTS = 10;
const UNTRUSTED_POINTS = 15;
const IRREVERSIBLE_FLOOR = 60;

/**
 * The risk score as far as it is built: additive integers from a tool's operation and its data, and from what
 * its session has read, with a floor of 60 for what cannot be undone. The score reports; it changes no effect.
 *
 * @param untrusted - whether the session has read a tool's result: nothing says yet that one can be trusted
 */
export function toolRisk(tool: ToolPolicy, untrusted: boolean): Risk {
  const factors = [
    { name: `operation:${tool.operation}`, points: OPERATION_POINTS[tool.operation] },
    { name: `data:${tool.data ?? "unknown"}`, points: tool.data ? DATA_POINTS[tool.data] : 0 },
    { name: "egress", points: tool.operation === "egress" ? EGRESS_POINTS : 0 },
    { name: "untrusted_content", points: untrusted ? UNTRUSTED_POINTS : 0 },
  ].filter((factor) => factor.points > 0);
  const sum = factors.reduce((total, factor) => total + factor.points, 0);
  const lifted = !tool.reversible && sum < IRREVERSIBLE_FLOOR;
  if (lifted) factors.push({ name: "irreversible", points: IRREVERSIBLE_FLOOR - sum });
  return Object.freeze({
    score: Math.min(100, lifted ? IRREVERSIBLE_FLOOR : sum),
    // Each of them too: one object stands for all calls of the tool.
    factors: Object.freeze(factors.map((factor) => Object.freeze(factor))),
  });
}
