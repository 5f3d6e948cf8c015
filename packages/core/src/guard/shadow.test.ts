import { describe, expect } from "vitest";
import { testGuard } from "../testing/index.ts";
import { fakeClock } from "../testing/clock.ts";
import type { Policy } from "../policy/ir.ts";
import { isDenial } from "../fallback/denial.ts";
import { verifies } from "../../../../test/verifies.ts";

const at = { file: "policy.yaml", line: 3 };
const tool = { operation: "write", reversible: true, default: "deny", at } as const;

/** Denies `wipe`, asks about `pay`, clamps and limits `export`. */
function policy(mode: Policy["mode"], id = "shop"): Policy {
  return {
    engine: 1,
    id,
    mode,
    agents: null,
    tools: {
      wipe: tool,
      pay: tool,
      export: { ...tool, batch: { argument: "size" } },
    },
    facts: {},
    rules: [
      { name: "no_wiping", tools: ["wipe"], action: "deny", at },
      { name: "ask", tools: ["pay"], action: "review", at },
      {
        name: "small",
        tools: ["export"],
        action: "allow",
        maxBatchSize: 10,
        rateLimit: { max: 2, windowMs: 60_000, onExceed: "deny", by: ["agent"] },
        at,
      },
    ],
  };
}

describe("a policy in shadow", () => {
  verifies("shadow.01", "lets every readable call run unchanged and unasked", async () => {
    const guard = await testGuard(policy("shadow"), {
      onReview: () => {
        throw new Error("nobody is asked");
      },
    });
    const ticket = guard.ticket();
    const ran: unknown[] = [];
    const run = (id: string, name: string, args: object): unknown =>
      guard.run({ ticket, id, tool: name, arguments: args }, (got: unknown) => {
        ran.push(got);
        return "ran";
      });
    expect(run("c1", "wipe", { all: true })).toBe("ran");
    expect(run("c2", "pay", { amount: 5 })).toBe("ran");
    expect(run("c3", "export", { size: 5_000 })).toBe("ran");
    expect(run("c4", "nobody_knows_it", {})).toBe("ran");
    expect(ran).toEqual([{ all: true }, { amount: 5 }, { size: 5_000 }, {}]);
    expect(
      guard.decisions.map(({ decision: { effect, code, would } }) => [
        effect,
        code,
        would?.effect,
        would?.code,
        would?.rule,
      ]),
    ).toEqual([
      ["allow", "allowed", "deny", "rule_denied", "no_wiping"],
      ["allow", "allowed", "review", "review_required", "ask"],
      ["allow", "allowed", "allow", "allowed", "small"],
      ["allow", "allowed", "deny", "unknown_tool", null],
    ]);
    expect(guard.decisions[2]?.decision.would?.rewrites).toEqual([
      { kind: "max_batch_size", path: "arguments.size", from: 5_000, to: 10 },
    ]);
    expect(guard.status().bundle?.mode).toBe("shadow");
    await guard.close();
  });

  verifies("shadow.02", "still denies what no policy is needed for", async () => {
    const guard = await testGuard(policy("shadow"), { time: fakeClock("2026-01-01T00:00:00Z") });
    const ticket = guard.ticket();
    const given = [
      guard.run({ ticket: undefined, id: "c1", tool: "wipe", arguments: {} }, () => "ran"),
      guard.run({ ticket, id: undefined, tool: "wipe", arguments: {} }, () => "ran"),
      guard.run({ ticket, id: "c3", tool: "wipe", arguments: { at: Symbol("x") } }, () => "ran"),
    ];
    expect(given.map((one: unknown) => isDenial(one) && one.decision.code)).toEqual([
      "identity_required",
      "missing_call_id",
      "arguments_not_json",
    ]);
    await guard.close();
  });

  verifies("shadow.03", "is recorded with what it would have done", async () => {
    const guard = await testGuard(policy("shadow"));
    void guard.run({ ticket: guard.ticket(), id: "c1", tool: "wipe", arguments: {} }, () => "ran");
    await guard.flush();
    const call = guard.audit.records.find(({ type }) => type === "call");
    expect(call).toMatchObject({
      effect: "allow",
      code: "allowed",
      would: { effect: "deny", code: "rule_denied", rule: "no_wiping" },
    });
    await guard.close();
  });

  verifies("shadow.04", "counts limits under keys of its own", async () => {
    const guard = await testGuard(policy("enforce"), { shadow: policy("enforce", "draft") });
    const ticket = guard.ticket();
    const call = (id: string): unknown =>
      guard.run({ ticket, id, tool: "export", arguments: { size: 1 } }, () => "ran");
    expect([call("c1"), call("c2")]).toEqual(["ran", "ran"]);
    expect(isDenial(call("c3"))).toBe(true);
    // The enforced limit is used up by two calls that ran, and so is the one in shadow: had they shared a counter,
    // the second call would have been too many.
    expect(guard.decisions.map(({ decision }) => decision.would?.code)).toEqual([
      "allowed",
      "allowed",
      "allowed",
    ]);
    await guard.close();
  });

  verifies("shadow.05", "beside an enforced one changes nothing of what is decided", async () => {
    const strict: Policy = {
      ...policy("enforce", "draft"),
      rules: [
        { name: "nothing", tools: ["wipe", "pay", "export"], action: "deny", at },
        { name: "ten", tools: ["export"], action: "allow", maxBatchSize: 1, at },
      ],
    };
    const differing: string[] = [];
    const guard = await testGuard(policy("enforce"), { shadow: strict });
    guard.on("shadow.differs", ({ tool: name, decision }) =>
      differing.push(`${name} ${decision.effect} ${decision.would.effect}`),
    );
    const ticket = guard.ticket();
    const given: unknown = guard.run(
      { ticket, id: "c1", tool: "export", arguments: { size: 50 } },
      (got: unknown) => got,
    );
    expect(given).toEqual({ size: 10 });
    expect(
      isDenial(guard.run({ ticket, id: "c2", tool: "wipe", arguments: {} }, () => "ran")),
    ).toBe(true);
    expect(differing).toEqual(["export allow deny"]);
    await guard.close();
  });

  verifies(
    "shadow.05",
    "does not differ where both want a review or make the same change",
    async () => {
      const differing: string[] = [];
      const guard = await testGuard(policy("enforce"), { shadow: policy("enforce", "draft") });
      guard.on("shadow.differs", ({ tool: name }) => differing.push(name));
      const ticket = guard.ticket();
      await guard.run({ ticket, id: "c1", tool: "pay", arguments: {} }, () => "ran");
      await guard.run({ ticket, id: "c2", tool: "export", arguments: { size: 50 } }, () => "ran");
      expect(guard.decisions.map(({ decision }) => decision.code)).toEqual([
        "review_unavailable",
        "allowed",
      ]);
      expect(differing).toEqual([]);
      await guard.close();
    },
  );

  verifies("shadow.06", "whose limit store fails stops no call", async () => {
    let asked = 0;
    const guard = await testGuard(
      { export: "allow" },
      {
        shadow: policy("enforce", "draft"),
        stores: {
          limits: {
            reserve: () => {
              asked++;
              throw new Error("down");
            },
            peek: () => {
              throw new Error("down");
            },
          },
        },
      },
    );
    const call = { ticket: guard.ticket(), id: "c1", tool: "export", arguments: { size: 1 } };
    expect(guard.run(call, () => "ran")).toBe("ran");
    expect(asked).toBe(1);
    expect(guard.decisions[0]?.decision.would?.code).toBe("store_unavailable");
    expect(guard.decide({ ...call, id: "c2" }).effect).toBe("allow");
    await guard.close();
  });

  verifies("shadow.06", "whose limit store answers late, or never, holds up no call", async () => {
    const never = new Promise<never>(() => undefined);
    const guard = await testGuard(
      { export: "allow" },
      {
        shadow: policy("enforce", "draft"),
        stores: { limits: { reserve: () => never, peek: () => ({ ok: true }) } },
      },
    );
    const call = { ticket: guard.ticket(), id: "c1", tool: "export", arguments: { size: 1 } };
    // Not a promise: a framework that calls a plain function would take it for the result.
    expect(guard.run(call, () => "ran")).toBe("ran");
    await guard.close();
  });
});
