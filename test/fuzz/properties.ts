import { type Evaluation, type Policy, prepareEvaluator, type Rule } from "@interlatch/core";
import { validatePolicy } from "@interlatch/core/build";
import fc from "fast-check";
import { takeSnapshot } from "../../packages/core/src/snapshot/snapshot.ts";
import {
  arbitraryArguments,
  arbitraryRule,
  policyWith,
  withoutPresence,
} from "../arbitrary-policy.ts";
import { ERRS } from "../policies.ts";
import type { CaseResult, FuzzTarget } from "./target.ts";

/** What the decisions of any policy hold to. */
export const properties: FuzzTarget = {
  summary: "Random policies: order changes nothing; a deny, a review, an error never loosen.",
  cases: { long: 20_000, short: 400 },
  run,
};

type RuleParts = Partial<Rule> & Pick<Rule, "action">;

/** A policy, a call, and what is done to both. */
interface World {
  readonly rules: readonly RuleParts[];
  readonly shuffled: readonly number[];
  readonly deny: RuleParts;
  readonly review: RuleParts;
  readonly action: Rule["action"];
  readonly default: "allow" | "deny";
  readonly args: Record<string, unknown>;
}

const worlds: fc.Arbitrary<World> = fc.array(arbitraryRule(), { maxLength: 6 }).chain((rules) =>
  fc.record({
    rules: fc.constant(rules),
    shuffled: fc.shuffledSubarray([...rules.keys()], { minLength: rules.length }),
    deny: arbitraryRule(fc.constant("deny" as const)),
    review: arbitraryRule(fc.constant("review" as const)),
    action: fc.constantFrom("allow" as const, "review" as const, "deny" as const),
    default: fc.constantFrom("allow" as const, "deny" as const),
    args: arbitraryArguments,
  }),
);

async function run(seed: number): Promise<CaseResult> {
  const [world] = fc.sample(worlds, { seed, numRuns: 1 });
  if (world === undefined) throw new Error("fast-check gave no sample.");
  const rules = named(world.rules);
  const base = await decide(rules, world);
  const checks = [order, twice, denyTightens, reviewTightens, errorTightens, lessTightens];
  for (const check of checks) {
    const fault = await check(world, rules, base);
    if (fault !== undefined) return { label: "fault", fault: [fault, JSON.stringify(world)] };
  }
  return { label: base.verdict.effect };
}

type Property = (
  world: World,
  rules: readonly RuleParts[],
  base: Evaluation,
) => Promise<string | undefined>;

const order: Property = async (world, rules, base) => {
  const turned = world.shuffled.flatMap((index) => rules[index] ?? []);
  return seen(await decide(turned, world)) === seen(base)
    ? undefined
    : "The order of rules matters.";
};

const twice: Property = async (world, rules, base) =>
  seen(await decide(rules, world)) === seen(base)
    ? undefined
    : "The same call is decided otherwise.";

const denyTightens: Property = async (world, rules, base) => {
  const { verdict } = await decide([...rules, { ...world.deny, name: "more" }], world);
  return RANK[verdict.effect] < RANK[base.verdict.effect] ? "One more deny loosens." : undefined;
};

/** A review rule is a conditional grant, so it may lift a denial for want of a match; an allowed call it may not free. */
const reviewTightens: Property = async (world, rules, base) => {
  const { verdict } = await decide([...rules, { ...world.review, name: "more" }], world);
  const { effect, code } = base.verdict;
  if (effect !== "deny") {
    return RANK[verdict.effect] < RANK[effect] ? "One more review loosens." : undefined;
  }
  if (verdict.effect === "allow") return "One more review allows what was denied.";
  const lifts = code === "no_match" || code === "condition_error";
  return verdict.effect === "review" && !lifts
    ? `One more review lifts a denial (${code}).`
    : undefined;
};

/** A rule whose condition errs is as tight as one that holds and as one that does not. */
const errorTightens: Property = async (world, rules) => {
  const having = async (value: boolean | "error"): Promise<number> => {
    const when: Rule["when"] = value === "error" ? ERRS : { kind: "literal", value };
    const { verdict } = await decide(
      [...rules, { action: world.action, name: "more", when }],
      world,
    );
    return RANK[verdict.effect];
  };
  const erring = await having("error");
  return erring < (await having(true)) || erring < (await having(false))
    ? `An error in a rule that is to ${world.action} loosens.`
    : undefined;
};

/**
 * Tools of these policies describe no arguments, so nothing stands between the call and the conditions. Obligations
 * stay out: they come from rules that truly match, so an allow rule that errs takes its own bounds with it.
 */
const lessTightens: Property = async (world, rules) => {
  const blind = rules.map((rule) => withoutPresence(withoutObligations(rule)));
  const all = await decide(blind, world);
  for (const name of Object.keys(world.args)) {
    const entries = Object.entries(world.args).filter(([key]) => key !== name);
    const less = await decide(blind, { ...world, args: fromEntries(entries) });
    if (RANK[less.verdict.effect] < RANK[all.verdict.effect])
      return `Without ${name} the call is freer.`;
  }
  return undefined;
};

function withoutObligations({ maxBatchSize: _bound, ...rule }: RuleParts): RuleParts {
  return rule;
}

const RANK = { allow: 0, review: 1, deny: 2 } as const;

function named(rules: readonly RuleParts[]): readonly RuleParts[] {
  return rules.map((rule, index) => ({ ...rule, name: `r${index}` }));
}

/** With own properties only: `__proto__` is a name like any other. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, value] of entries) object[key] = value;
  return object;
}

const NOTHING = Object.freeze({});

async function decide(
  rules: readonly RuleParts[],
  { default: effect, args }: Pick<World, "default" | "args">,
): Promise<Evaluation> {
  const policy: Policy = validatePolicy(policyWith(rules, { default: effect }));
  const evaluator = await prepareEvaluator(policy);
  const [image, agent] = [takeSnapshot(args), takeSnapshot({ id: "a", roles: [] })];
  if (typeof image === "string" || typeof agent === "string")
    throw new Error("The call is no JSON.");
  const request = evaluator.request({
    tool: "tool",
    arguments: image.image,
    agent: agent.image,
    user: undefined,
    tenant: undefined,
    session: "s",
    facts: NOTHING,
    context: NOTHING,
    time: 0,
  });
  return evaluator.evaluate(request);
}

/** What a caller sees of a decision, whatever the order of things. */
function seen({ verdict, arguments: effective, rewrites }: Evaluation): string {
  const { effect, code, rule, rules, obligations } = verdict;
  const outcomes = rules.map(({ name, outcome }) => `${name}: ${outcome}`).toSorted();
  return JSON.stringify({
    effect,
    code,
    rule,
    outcomes,
    obligations: obligations.map((one) => JSON.stringify(one)).toSorted(),
    effective,
    rewrites,
  });
}
