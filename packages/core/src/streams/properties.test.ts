import fc from "fast-check";
import { describe, expect } from "vitest";
import {
  arbitraryArguments,
  arbitraryRule,
  policyWith,
} from "../../../../test/arbitrary-policy.ts";
import { verifies } from "../../../../test/verifies.ts";
import type { Evaluation, EvaluationRequest, Evaluator } from "../decision/evaluator.ts";
import { prepareBundle } from "../guard/bundles.ts";
import type { Policy } from "../policy/ir.ts";
import { redact } from "../redact/apply.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { image } from "../../test/json.ts";
import { payloadOf } from "../testing/test-guard.ts";
import { composeEvaluators } from "./evaluator.ts";

const RANK = { allow: 0, review: 1, deny: 2 } as const;
const AGENT = image({ id: "a", roles: [] });

const NONE = image({});

function requestOf(evaluator: Evaluator, args: JsonObject, facts = NONE): EvaluationRequest {
  const call = { tool: "tool", arguments: args, agent: AGENT, facts, context: NONE, time: 0 };
  return evaluator.request({ ...call, session: "s", user: undefined, tenant: undefined });
}

const sizeOf = (size: unknown): number => (Array.isArray(size) ? size.length : Number(size));

/** The policies one by one, and as streams of one guard. */
async function both(policies: readonly Policy[], args: JsonObject) {
  const bundles = await Promise.all(
    policies.map((each) => prepareBundle(payloadOf(each, 1), "", 0)),
  );
  const streams = bundles.map((bundle, index) => ({
    name: `s${index}`,
    covers: () => true,
    bundle,
  }));
  const facts = image(Object.fromEntries(streams.map(({ name }) => [name, {}])));
  const composed = composeEvaluators(streams, { redact, tokens: undefined });
  const alone = bundles.map(({ evaluator }) => evaluator.evaluate(requestOf(evaluator, args)));
  return { together: composed.evaluate(requestOf(composed, args, facts)), alone, bundles };
}

const rank = ({ verdict }: Evaluation): number => RANK[verdict.effect];
/** Mostly what allows: one that denies ends it for all. */
const ACTION = fc.constantFrom("allow", "allow", "allow", "review", "deny") satisfies fc.Arbitrary<
  "allow" | "review" | "deny"
>;
const policyOfStream = (obligations: boolean): fc.Arbitrary<Policy> =>
  fc
    .tuple(
      fc.array(arbitraryRule(ACTION, { obligations }), { maxLength: 4 }),
      fc.constantFrom("allow" as const, "deny" as const),
    )
    .map(([rules, base]) => policyWith(rules, { default: base }));
const policiesOf = (obligations: boolean): fc.Arbitrary<readonly Policy[]> =>
  fc.array(policyOfStream(obligations), { minLength: 1, maxLength: 3 });

describe("several streams", () => {
  verifies("streams.restrictive", "decide as the most restrictive of them", async () => {
    const ranks = new Set<number>();
    await fc.assert(
      fc.asyncProperty(policiesOf(false), arbitraryArguments, async (policies, args) => {
        const { together, alone } = await both(policies, image(args));
        expect(rank(together)).toBe(Math.max(...alone.map(rank)));
        ranks.add(rank(together));
      }),
      { numRuns: 400 },
    );
    expect(ranks).toEqual(new Set([0, 1, 2]));
  });

  verifies(
    "streams.effective",
    "let a call run only with arguments that each of them lets through unchanged",
    async () => {
      let clamped = 0;
      await fc.assert(
        fc.asyncProperty(policiesOf(true), arbitraryArguments, async (policies, args) => {
          const asked = image({ size: 100, ...args });
          const { together, bundles } = await both(policies, asked);
          const { verdict, arguments: effective, rewrites } = together;
          // One that denies what was asked denies; a change by another stream makes nothing of it good.
          const firsts = bundles.map(({ evaluator }) =>
            evaluator.judge(requestOf(evaluator, asked), false),
          );
          const least = Math.max(...firsts.map(({ effect }) => RANK[effect]));
          expect(rank(together)).toBeGreaterThanOrEqual(least);
          if (verdict.effect === "deny") return;
          for (const { maxBatchSize } of firsts) {
            expect(maxBatchSize).toBeGreaterThanOrEqual(verdict.maxBatchSize);
          }
          for (const { evaluator } of bundles) {
            const again = evaluator.judge(requestOf(evaluator, effective), true);
            expect(again.effect).not.toBe("deny");
            if (again.effect === "review") expect(verdict.effect).toBe("review");
          }
          if (rewrites.length > 0) clamped++;
          if (verdict.maxBatchSize === Infinity) expect(effective).toBe(asked);
          else expect(sizeOf(effective["size"])).toBeLessThanOrEqual(verdict.maxBatchSize);
        }),
        { numRuns: 400 },
      );
      expect(clamped).toBeGreaterThan(5);
    },
  );
});
