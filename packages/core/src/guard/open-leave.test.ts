import { describe, expect, it } from "vitest";
import type { Policy, Rule } from "../policy/ir.ts";
import { testGuard } from "../testing/test-guard.ts";

const at = { file: "policy.yaml", line: 1 };
const tool = { operation: "read", reversible: true, default: "deny", at } as const;
const denies = (name: string, more: Partial<Rule> = {}): Rule => ({
  name: `no_${name}`,
  tools: [name],
  action: "deny",
  at,
  ...more,
});
const policy: Policy = {
  engine: 1,
  id: "leave",
  mode: "enforce",
  agents: null,
  tools: { report: tool, refund: tool },
  facts: {},
  rules: [
    denies("report", { fallback: { kind: "value", value: { kind: "literal", value: [] } } }),
    denies("refund"),
  ],
};

describe("a batch is opened by a caller that cannot hand over a value", () => {
  it("leaves the value to run, unrecorded, and answers the rest", async () => {
    const guard = await testGuard(policy);
    const ticket = guard.ticket();
    const call = (name: string) => ({ ticket, id: name, tool: name, arguments: {} });
    const [report, refund] = guard.open([call("report"), call("refund")], { leave: "value" });
    expect(report).toMatchObject({ decision: { effect: "deny" } });
    expect(report?.denial).toBeUndefined();
    expect(refund?.denial?.kind).toBe("message");
    expect(guard.decisions.map(({ call: id }) => id)).toEqual(["refund"]);

    const given = guard.run(call("report"), () => "all", { denied: (denial) => denial });
    expect(given).toMatchObject({ kind: "value", value: [] });
    expect(guard.decisions.map(({ call: id }) => id)).toEqual(["refund", "report"]);
  });

  it("answers both where nothing is left", async () => {
    const guard = await testGuard(policy);
    const ticket = guard.ticket();
    const opened = guard.open([{ ticket, id: "c1", tool: "report", arguments: {} }]);
    expect(opened[0]?.denial?.kind).toBe("value");
    expect(guard.decisions).toHaveLength(1);
  });

  it("leaves every denial, for a caller that opens the call once more", async () => {
    const guard = await testGuard(policy);
    const ticket = guard.ticket();
    const calls = ["report", "refund"].map((id) => ({ ticket, id, tool: id, arguments: {} }));
    for (const opened of [
      guard.open(calls, { leave: "every" }),
      await guard.open(calls, { leave: "every", reviews: true }),
    ]) {
      expect(opened).toMatchObject([
        { decision: { effect: "deny" } },
        { decision: { effect: "deny" } },
      ]);
      expect(opened.filter(({ denial }) => denial !== undefined)).toEqual([]);
    }
    expect(guard.decisions).toEqual([]);
    expect(guard.open(calls).map(({ denial }) => denial?.kind)).toEqual(["value", "message"]);
    expect(guard.decisions).toHaveLength(2);
  });
});
