import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { workplace } from "../cli/command-line.ts";
import { ROOT } from "../tasks/child.ts";

const V1 = resolve(ROOT, "examples/policies/banking-v1.yaml");
const V2 = resolve(ROOT, "examples/policies/banking-v2.yaml");
const CALLS = [
  "--calls",
  resolve(ROOT, "test/data/agentdojo/banking-sample.calls.jsonl"),
  "--agent",
  "assistant-1",
  "--role",
  "assistant",
];

interface Group {
  readonly tool: string;
  readonly direction: string;
  readonly count: number;
  readonly after: { readonly rule: string | null };
}

const told = ({ direction, count, tool, after }: Group): string =>
  `${direction} ${count} ${tool} ${after.rule}`;

const CHANGES = [
  "looser 4 update_scheduled_transaction standing_order_changes",
  "stricter 2 update_user_info profile_changes",
  "stricter 3 update_password password",
  "stricter 5 update_scheduled_transaction standing_order_payees",
  "stricter 7 send_money unknown_payees",
];

describe("the two versions of the banking policy over recorded calls", () => {
  it("differ as the second one's first lines say", async () => {
    const { document, code } = await workplace().json(["diff", V1, V2, ...CALLS]);
    expect(document.calls.calls).toBe(50);
    expect(document.calls.groups.map(told).sort()).toEqual(CHANGES);
    expect(code).toBe(1);
  });

  it("differ also where no recorded call shows it: an amount without a bound", async () => {
    const { document } = await workplace().json(["diff", V1, V2]);
    const found = document.search.found.map(
      ({ tool, rule, arguments: args }: { tool: string; rule: string; arguments: object }) => ({
        tool,
        rule,
        args,
      }),
    );
    expect(found).toEqual([
      { tool: "send_money", rule: "transfers", args: expect.objectContaining({ amount: 501 }) },
      { tool: "update_scheduled_transaction", rule: "standing_order_changes", args: { id: 1 } },
    ]);
  });

  it("replay to the same changes, and name what no call touched", async () => {
    const argv = ["replay", "--policy", V2, "--against", V1, ...CALLS];
    const { document } = await workplace().json(argv);
    expect(document.groups.map(told).sort()).toEqual(CHANGES);
    expect(document.untouchedRules).toMatchObject([{ name: "transfers" }]);
    expect(document.unknownTools).toEqual([]);
    expect(document.withoutTime).toBe(50);
  });
});
