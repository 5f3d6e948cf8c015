import type { Evaluation, Evaluator } from "../src/decision/evaluator.ts";
import { prepareEvaluator } from "../src/guard/bundles.ts";
import type { Policy } from "../src/policy/ir.ts";
import { validatePolicy } from "../src/policy/validate.ts";
import { takeSnapshot } from "../src/snapshot/snapshot.ts";

/** The evaluator of a policy, checked as one that was signed is. */
export function evaluatorOf(
  policy: Policy,
  host?: Parameters<typeof prepareEvaluator>[1],
): Promise<Evaluator> {
  return prepareEvaluator(validatePolicy(policy), host);
}

/** What the rules are asked about a call by an agent without roles. */
export function requestOf(
  evaluator: Evaluator,
  args: object,
  tool = "tool",
): ReturnType<Evaluator["request"]> {
  const [image, agent] = [takeSnapshot(args), takeSnapshot({ id: "a", roles: [] })];
  if (typeof image === "string" || typeof agent === "string") throw new Error("not JSON");
  return evaluator.request({
    tool,
    arguments: image.image,
    agent: agent.image,
    user: undefined,
    tenant: undefined,
    session: "s",
    facts: {},
    context: {},
    time: 0,
  });
}

/** What the rules alone say of a call of `tool`: no guard, no limits, no people. */
export async function evaluate(
  policy: Policy,
  args: object,
  host?: Parameters<typeof prepareEvaluator>[1],
): Promise<Evaluation> {
  const evaluator = await evaluatorOf(policy, host);
  return evaluator.evaluate(requestOf(evaluator, args));
}
