import { testGuard } from "@interlatch/core/testing";
import { collector } from "./collect.ts";
import type { Figure } from "./goal.ts";

/** How much the heap has grown after many decisions: previews, executions and denials of many sessions and users. */
export async function memoryGrowth({
  short,
}: {
  readonly short: boolean;
}): Promise<readonly Figure[]> {
  const collect = collector();
  const guard = await testGuard({ search: "allow", refund: "deny" });
  // Every final decision is kept by a test guard for its reader; here nobody reads.
  const forget = (): void => void (guard.decisions as unknown[]).splice(0);
  const round = (from: number, count: number): void => {
    for (let index = from; index < from + count; index++) {
      const ticket = guard.for({
        agent: { id: `agent-${index % 50}` },
        user: { id: `user-${index % 1000}` },
        session: `session-${index % 5000}`,
      });
      const call = { ticket, id: `c${index}`, arguments: { query: `q${index % 100}` } };
      guard.decide({ ...call, tool: "search" });
      void guard.run({ ...call, tool: index % 10 === 0 ? "refund" : "search" }, () => "found");
      if (index % 1000 === 0) forget();
    }
    forget();
  };
  const total = short ? 250_000 : 1_000_000;
  // The bounded memories (audit ring, sessions) fill first: they are stated, growth is what comes after.
  const warm = 100_000;
  round(0, warm);
  collect();
  const before = process.memoryUsage().heapUsed;
  round(warm, total);
  collect();
  const grown = (process.memoryUsage().heapUsed - before) / 1_048_576;
  return [
    {
      what: `heap after ${total.toLocaleString("en")} decisions, GC`,
      against: "before them",
      value: Math.max(0, grown),
      unit: "MB",
      goal: { atMost: 5 },
      tolerance: 0,
      note: `${warm.toLocaleString("en")} more to fill the bounded memories first`,
    },
  ];
}
