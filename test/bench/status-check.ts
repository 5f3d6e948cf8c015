import "@interlatch/core/node";
import { stage } from "../status-stage.ts";
import { makeSigning } from "../signed.ts";
import type { Figure } from "./goal.ts";
import { measure, median, type Effort } from "./measure.ts";

/** A kill switch in use: names, globs and ids, none of which is the call's. */
const KILL = {
  tools: ["refund", "send_*", "mcp:*:write", "admin.**"],
  agents: Array.from({ length: 64 }, (_, index) => `agent-${index}`),
  tenants: ["acme", "other"],
  sessions: ["s-1", "s-2"],
} as const;

/** What a status adds to a decision: the same guard with and without one. */
export async function statusCheck(effort: Effort): Promise<readonly Figure[]> {
  const signing = await makeSigning();
  const by = await stage(signing, { first: { kill: KILL } });
  const without = await stage(signing, { use: null });
  const run = ({ guard }: typeof by): (() => string) => {
    const ticket = guard.for({ agent: { id: "clerk" }, session: "s1", tenant: "shop" });
    const call = { ticket, id: "c1", tool: "pay", arguments: {} };
    if (guard.decide(call).effect !== "allow") throw new Error("the call is not allowed");
    return () => guard.decide(call).effect;
  };
  const timings = await measure(
    [
      { name: "with", run: run(by) },
      { name: "without", run: run(without) },
    ],
    effort,
  );
  await Promise.all([by.guard.close(), without.guard.close()]);
  const [more, less] = [timings.get("with") ?? [], timings.get("without") ?? []];
  const added = median(more.map((value, round) => value - (less[round] ?? Number.NaN)));
  return [
    {
      what: "status, check at each call",
      against: "a guard without one",
      value: added / 1_000,
      unit: "µs",
      goal: { atMost: 1 },
      tolerance: 0,
      note: `${median(more).toFixed(0)} ns : ${median(less).toFixed(0)} ns`,
    },
  ];
}
