import { describe, expect, it } from "vitest";
import { ERRS, HOLDS, HOLDS_NOT, policyOf } from "../../../../test/policies.ts";
import { prepareEvaluator } from "../guard/bundles.ts";
import type { Expression } from "../policy/expression.ts";
import type { Effect, Policy, ToolPolicy } from "../policy/ir.ts";
import { takeSnapshot } from "../snapshot/snapshot.ts";
import type { EvaluationCall, Evaluation } from "./evaluator.ts";
import type { Verdict } from "./verdict.ts";

function callOf(args: object = {}): EvaluationCall {
  const taken = takeSnapshot(args);
  const agent = takeSnapshot({ id: "a", roles: [] });
  if (typeof taken === "string" || typeof agent === "string") throw new Error("not JSON");
  const nothing = Object.freeze({});
  return {
    tool: "tool",
    arguments: taken.image,
    agent: agent.image,
    user: undefined,
    tenant: undefined,
    session: "s",
    facts: nothing,
    context: nothing,
    time: 0,
  };
}

async function evaluatorOf(policy: Policy): Promise<(args?: object) => Evaluation> {
  const evaluator = await prepareEvaluator(policy);
  return (args) => evaluator.evaluate(evaluator.request(callOf(args)));
}

async function verdictOf(policy: Policy): Promise<Verdict> {
  return (await evaluatorOf(policy))().verdict;
}

const OUTCOMES: Readonly<Record<string, Expression>> = { yes: HOLDS, no: HOLDS_NOT, err: ERRS };
type Written = `${Effect}:${"yes" | "no" | "err"}`;

function rulesOf(
  written: readonly Written[],
): NonNullable<Parameters<typeof policyOf>[0]["rules"]> {
  return written.map((rule) => {
    const [action, outcome = "yes"] = rule.split(":");
    const when = OUTCOMES[outcome] ?? HOLDS;
    return { name: rule.replace(":", "_"), action: action as Effect, when }; // as it was written
  });
}

describe("rules combine", () => {
  const table: readonly (readonly [
    readonly Written[],
    "allow" | "deny",
    string,
    string,
    string | null,
  ])[] = [
    [[], "deny", "deny", "no_match", null],
    [[], "allow", "allow", "allowed_by_default", null],
    [["allow:yes"], "deny", "allow", "allowed", "allow_yes"],
    [["allow:no"], "deny", "deny", "no_match", null],
    [["allow:err"], "deny", "deny", "no_match", null],
    [["allow:err"], "allow", "allow", "allowed_by_default", null],
    [["review:yes"], "deny", "review", "review_required", "review_yes"],
    [["review:yes"], "allow", "review", "review_required", "review_yes"],
    [["review:no"], "deny", "deny", "no_match", null],
    [["review:err"], "deny", "deny", "condition_error", "review_err"],
    [["review:err"], "allow", "review", "review_required", "review_err"],
    [["allow:yes", "review:err"], "deny", "review", "review_required", "review_err"],
    [["allow:err", "review:err"], "deny", "deny", "condition_error", "review_err"],
    [["allow:yes", "review:yes"], "deny", "review", "review_required", "review_yes"],
    [["review:yes", "review:err"], "deny", "review", "review_required", "review_yes"],
    [["allow:yes", "deny:yes"], "deny", "deny", "rule_denied", "deny_yes"],
    [["allow:yes", "deny:no"], "deny", "allow", "allowed", "allow_yes"],
    [["allow:yes", "deny:err"], "deny", "deny", "condition_error", "deny_err"],
    [["deny:yes", "deny:err"], "deny", "deny", "rule_denied", "deny_yes"],
    [["allow:yes", "review:yes", "deny:yes"], "allow", "deny", "rule_denied", "deny_yes"],
    [["review:yes", "deny:err"], "allow", "deny", "condition_error", "deny_err"],
  ];
  it.each(table)("%j over default %s is %s (%s)", async (written, base, effect, code, rule) => {
    const policy = policyOf({ tools: { tool: { default: base } }, rules: rulesOf(written) });
    expect(await verdictOf(policy)).toMatchObject({ effect, code, rule });
  });

  it("names the smallest of several deciding rules, by code unit", async () => {
    const names = ["b", "a", "B", "Z", "é"];
    const rules = names.map((name) => ({ name, action: "deny" as const }));
    expect((await verdictOf(policyOf({ rules }))).rule).toBe("B");
  });

  it("keeps how every rule came out, by name", async () => {
    const { rules } = await verdictOf(
      policyOf({ rules: rulesOf(["review:err", "allow:yes", "deny:no"]) }),
    );
    expect(rules.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "allow_yes matched",
      "deny_no not_matched",
      "review_err error",
    ]);
  });

  it("takes the reason of the deciding rule, else the code's", async () => {
    const why = policyOf({ rules: [{ action: "deny", reason: "not on Sundays" }] });
    expect((await verdictOf(why)).reason).toBe("not on Sundays");
    expect((await verdictOf(policyOf({}))).reason).toBe("no rule allows this call");
  });
});

