import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { policyOf } from "../../../../test/policies.ts";
import type { ArgumentSchema, Policy } from "../policy/ir.ts";
import { validatePolicy } from "../policy/validate.ts";
import { takeSnapshot } from "../snapshot/snapshot.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { testGuard } from "../testing/index.ts";
import { createFacts } from "./facts.ts";
import { EVERY_PART } from "../../test/parts.ts";

function image(value: object): JsonObject {
  const taken = takeSnapshot(value);
  if (typeof taken === "string") throw new Error(taken);
  return taken.image;
}

function policyWith(facts: JsonObject, hostFacts?: ArgumentSchema): Policy {
  const plain = policyOf({ facts });
  return validatePolicy(hostFacts === undefined ? plain : { ...plain, hostFacts });
}

function joined(policy: Policy, added: object): unknown {
  const facts = createFacts(policy, EVERY_PART)(image(added));
  return facts === undefined ? undefined : JSON.parse(JSON.stringify(facts));
}

const SHAPE: ArgumentSchema = {
  type: "object",
  properties: {
    limit: { type: "integer", minimum: 1 },
    regions: { type: "array", items: { type: "string" } },
  },
  required: ["limit"],
};

describe("facts of a host", () => {
  it("grow those of the policy and replace nothing", () => {
    const policy = policyWith({ partners: ["a.test"], plan: "basic", nested: { x: 1 } });
    expect(
      joined(policy, { partners: ["b.test", 5], plan: "pro", nested: { y: 2 }, other: 1 }),
    ).toEqual({
      partners: ["a.test", "b.test"],
      plan: "basic",
      nested: { x: 1, y: 2 },
    });
  });

  verifies(
    "language.shapes.facts",
    "stand beside those of the policy where they fit the declared shape",
    () => {
      const policy = policyWith({ partners: ["a.test"] }, SHAPE);
      const added = { limit: 5, regions: ["eu"], partners: ["b.test"] };
      expect(joined(policy, added)).toEqual({
        partners: ["a.test", "b.test"],
        limit: 5,
        regions: ["eu"],
      });
    },
  );

  it.each<[string, object]>([
    ["of another type", { limit: "5" }],
    ["out of range", { limit: 0 }],
    ["that lack a required one", { regions: ["eu"] }],
    ["with one that no shape names", { limit: 5, secret: true }],
    ["with a bad one beside good ones", { limit: 5, regions: [1] }],
  ])("%s make all facts unreadable", (_, added) => {
    const policy = policyWith({ partners: ["a.test"] }, SHAPE);
    expect(joined(policy, { ...added, partners: ["b.test"] })).toBeUndefined();
  });

  it("of which none is beside those of the policy say nothing wrong", () => {
    const policy = policyWith({ partners: ["a.test"] }, SHAPE);
    expect(joined(policy, { partners: ["b.test"] })).toEqual({ partners: ["a.test", "b.test"] });
  });

  it("that cost too much to check make all facts unreadable", () => {
    const others = Array.from({ length: 60 }, (_, index) => ({ const: `region ${index}` }));
    const region = { anyOf: [...others, { type: "string" }] } as const;
    const policy = policyWith(
      {},
      { type: "object", properties: { regions: { type: "array", items: region } } },
    );
    const regions = (length: number): object => ({ regions: Array.from({ length }, () => "x") });
    expect(joined(policy, regions(100))).toEqual(regions(100));
    expect(joined(policy, regions(99_000))).toBeUndefined();
  });

  it("called __proto__ or constructor are data", () => {
    const policy = policyWith({}, { type: "object", additionalProperties: true });
    const facts = createFacts(
      policy,
      EVERY_PART,
    )(image(JSON.parse('{"__proto__":{"admin":true},"constructor":1}')));
    if (facts === undefined) throw new Error("they fit");
    expect(Object.keys(facts)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(facts)?.admin).toBeUndefined();
    expect("admin" in facts).toBe(false);
  });

  it("are read by conditions, and an error where they did not fit", async () => {
    const when = {
      kind: "compare",
      operator: "<=",
      left: { kind: "field", of: { kind: "variable", name: "arguments" }, name: "n" },
      right: { kind: "field", of: { kind: "variable", name: "facts" }, name: "limit" },
    } as const;
    const policy = { ...policyOf({ rules: [{ action: "allow", when }] }), hostFacts: SHAPE };
    const guard = await testGuard(policy);
    const effect = (facts: JsonObject): string =>
      guard.decide({ ticket: guard.ticket({ facts }), id: "c", tool: "tool", arguments: { n: 3 } })
        .effect;
    expect(effect({ limit: 5 })).toBe("allow");
    expect(effect({ limit: 2 })).toBe("deny");
    expect(effect({ limit: "5" })).toBe("deny");
    expect(effect({})).toBe("deny");
  });

  verifies(
    "language.facts-misfit",
    "let through nobody whom a fact would have stopped",
    async () => {
      const facts = { kind: "variable", name: "facts" } as const;
      const suspended = { kind: "field", of: facts, name: "suspended" } as const;
      const id = { kind: "field", of: { kind: "variable", name: "agent" }, name: "id" } as const;
      // `has(facts.suspended) && agent.id in facts.suspended`
      const when = {
        kind: "and",
        operands: [
          { kind: "has", of: facts, name: "suspended" },
          { kind: "compare", operator: "in", left: id, right: suspended },
        ],
      } as const;
      const list = { type: "array", items: { type: "string" } } as const;
      const hostFacts: ArgumentSchema = {
        type: "object",
        properties: { suspended: list, region: { type: "string" } },
      };
      const guard = await testGuard({
        ...policyOf({ rules: [{ action: "allow" }, { action: "deny", when }] }),
        hostFacts,
      });
      const code = (given: JsonObject): string => {
        const ticket = guard.ticket({ agent: { id: "mallory" }, facts: given });
        return guard.decide({ ticket, id: "c", tool: "tool", arguments: {} }).code;
      };
      expect(code({})).toBe("allowed");
      expect(code({ suspended: ["eve"] })).toBe("allowed");
      expect(code({ suspended: ["mallory"] })).toBe("rule_denied");
      // One bad fact must not take the others away from a rule that denies.
      expect(code({ suspended: ["mallory"], region: 5 })).toBe("condition_error");
      expect(code({ suspended: ["mallory"], unknown: 5 })).toBe("condition_error");
      expect(code({ suspended: "mallory" })).toBe("condition_error");
    },
  );
});
