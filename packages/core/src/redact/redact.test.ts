import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argument, compare, HOLDS, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { evaluate } from "../../test/evaluation.ts";
import { verifyAudit } from "../audit/verify.ts";
import { rewriteNote } from "../decision/rewrite-note.ts";
import type { ReviewRequest } from "../guard/guard.ts";
import type { Policy, Redaction, Rule, ToolPolicy } from "../policy/ir.ts";
import { validatePolicy } from "../policy/validate.ts";
import { testGuard, type TestGuard, type TestGuardOptions } from "../testing/index.ts";
import { createTokens } from "./token.ts";

const KEY = new Uint8Array(32).fill(7);

function mark(...paths: readonly string[]): Redaction {
  return { paths: paths.map((path) => path.split(".")), as: "mark" };
}

function token(...paths: readonly string[]): Redaction {
  return { ...mark(...paths), as: "token" };
}

type Rules = readonly (Partial<Rule> & Pick<Rule, "action">)[];

function policy(rules: Rules, tool: Partial<ToolPolicy> = {}): Policy {
  return policyOf({ tools: { tool: { default: "allow", ...tool } }, rules });
}

function hides(redact: Redaction, tool: Partial<ToolPolicy> = {}): Policy {
  return policy([{ action: "allow", redact }], tool);
}

async function run(
  given: Policy,
  args: object,
  options: TestGuardOptions = {},
): Promise<{ readonly code: string; readonly got: unknown; readonly guard: TestGuard }> {
  const guard = await testGuard(given, options);
  let got: unknown;
  const call = { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: args };
  await guard.run(call, (seen) => (got = seen));
  return { code: guard.decisions[0]?.decision.code ?? "", got, guard };
}

