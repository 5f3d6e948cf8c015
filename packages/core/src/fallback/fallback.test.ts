import { describe, expect, it } from "vitest";
import { argument, compare, perMinute, policyOf, says } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { DECISION_CODES } from "../decision/codes.ts";
import type { Policy } from "../policy/ir.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import { isDenial, type Denial } from "./denial.ts";

function deny(guard: TestGuard, tool: string, args: object = {}, session = "s"): Denial {
  const ticket = guard.ticket({ session });
  const result = guard.run({ ticket, id: "c1", tool, arguments: args }, () => "ran");
  if (!isDenial(result)) throw new Error("not denied");
  return result;
}

async function denialOf(policy: Policy, tool: string, args: object = {}): Promise<Denial> {
  return deny(await testGuard(policy), tool, args);
}

describe("the most specific fallback", () => {
  const policy = policyOf({
    tools: { all: { fallback: says("tool") }, some: { fallback: says("tool") }, none: {} },
    rules: [
      { name: "a", action: "deny", tools: ["all"], fallback: says("rule") },
      { name: "b", action: "deny", tools: ["some", "none"] },
    ],
    fallback: says("policy"),
  });

  verifies(
    "core.fallback.specific",
    "is the rule's, then the tool's, then the policy's",
    async () => {
      const guard = await testGuard(policy);
      expect(deny(guard, "all").message).toBe("rule");
      expect(deny(guard, "some").message).toBe("tool");
      expect(deny(guard, "none").message).toBe("policy");
      expect(deny(guard, "nobody_knows").message).toBe("policy");
    },
  );

  it("is the code's own words where the policy has none", async () => {
    const bare = policyOf({ rules: [{ action: "deny" }] });
    expect((await denialOf(bare, "tool")).message).toBe(DECISION_CODES.rule_denied.model);
  });

  it("of an allow rule is used when that rule's limit is what denies", async () => {
    const limited = policyOf({
      rules: [
        {
          action: "allow",
          reason: "staff may",
          rateLimit: perMinute(1),
          fallback: { kind: "message", message: ["Wait: ", { name: "reason" }] },
        },
      ],
    });
    const guard = await testGuard(limited);
    await guard.run({ ticket: guard.ticket(), id: "c0", tool: "tool", arguments: {} }, () => "ran");
    // Why the rule allows is no reason for the limit.
    expect(deny(guard, "tool").message).toBe(
      "Wait: Too many calls in a short time. Try again in 60 seconds.",
    );
  });
});

describe("the words", () => {
  verifies("core.fallback.words", "are a template over reason, tool and rule", async () => {
    const policy = policyOf({
      rules: [{ name: "night", action: "deny", reason: "office closed" }],
      fallback: {
        kind: "message",
        message: [{ name: "rule" }, " stops ", { name: "tool" }, ": ", { name: "reason" }],
      },
    });
    expect((await denialOf(policy, "tool")).message).toBe("night stops tool: office closed");
  });

  verifies("core.fallback.words", "never hold a value or an operator's detail", async () => {
    const policy = policyOf({
      tools: {
        tool: { arguments: { type: "object", properties: { n: { type: "number" } } } },
      },
      rules: [{ name: "secret-rule", action: "allow" }],
    });
    const denial = await denialOf(policy, "tool", { n: "4111-1111", card: "4111-1111" });
    expect(denial.decision.code).toBe("invalid_arguments");
    for (const word of ["4111", "card", "secret-rule", "policy.yaml"]) {
      expect(denial.message).not.toContain(word);
    }
  });
});

