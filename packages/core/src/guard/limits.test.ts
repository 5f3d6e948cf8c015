import { describe, expect, it } from "vitest";
import { perMinute, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { isDenial } from "../fallback/denial.ts";
import { memoryLimits } from "../limits/memory.ts";
import type { LimitResult, LimitStore } from "../limits/store.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import type { Identity } from "./identity.ts";

const twoAMinute = policyOf({
  tools: { a: {}, b: {} },
  rules: [
    { name: "as", action: "allow", tools: ["a"], rateLimit: perMinute(2) },
    { name: "bs", action: "allow", tools: ["b"], rateLimit: perMinute(2) },
  ],
});

let calls = 0;
function codeOf(guard: TestGuard, tool = "a", identity: Partial<Identity> = {}): string {
  const call = { ticket: guard.ticket(identity), id: `c${++calls}`, tool, arguments: {} };
  const result = guard.run(call, () => "ran");
  if (isDenial(result)) return result.decision.code;
  return typeof result === "string" ? result : "waits";
}

describe("a limit", () => {
  verifies(
    "core.limits.window",
    "holds in any trailing minute and says when to come back",
    async () => {
      const guard = await testGuard(twoAMinute);
      expect(codeOf(guard)).toBe("ran");
      guard.time.advance(30_000);
      expect(codeOf(guard)).toBe("ran");
      guard.time.advance(29_999);
      const call = { ticket: guard.ticket(), id: "x", tool: "a", arguments: {} };
      const result = guard.run(call, () => "ran");
      expect(isDenial(result) && result.decision).toMatchObject({
        code: "rate_limited",
        retryAfter: 1,
      });
      expect(isDenial(result) && result.message).toBe(
        "Too many calls in a short time. Try again in 1 seconds.",
      );
      guard.time.advance(1);
      expect(codeOf(guard)).toBe("ran");
      expect(codeOf(guard)).toBe("rate_limited");
    },
  );

  verifies("core.limits.parallel", "is never passed by calls made at once", async () => {
    const memory = memoryLimits();
    const far: LimitStore = {
      peek: memory.peek,
      // As a store on the network: every call is under way before the first answer comes.
      reserve: async (claims, now) => {
        await new Promise((done) => setImmediate(done));
        return memory.reserve(claims, now);
      },
    };
    for (const limits of [memoryLimits(), far]) {
      const guard = await testGuard(twoAMinute, { stores: { limits } });
      const ticket = guard.ticket();
      const all = Array.from({ length: 100 }, async (_, n) =>
        guard.run({ ticket, id: `p${n}`, tool: "a", arguments: { n } }, async () => "ran"),
      );
      const results = await Promise.all(all);
      expect(results.filter((result) => result === "ran")).toHaveLength(2);
    }
  });

  verifies(
    "core.limits.keys",
    "is kept by tenant, agent and rule, not by session or user",
    async () => {
      const guard = await testGuard(twoAMinute);
      expect([codeOf(guard), codeOf(guard), codeOf(guard)]).toEqual(["ran", "ran", "rate_limited"]);
      expect(codeOf(guard, "a", { session: "new", user: { id: "new" } })).toBe("rate_limited");
      expect(codeOf(guard, "b")).toBe("ran");
      expect(codeOf(guard, "a", { agent: { id: "other" } })).toBe("ran");
      expect(codeOf(guard, "a", { tenant: "other" })).toBe("ran");
    },
  );

  verifies("core.limits.keys", "keeps names apart however they are written", async () => {
    const both = policyOf({
      tools: { a: {} },
      rules: [{ name: "r", action: "allow", rateLimit: perMinute(1, { by: ["agent", "user"] }) }],
    });
    const guard = await testGuard(both);
    const pairs = [
      ["a", 'b","c'],
      ['a","b', "c"],
      ["a,b", "c"],
      ["a", "b,c"],
    ] as const;
    for (const [agent, user] of pairs) {
      const identity = { agent: { id: agent }, user: { id: user } };
      expect(codeOf(guard, "a", identity)).toBe("ran");
      expect(codeOf(guard, "a", identity)).toBe("rate_limited");
    }
  });

  verifies(
    "core.limits.subject",
    "kept by the user denies where the ticket names none",
    async () => {
      const byUser = policyOf({
        tools: { a: {} },
        rules: [{ name: "r", action: "allow", rateLimit: perMinute(1, { by: ["user"] }) }],
      });
      const guard = await testGuard(byUser);
      expect(codeOf(guard)).toBe("obligation_failed");
      const preview = { ticket: guard.ticket(), id: "x", tool: "a", arguments: {} };
      expect(guard.decide(preview).code).toBe("obligation_failed");
      expect(codeOf(guard, "a", { user: { id: "ann" } })).toBe("ran");
    },
  );

  verifies(
    "core.limits.all-or-none",
    "that refuses leaves the others of the call untouched",
    async () => {
      const wide = { name: "wide", action: "allow", rateLimit: perMinute(3) } as const;
      const narrow = {
        name: "narrow",
        action: "allow",
        tools: ["a"],
        rateLimit: perMinute(1),
      } as const;
      const guard = await testGuard(policyOf({ tools: { a: {}, b: {} }, rules: [wide, narrow] }));
      expect([codeOf(guard, "a"), codeOf(guard, "a"), codeOf(guard, "a")]).toEqual([
        "ran",
        "rate_limited",
        "rate_limited",
      ]);
      // The refused ones took nothing of the wide limit, which two more calls of b may still use.
      expect([codeOf(guard, "b"), codeOf(guard, "b"), codeOf(guard, "b")]).toEqual([
        "ran",
        "ran",
        "rate_limited",
      ]);
    },
  );

  it("costs nothing when another rule denies, or the arguments are refused", async () => {
    const guard = await testGuard(
      policyOf({
        tools: { a: { arguments: { type: "object", properties: { n: { type: "number" } } } } },
        rules: [{ name: "r", action: "allow", rateLimit: perMinute(1) }],
      }),
    );
    const wrong = { ticket: guard.ticket(), id: "x", tool: "a", arguments: { other: 1 } };
    expect(isDenial(guard.run(wrong, () => "ran"))).toBe(true);
    expect(codeOf(guard)).toBe("ran");
  });

  verifies("core.run.preview", "is read by a preview, which takes nothing", async () => {
    const guard = await testGuard(twoAMinute);
    const call = { ticket: guard.ticket(), id: "x", tool: "a", arguments: {} };
    for (let n = 0; n < 10; n++) expect(guard.decide(call).code).toBe("allowed");
    expect([codeOf(guard), codeOf(guard)]).toEqual(["ran", "ran"]);
    expect(guard.decide(call)).toMatchObject({ code: "rate_limited", retryAfter: 60 });
    expect(guard.decisions).toHaveLength(2);
    expect(guard.audit.records.filter(({ type }) => type === "call")).toHaveLength(2);
  });

  verifies("core.limits.clock", "is not freed by a clock that goes back", async () => {
    const guard = await testGuard(twoAMinute);
    expect([codeOf(guard), codeOf(guard)]).toEqual(["ran", "ran"]);
    guard.time.advance(-3_600_000);
    expect(codeOf(guard)).toBe("rate_limited");
    guard.time.advance(3_600_000);
    expect(codeOf(guard)).toBe("rate_limited");
    guard.time.advance(60_000);
    expect(codeOf(guard)).toBe("ran");
  });
});

describe("a limit store", () => {
  const nothing: readonly (readonly [string, unknown])[] = [
    ["nothing", undefined],
    ["null", null],
    ["true", true],
    ["an empty object", {}],
    ["a text for ok", { ok: "yes" }],
    ["a claim that is none", { ok: false, claim: 7, retryAfterMs: 1 }],
    ["no claim", { ok: false }],
  ];
  const stores: readonly (readonly [string, () => LimitResult | Promise<LimitResult>])[] = [
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("down"))],
    ["rejects with nothing", () => Promise.reject(undefined)],
    // A store in plain JavaScript answers what it answers.
    ...nothing.map(([name, answer]) => [`answers ${name}`, () => answer as LimitResult] as const),
    ...nothing.map(
      ([name, answer]) =>
        [`promises ${name}`, () => Promise.resolve(answer as LimitResult)] as const,
    ),
  ];

  for (const [name, reserve] of stores) {
    verifies("core.limits.store", `that ${name} denies the call`, async () => {
      const guard = await testGuard(twoAMinute, {
        stores: { limits: { reserve, peek: () => ({ ok: true }) } },
      });
      let ran = 0;
      const call = { ticket: guard.ticket(), id: "x", tool: "a", arguments: {} };
      const result = await guard.run(call, () => ++ran);
      expect(ran).toBe(0);
      expect(isDenial(result) && result.decision.code).toBe("store_unavailable");
      expect(guard.status().openCalls).toBe(0);
    });
  }

  it("is asked once, for a tool with limits only", async () => {
    let asked = 0;
    const limits: LimitStore = {
      reserve: () => {
        asked++;
        return { ok: true };
      },
      peek: () => ({ ok: true }),
    };
    const guard = await testGuard(
      policyOf({
        tools: { a: {}, free: {} },
        rules: [
          { name: "r", action: "allow", tools: ["a"], rateLimit: perMinute(1) },
          { name: "f", action: "allow", tools: ["free"] },
        ],
      }),
      { stores: { limits } },
    );
    expect(codeOf(guard, "free")).toBe("ran");
    expect(asked).toBe(0);
    expect(codeOf(guard, "a")).toBe("ran");
    expect(asked).toBe(1);
  });
});