describe("a rule with an end", () => {
  it("applies up to its last instant and not after, whatever it does", async () => {
    const at = async (until: number): Promise<string> =>
      (
        await verdictOf(
          policyOf({ rules: [{ action: "allow" }, { action: "deny", name: "ends", until }] }),
        )
      ).code;
    expect(await at(0)).toBe("rule_denied");
    expect(await at(-1)).toBe("allowed");
    const grant = policyOf({ rules: [{ action: "allow", until: -1 }] });
    expect((await verdictOf(grant)).code).toBe("no_match");
  });
});

describe("obligations", () => {
  const limit = (max: number) =>
    ({ max, windowMs: 1_000, onExceed: "deny", by: ["agent"] }) as const;
  const batch: Partial<ToolPolicy> = { batch: { argument: "size" } };

  it("unite over all true matches, and those of a rule that did not match are not there", async () => {
    const policy = policyOf({
      rules: [
        { name: "a", action: "allow", rateLimit: limit(1) },
        { name: "b", action: "allow", rateLimit: limit(2), when: HOLDS_NOT },
        { name: "c", action: "allow", rateLimit: limit(3), when: ERRS },
        { name: "d", action: "review", rateLimit: limit(4) },
        { name: "e", action: "allow" },
      ],
    });
    const { obligations } = await verdictOf(policy);
    expect(obligations.map(({ rule }) => rule)).toEqual(["a", "d"]);
  });

  it("of a review rule that erred into a review apply", async () => {
    const policy = policyOf({
      rules: [
        { action: "allow" },
        { name: "r", action: "review", when: ERRS, rateLimit: limit(1) },
      ],
    });
    expect((await verdictOf(policy)).obligations.map(({ rule }) => rule)).toEqual(["r"]);
  });

  it("clamp to the smallest batch of all matching rules", async () => {
    const policy = policyOf({
      tools: { tool: batch },
      rules: [
        { name: "a", action: "allow", maxBatchSize: 100 },
        { name: "b", action: "allow", maxBatchSize: 40 },
        { name: "c", action: "allow", maxBatchSize: 5, when: HOLDS_NOT },
      ],
    });
    const evaluate = await evaluatorOf(policy);
    const made = evaluate({ size: 5_000, keep: 1 });
    expect(made.arguments).toEqual({ size: 40, keep: 1 });
    expect(made.rewrites).toEqual([
      { kind: "max_batch_size", path: "arguments.size", from: 5_000, to: 40 },
    ]);
    const list = evaluate({ size: Array.from({ length: 50 }, (_, n) => n) });
    expect(list.arguments["size"]).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(evaluate({ size: 40 }).rewrites).toEqual([]);
  });

  it("that cannot be met deny", async () => {
    const clamped = { action: "allow", maxBatchSize: 10 } as const;
    const none = policyOf({ rules: [clamped] });
    expect((await verdictOf(none)).code).toBe("obligation_failed");
    const evaluate = await evaluatorOf(policyOf({ tools: { tool: batch }, rules: [clamped] }));
    for (const args of [{}, { size: "9" }, { size: null }, { size: { n: 1 } }, { other: 1 }]) {
      expect(evaluate(args).verdict.code).toBe("obligation_failed");
    }
  });
});