describe("a value", () => {
  const literal = { kind: "literal", value: { price: 0, notes: ["none"] } } as const;
  const policy = policyOf({
    tools: { quote: {}, echo: {}, broken: {} },
    rules: [
      { name: "q", action: "deny", tools: ["quote"], fallback: { kind: "value", value: literal } },
      {
        name: "e",
        action: "deny",
        tools: ["echo"],
        fallback: {
          kind: "value",
          value: {
            kind: "object",
            entries: [
              ["to", { kind: "expression", expression: argument("to") }],
              ["text", { kind: "text", parts: ["for ", argument("name"), "!"] }],
              ["items", { kind: "list", items: [literal] }],
            ],
          },
        },
      },
      {
        name: "b",
        action: "deny",
        tools: ["broken"],
        fallback: {
          kind: "value",
          value: {
            kind: "list",
            items: [literal, { kind: "expression", expression: argument("missing") }],
          },
        },
      },
    ],
    fallback: says("sorry"),
  });

  verifies("core.fallback.value", "is a fresh copy each time", async () => {
    const guard = await testGuard(policy);
    const first = deny(guard, "quote");
    expect(first).toMatchObject({ kind: "value", value: literal.value });
    if (first.kind === "value") Object.assign(first.value as object, { price: 99 }); // a JSON object
    expect(deny(guard, "quote")).toMatchObject({ kind: "value", value: literal.value });
  });

  it("is made of the arguments where it has expressions", async () => {
    const denial = await denialOf(policy, "echo", { to: ["a", { b: 1 }], name: "Ann" });
    expect(denial.kind).toBe("value");
    const value = denial.kind === "value" ? denial.value : null;
    expect(JSON.stringify(value)).toBe(
      '{"to":["a",{"b":1}],"text":"for Ann!","items":[{"price":0,"notes":["none"]}]}',
    );
  });

  verifies(
    "core.fallback.value",
    "that cannot be made gives way to the policy's message",
    async () => {
      expect(await denialOf(policy, "broken")).toMatchObject({ kind: "message", message: "sorry" });
      expect(await denialOf(policy, "echo", { to: 1 })).toMatchObject({ kind: "message" });
    },
  );

  it("is not made of arguments that could not be read", async () => {
    const denial = await denialOf(policy, "echo", { to: Number.NaN });
    expect(denial).toMatchObject({ kind: "message", decision: { code: "arguments_not_json" } });
  });
});

describe("a denial", () => {
  verifies("core.fallback.mark", "is known by a mark that data cannot carry", async () => {
    const denial = await denialOf(policyOf({ rules: [{ action: "deny" }] }), "tool");
    expect(isDenial(denial)).toBe(true);
    for (const copy of [
      { ...denial },
      structuredClone({ ...denial }),
      JSON.parse(JSON.stringify(denial)),
    ]) {
      expect(isDenial(copy)).toBe(false);
    }
    for (const value of [null, undefined, "denied", 1, [], { kind: "message" }]) {
      expect(isDenial(value)).toBe(false);
    }
  });

  it("is frozen", async () => {
    const denial = await denialOf(policyOf({ rules: [{ action: "deny" }] }), "tool");
    expect(Object.isFrozen(denial)).toBe(true);
  });
});

describe("the same denial again", () => {
  const policy = policyOf({
    rules: [
      { name: "no", action: "deny", when: compare(argument("n"), ">", 0) },
      { name: "ok", action: "allow" },
    ],
  });

  verifies("core.fallback.repeated", "says at the fourth time not to try again", async () => {
    const guard = await testGuard(policy);
    const codes = [1, 2, 3, 4, 5].map(() => deny(guard, "tool", { n: 1 }).decision.code);
    expect(codes).toEqual(["rule_denied", "rule_denied", "rule_denied", "repeated", "repeated"]);
    expect(deny(guard, "tool", { n: 1 }).message).toContain(DECISION_CODES.repeated.model);
    expect(deny(guard, "tool", { n: 2 }).decision.code).toBe("rule_denied");
    expect(deny(guard, "tool", { n: 1 }, "other").decision.code).toBe("rule_denied");
  });

  verifies("core.fallback.repeated", "ends when the call would be allowed", async () => {
    const guard = await testGuard(policy);
    for (let n = 0; n < 5; n++) deny(guard, "tool", { n: 1 });
    await guard.use({ tool: "allow" });
    const call = {
      ticket: guard.ticket({ session: "s" }),
      id: "c",
      tool: "tool",
      arguments: { n: 1 },
    };
    expect(guard.run(call, () => "ran")).toBe("ran");
  });

  it("does not count calls that a limit refused: it frees itself", async () => {
    const guard = await testGuard(
      policyOf({ rules: [{ action: "allow", rateLimit: perMinute(1) }] }),
    );
    await guard.run(
      { ticket: guard.ticket({ session: "s" }), id: "c", tool: "tool", arguments: {} },
      () => "ran",
    );
    const codes = [1, 2, 3, 4, 5].map(() => deny(guard, "tool").decision.code);
    expect(new Set(codes)).toEqual(new Set(["rate_limited"]));
  });
});
