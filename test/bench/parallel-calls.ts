import { memoryAudit } from "@interlatch/core";
import "@interlatch/core/node";
import { testGuard } from "@interlatch/core/testing";
import { guardTool } from "@interlatch/langchain";
import { tool } from "@langchain/core/tools";
import { z } from "zod";
import { collector } from "./collect.ts";
import type { Figure } from "./goal.ts";

const CALLS = 10_000;
/** As many as fill the memories that are bounded: the log in memory, the call ids of a session. */
const WARM_ROUNDS = 3;

/** How much the heap has grown after rounds of calls that are all open at once: what is kept for a call goes with it. */
export async function parallelCalls({
  short,
}: {
  readonly short: boolean;
}): Promise<readonly Figure[]> {
  const collect = collector();
  const guard = await testGuard({ search: "allow", refund: "deny" }, { audit: memoryAudit() });
  const forget = (): void => void (guard.decisions as unknown[]).splice(0);
  const open = { now: 0, most: 0 };
  const named = (name: string) =>
    guardTool(
      tool(
        async ({ query }) => {
          open.most = Math.max(open.most, ++open.now);
          await new Promise(setImmediate);
          open.now--;
          return `found ${query}`;
        },
        { name, description: "Searches the shop", schema: z.object({ query: z.string() }) },
      ),
      guard,
    );
  const [search, refund] = [named("search"), named("refund")];
  const round = async (number: number): Promise<void> => {
    const config = { configurable: { interlatch: guard.ticket({ session: `s${number % 2}` }) } };
    const calls = Array.from({ length: CALLS }, (_, index) =>
      (index % 10 === 0 ? refund : search).invoke(
        {
          type: "tool_call",
          id: `r${number}-${index}`,
          name: index % 10 === 0 ? "refund" : "search",
          args: { query: `q${index}` },
        },
        config,
      ),
    );
    await Promise.all(calls);
    forget();
  };
  for (let number = 0; number < WARM_ROUNDS; number++) await round(number);
  collect();
  const before = process.memoryUsage().heapUsed;
  const rounds = short ? 5 : 20;
  for (let number = 0; number < rounds; number++) await round(WARM_ROUNDS + number);
  collect();
  const grown = (process.memoryUsage().heapUsed - before) / 1_048_576;
  return [
    {
      what: `heap after ${rounds} × ${CALLS.toLocaleString("en")} parallel calls, GC`,
      against: "before them",
      value: Math.max(0, grown),
      unit: "MB",
      goal: { atMost: 5 },
      tolerance: 0,
      note: `up to ${open.most.toLocaleString("en")} tools running at once`,
    },
  ];
}