describe("what a rule redacts", () => {
  verifies("redact.01", "is replaced before anybody or anything gets the arguments", async () => {
    const asked: ReviewRequest[] = [];
    const { got, guard } = await run(
      policy([{ action: "review", redact: mark("card", "items.*.secret", "who.name") }]),
      {
        card: "4111",
        items: [{ secret: "s3cr3t", id: 1 }, { id: 2 }],
        who: { name: ["Ann", "Lee"], age: 4 },
      },
      {
        onReview: (request) => {
          asked.push(request);
          return { answer: "approve", reviewer: "ann" };
        },
      },
    );
    const effective = {
      card: "[redacted]",
      items: [{ secret: "[redacted]", id: 1 }, { id: 2 }],
      who: { name: "[redacted]", age: 4 },
    };
    expect(got).toEqual(effective);
    expect(asked[0]?.arguments).toEqual(effective);
    const everywhere = JSON.stringify([asked, guard.decisions, guard.audit.records]);
    for (const value of ["4111", "s3cr3t", "Lee"]) expect(everywhere).not.toContain(value);
  });

  verifies(
    "redact.01",
    "is hidden from the reviewer also in what was asked, beside a clamped batch",
    async () => {
      const asked: ReviewRequest[] = [];
      const rules: Rules = [{ action: "review", redact: mark("card"), maxBatchSize: 10 }];
      const { got } = await run(
        policy(rules, { batch: { argument: "size" } }),
        { card: "4111", size: 500 },
        {
          onReview: (request) => {
            asked.push(request);
            return { answer: "approve", reviewer: "ann" };
          },
        },
      );
      expect(asked[0]).toMatchObject({
        arguments: { card: "[redacted]", size: 10 },
        asked: { card: "[redacted]", size: 500 },
      });
      expect(got).toEqual({ card: "[redacted]", size: 10 });
    },
  );

  verifies("redact.02", "is recorded and told by its path, and by no value", async () => {
    const { guard } = await run(hides(mark("items.*.secret", "card", "none")), {
      card: "4111",
      items: [{ secret: "a" }, { secret: "b" }],
    });
    const rewrites = [
      { kind: "redact", path: "arguments.card" },
      { kind: "redact", path: "arguments.items.*.secret" },
    ] as const;
    expect(guard.decisions[0]?.decision.rewrites).toEqual(rewrites);
    expect(guard.audit.records.find(({ type }) => type === "call")).toMatchObject({ rewrites });
    expect(verifyAudit(guard.audit.lines())).toMatchObject({ ok: true });
    const forged = guard.audit
      .lines()
      .map((line) => line.replace('"kind":"redact"', '"kind":"other"'));
    expect(verifyAudit(forged)).toMatchObject({ ok: false });
    expect(rewriteNote(rewrites)).toBe(
      "The policy changed this call before it ran: arguments.card was redacted; arguments.items.*.secret was redacted.",
    );
  });

  verifies("redact.03", "that is absent, or null above it, is nothing to do", async () => {
    const given = hides(mark("card", "who.name", "items.*.secret"));
    for (const args of [{}, { who: null }, { who: {} }, { items: [] }, { items: [{}, null] }]) {
      const { code, got, guard } = await run(given, args);
      expect(code).toBe("allowed");
      expect(got).toEqual(args);
      expect(guard.decisions[0]?.decision.rewrites).toEqual([]);
    }
    expect(
      (await run(given, { card: "[redacted]" })).guard.decisions[0]?.decision.rewrites,
    ).toEqual([]);
  });

  verifies(
    "redact.04",
    "and stands in another shape than its path says denies the call",
    async () => {
      const given = hides(mark("who.name", "items.*.secret"));
      const others = [
        { who: "Ann" },
        { who: ["Ann"] },
        { who: 5 },
        { items: { secret: "s" } },
        { items: "secret" },
        { items: [["s"]] },
        { items: [{ secret: "s" }, "s"] },
      ];
      for (const args of others) {
        const { code, got, guard } = await run(given, args);
        expect(code, JSON.stringify(args)).toBe("obligation_failed");
        expect(got).toBeUndefined();
        expect(guard.decisions[0]?.decision.reason).toMatch(
          /^an obligation could not be met: `arguments\./,
        );
      }
    },
  );

  verifies("redact.17", "by paths of two shapes is in no value that fits one of them", async () => {
    // A second rule must not lend a shape to what the first one would have refused to look for.
    const list = { action: "allow", redact: mark("items.*.secret") } as const;
    const object = { action: "allow", redact: mark("items.note") } as const;
    const asObject = { items: { note: "n", first: { secret: "s3cr3t" } } };
    const asList = { items: [{ note: "n", secret: "s3cr3t" }] };
    expect((await run(policy([list]), asObject)).code).toBe("obligation_failed");
    expect((await run(policy([object]), asList)).code).toBe("obligation_failed");
    for (const args of [asObject, asList]) {
      const { code, got } = await run(policy([list, object]), args);
      expect(code).toBe("obligation_failed");
      expect(got).toBeUndefined();
    }
    for (const args of [{}, { items: null }]) {
      expect((await run(policy([list, object]), args)).code).toBe("allowed");
    }
  });

  verifies("redact.05", "and no longer fits the schema denies the call", async () => {
    const schema = (type: "integer" | "string"): Partial<ToolPolicy> => ({
      arguments: { type: "object", properties: { n: { type } } },
    });
    expect((await run(hides(mark("n"), schema("integer")), { n: 5 })).code).toBe(
      "obligation_failed",
    );
    expect((await run(hides(mark("n"), schema("string")), { n: "5" })).code).toBe("allowed");
    expect((await run(hides(mark("n"), schema("integer")), {})).code).toBe("allowed");
  });

  verifies(
    "redact.06",
    "of several rules is united, a path named twice is one, and the mark wins",
    async () => {
      const rules: Rules = [
        { action: "allow", redact: token("card", "name") },
        { action: "review", when: compare(argument("n"), "==", 1), redact: mark("card") },
        { action: "allow", redact: mark("card.number", "x.y") },
      ];
      const options: TestGuardOptions = { redactionKey: KEY };
      const { got, guard } = await run(policy(rules), { card: "4111", name: "Ann", n: 0 }, options);
      const tokens = createTokens(KEY);
      expect(got).toEqual({
        card: tokens('{"tenant":null,"value":"4111"}'),
        name: tokens('{"tenant":null,"value":"Ann"}'),
        n: 0,
      });
      expect(guard.decisions[0]?.decision.rewrites).toHaveLength(2);
      const marked = guard.decide({
        ticket: guard.ticket(),
        id: "c2",
        tool: "tool",
        arguments: { card: { number: 5 }, name: "Ann", n: 1 },
      });
      expect(marked).toMatchObject({ effect: "review", arguments: { card: "[redacted]" } });
    },
  );

  verifies(
    "redact.07",
    "is judged again by what denies and asks, on the arguments as they are then",
    async () => {
      const isMark = compare(argument("card"), "==", "[redacted]");
      const base = { action: "allow", redact: mark("card") } as const;
      const denies = policy([base, { action: "deny", when: isMark, name: "no" }]);
      expect((await run(denies, { card: "4111" })).code).toBe("rule_denied");
      const asks = policy([base, { action: "review", when: isMark }]);
      expect((await run(asks, { card: "4111" })).code).toBe("review_unavailable");
      // A condition on the value that is hidden is judged before it is hidden.
      const reads = policy([{ ...base, when: compare(argument("card"), "==", "4111") }]);
      expect((await run(reads, { card: "4111" })).got).toEqual({ card: "[redacted]" });
    },
  );

  verifies("redact.08", "a second time, or more of, is unstable", async () => {
    const isMark = compare(argument("card"), "==", "[redacted]");
    const more = (redact: Redaction): Rules => [
      { action: "allow", redact: mark("card") },
      { action: "review", when: isMark, redact },
    ];
    const args = { card: "4111", name: "Ann" };
    expect((await run(policy(more(mark("name"))), args)).code).toBe("obligation_unstable");
    expect((await run(policy(more(mark("other"))), args)).code).toBe("review_unavailable");
    expect((await run(policy(more(mark("card"))), args)).code).toBe("review_unavailable");
    expect((await run(policy(more(mark("card.number"))), args)).code).toBe("review_unavailable");
    const isToken: Rules = [
      { action: "allow", redact: token("card") },
      {
        action: "review",
        when: { kind: "not", of: compare(argument("card"), "==", "4111") },
        redact: mark("card"),
      },
    ];
    expect((await run(policy(isToken), args, { redactionKey: KEY })).code).toBe(
      "obligation_unstable",
    );
    const both: Rules = [
      { action: "allow", redact: token("card") },
      { action: "review", when: HOLDS, redact: token("card") },
    ];
    expect((await run(policy(both), args, { redactionKey: KEY })).code).toBe("review_unavailable");
  });

  verifies("redact.09", "takes the batch along: what counts it must still be there", async () => {
    const rules: Rules = [{ action: "allow", redact: mark("ids"), maxBatchSize: 2 }];
    const given = policy(rules, { batch: { argument: "ids" } });
    expect((await run(given, { ids: [1, 2, 3] })).code).toBe("obligation_failed");
    const inside = policy([{ action: "allow", redact: mark("ids.*.name"), maxBatchSize: 2 }], {
      batch: { argument: "ids" },
    });
    const { got } = await run(inside, { ids: [{ name: "a" }, { name: "b" }, { name: "c" }] });
    expect(got).toEqual({ ids: [{ name: "[redacted]" }, { name: "[redacted]" }] });
  });

  verifies(
    "redact.10",
    "is no date, URL, bigint or bytes any more, and the others are",
    async () => {
      const given = hides(mark("hidden", "list.*.at"));
      const { got } = await run(given, {
        hidden: new URL("https://a.test/?token=1"),
        kept: new Date(5),
        list: [{ at: new Date(6), due: 5n }, { due: new Date(7) }],
      });
      expect(got).toEqual({
        hidden: "[redacted]",
        kept: new Date(5),
        list: [{ at: "[redacted]", due: 5n }, { due: new Date(7) }],
      });
    },
  );

  verifies(
    "redact.11",
    "by a member of a prototype is an own property, and nothing else",
    async () => {
      const given = hides(mark("__proto__", "constructor", "toString"));
      const { got } = await run(given, JSON.parse('{"__proto__":"a","constructor":"b","x":"c"}'));
      expect(JSON.stringify(got)).toBe(
        '{"__proto__":"[redacted]","constructor":"[redacted]","x":"c"}',
      );
    },
  );

  verifies("redact.12", "costs what it takes, and never more than a decision may", async () => {
    const many = { items: Array.from({ length: 9_000 }, (_, at) => ({ secret: `s${at}` })) };
    const tokens = hides(token("items.*.secret"));
    const { code, guard } = await run(tokens, many, { redactionKey: KEY });
    expect(code).toBe("budget_exhausted");
    expect(guard.decisions[0]?.decision.effect).toBe("deny");
    expect((await run(hides(mark("items.*.secret")), many)).code).toBe("allowed");
  });

  it("is all that differs from what was asked, for any arguments", async () => {
    const name = fc.constantFrom("a", "b", "c", "d");
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, 1, "x", true),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(name, tie("value"), { maxKeys: 4 }),
      ),
    }));
    const isObject = (one: unknown): one is Record<string, unknown> =>
      typeof one === "object" && one !== null && !Array.isArray(one);
    const hide = (one: unknown, key: string): void => {
      if (isObject(one) && Object.hasOwn(one, key)) one[key] = "[redacted]";
    };
    const given = hides(mark("a", "b.c", "c.*.a"));
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value), async (asked) => {
        const args = JSON.parse(JSON.stringify(asked)) as Record<string, unknown>; // an object went in
        const { got, code } = await run(given, args);
        const { b = null, c = null } = args;
        const items: readonly unknown[] = Array.isArray(c) ? c : [];
        const fits =
          (b === null || isObject(b)) &&
          (c === null || Array.isArray(c)) &&
          items.every((item) => item === null || isObject(item));
        expect(code).toBe(fits ? "allowed" : "obligation_failed");
        if (!fits) return;
        ran++;
        hide(args, "a");
        hide(b, "c");
        for (const item of items) hide(item, "a");
        expect(got).toEqual(args);
      }),
      { numRuns: 300 },
    );
    expect(ran).toBeGreaterThan(50);
  });
});

describe("a token", () => {
  verifies("redact.13", "is HMAC-SHA-256 with the host's key over tenant and value", async () => {
    const { got } = await run(
      hides(token("card", "who")),
      { card: "4111", who: { b: 1, a: [2] } },
      { redactionKey: KEY },
    );
    const expected = (content: string): string =>
      `[redacted:${createHmac("sha256", KEY).update(content).digest("hex").slice(0, 16)}]`;
    expect(got).toEqual({
      card: expected('{"tenant":null,"value":"4111"}'),
      who: expected('{"tenant":null,"value":{"a":[2],"b":1}}'),
    });
  });

  verifies(
    "redact.13",
    "is the same for the same value, and another for another value, key or tenant",
    async () => {
      const card = async (value: string, key: Uint8Array, tenant?: string): Promise<unknown> => {
        const guard = await testGuard(hides(token("card")), { redactionKey: key });
        const ticket = guard.ticket(tenant === undefined ? {} : { tenant });
        const call = { ticket, id: "c", tool: "tool", arguments: { card: value } };
        return guard.decide(call).arguments["card"];
      };
      const one = await card("4111", KEY, "acme");
      expect(await card("4111", KEY.slice(), "acme")).toBe(one);
      for (const other of [
        await card("4112", KEY, "acme"),
        await card("4111", KEY, "other"),
        await card("4111", KEY),
        await card("4111", new Uint8Array(32).fill(8), "acme"),
      ]) {
        expect(other).toMatch(/^\[redacted:[0-9a-f]{16}\]$/);
        expect(other).not.toBe(one);
      }
    },
  );

  verifies("redact.14", "that nobody has a key for denies the call", async () => {
    const { verdict } = await evaluate(hides(token("card")), { card: "4111" });
    expect(verdict).toMatchObject({ effect: "deny", code: "obligation_failed" });
    expect(verdict.reason).toContain("redactionKey");
    const nothing = await evaluate(hides(token("card")), {});
    expect(nothing.verdict.code).toBe("allowed");
  });

  verifies("redact.14", "is made with no key that is short, or none", async () => {
    const short: readonly unknown[] = [
      new Uint8Array(31),
      "x".repeat(64),
      { length: 64 },
      [],
      null,
    ];
    for (const redactionKey of short) {
      const options = { redactionKey } as TestGuardOptions; // what a host without types may say
      await expect(testGuard(hides(token("card")), options)).rejects.toMatchObject({
        code: "ERR_OPTIONS",
      });
    }
  });

  it("does not change when the host changes its bytes afterwards", async () => {
    const key = KEY.slice();
    const guard = await testGuard(hides(token("card")), { redactionKey: key });
    const ask = (): unknown =>
      guard.decide({ ticket: guard.ticket(), id: "c", tool: "tool", arguments: { card: "1" } })
        .arguments;
    const before = ask();
    key.fill(0);
    expect(ask()).toEqual(before);
  });

  it("is what a reviewer's approval holds for: the same digest when it is judged again", async () => {
    const given = policy([{ action: "review", redact: token("card") }]);
    const { code, got } = await run(
      given,
      { card: "4111" },
      { redactionKey: KEY, onReview: () => ({ answer: "approve", reviewer: "ann" }) },
    );
    expect(code).toBe("approved");
    expect(got).toEqual({ card: createTokens(KEY)('{"tenant":null,"value":"4111"}') });
  });
});

describe("a redaction that nobody's compiler wrote", () => {
  const wrong: Readonly<Record<string, unknown>> = {
    "no paths": { paths: [], as: "mark" },
    "an empty path": { paths: [[]], as: "mark" },
    "an empty name": { paths: [["a", ""]], as: "mark" },
    "a path that is a text": { paths: ["a"], as: "mark" },
    "a deep path": { paths: [Array.from({ length: 65 }, () => "a")], as: "mark" },
    "another form": { paths: [["a"]], as: "none" },
    "no form": { paths: [["a"]] },
    "more than its fields": { paths: [["a"]], as: "mark", unless: true },
  };
  for (const [what, redact] of Object.entries(wrong)) {
    verifies("redact.15", `is refused for ${what}`, () => {
      const rule = { action: "allow", redact: redact as Redaction } as const; // what a hostile bundle may say
      expect(() => validatePolicy(policy([rule]))).toThrow(
        expect.objectContaining({ code: "ERR_BUNDLE_POLICY" }),
      );
    });
  }
});
