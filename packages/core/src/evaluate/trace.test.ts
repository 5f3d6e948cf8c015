import { describe, expect, it } from "vitest";
import { compilePolicy } from "@interlatch/policy";
import type { Expression, JsonObject } from "@interlatch/core";
import { workbench, type Trace, type TracedValue } from "@interlatch/core/testing";
import { verifies } from "../../../../test/verifies.ts";

const TIME = Date.parse("2026-01-01T12:00:00Z");

/** A condition as it stands in a policy, and its trace for one call. */
async function traced(
  condition: string,
  args: JsonObject,
): Promise<{ readonly condition: Expression; readonly trace: Trace; readonly effect: string }> {
  const text = [
    "interlatch: 1",
    "id: p",
    "tools: { t: { operation: read } }",
    "rules:",
    "  - name: r",
    "    tool: t",
    "    action: allow",
    `    when: ${JSON.stringify(condition)}`,
  ].join("\n");
  const made = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  if (!made.ok) throw new Error(JSON.stringify(made.errors));
  const [rule] = made.policy.rules;
  const bench = await workbench(made.policy);
  const identity = { agent: { id: "a1", roles: ["clerk"] } };
  const { decision, trace } = bench.judge({ tool: "t", arguments: args, identity, time: TIME });
  if (rule?.when === undefined || trace === null) throw new Error("nothing to trace");
  return { condition: rule.when, trace, effect: decision.effect };
}

const value = (json: TracedValue & { kind: "value" }): unknown => json.value;

describe("a trace", () => {
  verifies("explain.same-engine", "gives the value that the decision itself went by", async () => {
    for (const [condition, args] of [
      ["arguments.size > 10", { size: 11 }],
      ["arguments.size > 10", { size: 10 }],
      ["arguments.size > 10", {}],
      ["arguments.size > 10 || true", {}],
      ['arguments.to.all(r, r.endsWith("@a.test"))', { to: ["x@a.test", "y@a.test"] }],
      ['arguments.to.all(r, r.endsWith("@a.test"))', { to: ["x@a.test", "y@b.test"] }],
      ['arguments.text.matches("^a+$")', { text: "aaa" }],
      ['request.time.getHours("UTC") == 12', {}],
    ] as const) {
      const { condition: built, trace, effect } = await traced(condition, args);
      const found = trace.value(built);
      expect([condition, found.kind === "value" && found.value === true]).toEqual([
        condition,
        effect === "allow",
      ]);
      expect(trace.observe(built, () => undefined)).toEqual(found);
    }
  });

  it("tells of what was reached, inner parts first, and not of what was passed over", async () => {
    const { condition, trace } = await traced(
      "arguments.a == 1 && (arguments.b == 2 || arguments.c == 3) && arguments.d == 4",
      { a: 1, b: 0, c: 0, d: 4 },
    );
    const told: [Expression["kind"], TracedValue][] = [];
    trace.observe(condition, (part, result) => told.push([part.kind, result]));
    const truths = told.filter(([kind]) => kind === "compare" || kind === "or" || kind === "and");
    expect(truths).toEqual([
      ["compare", { kind: "value", value: true }],
      ["compare", { kind: "value", value: false }],
      ["compare", { kind: "value", value: false }],
      ["or", { kind: "value", value: false }],
      ["and", { kind: "value", value: false }],
    ]);
  });

  it("tells of the body of a comprehension for each item that was looked at", async () => {
    const { condition, trace } = await traced("arguments.list.all(n, n < 3)", {
      list: [1, 2, 3, 4],
    });
    if (condition.kind !== "comprehension") throw new Error(condition.kind);
    const seen: unknown[] = [];
    trace.observe(condition, (part, result) => {
      if (part === condition.body && result.kind === "value") seen.push(value(result));
    });
    expect(seen).toEqual([true, true, false]);
  });

  it("says why an expression has no value, and shows times as text", async () => {
    const { trace } = await traced("arguments.size > 10", {});
    const time: Expression = {
      kind: "field",
      of: { kind: "variable", name: "request" },
      name: "time",
    };
    const missing: Expression = {
      kind: "field",
      of: { kind: "variable", name: "arguments" },
      name: "size",
    };
    const wait: Expression = {
      kind: "list",
      items: [
        { kind: "call", function: "duration", arguments: [{ kind: "literal", value: "90s" }] },
      ],
    };
    expect(trace.value(time)).toEqual({ kind: "value", value: "2026-01-01T12:00:00.000Z" });
    expect(trace.value(wait)).toEqual({ kind: "value", value: ["90s"] });
    expect(trace.value(missing)).toMatchObject({
      kind: "error",
      reason: expect.stringContaining("arguments.size"),
    });
  });
});
