import "@interlatch/core/node";
import type { CallInput } from "@interlatch/core";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { collector } from "./collect.ts";
import type { Figure } from "./goal.ts";
import type { HostileCase } from "./hostile/case.ts";
import { HOSTILE_CASES } from "./hostile/cases.ts";
import { median } from "./measure.ts";

/** What the payload of a bundle may weigh, and what stands in it around the policy: a larger one does not load. */
const MOST_BYTES = 8_388_608 - 1_024;

/** How one hostile case went. */
export interface HostileOutcome {
  readonly name: string;
  /** Milliseconds of each decision, the first one being the coldest. */
  readonly ms: readonly number[];
  /** The code of each decision. */
  readonly codes: readonly string[];
}

/**
 * Decides one hostile case again and again. What is measured is the time of the processor in this thread: what
 * neighbours take of a shared machine is no work of ours.
 */
export async function decideHostile(one: HostileCase, times: number): Promise<HostileOutcome> {
  const policy = await one.policy();
  const bytes = Buffer.byteLength(JSON.stringify(policy));
  if (bytes > MOST_BYTES) throw new Error(`${one.name}: a bundle of ${bytes} bytes does not load`);
  const shadow = await one.shadow?.();
  const guard = await testGuard(policy, shadow === undefined ? {} : { shadow });
  const sent = one.arguments();
  const ms: number[] = [];
  const codes: string[] = [];
  for (let index = 0; index < times; index++) {
    // Each in a run of its own: what is made ready once for a run counts as well.
    const ticket = guard.ticket(one.identity?.());
    const call = { ticket, id: `c${index}`, tool: "tool", arguments: sent };
    const start = process.threadCpuUsage();
    const code = decideOnce(guard, call, one.by);
    const { user, system } = process.threadCpuUsage(start);
    ms.push((user + system) / 1_000);
    codes.push(code);
  }
  return { name: one.name, ms, codes };
}

function decideOnce(guard: TestGuard, call: CallInput, by: HostileCase["by"]): string {
  if (by !== "run") return guard.decide(call).code;
  // A sink in memory is never waited for, so nothing is left to wait for here.
  void guard.run(call, () => null);
  return guard.decisions.at(-1)?.decision.code ?? "none";
}

/** The slowest decision that anybody here could think of, and whether anything of all that stays in memory. */
export async function worstCase({
  short,
}: {
  readonly short: boolean;
}): Promise<readonly Figure[]> {
  const collect = collector();
  const outcomes: HostileOutcome[] = [];
  let before: number | null = null;
  for (const one of HOSTILE_CASES) {
    // Not to pay for the garbage of the case before. It takes seconds in all, and changes little.
    if (!short) collect();
    // From the second case on: the first one loads what all of them use.
    if (outcomes.length === 1) before = process.memoryUsage().heapUsed;
    const outcome = await decideHostile(one, short ? 3 : 10);
    if (outcome.codes.includes("internal_error"))
      throw new Error(`${one.name} made the guard fail`);
    outcomes.push(outcome);
  }
  collect();
  const kept = (process.memoryUsage().heapUsed - (before ?? Number.NaN)) / 1_048_576;
  const warm = sorted(outcomes, ({ ms }) => median(ms.slice(1)));
  const cold = sorted(outcomes, ({ ms }) => ms[0] ?? Number.NaN);
  const shown = (all: typeof warm): string =>
    all
      .slice(0, 3)
      .map(({ name, ms }) => `${ms.toFixed(0)} ms ${name}`)
      .join("; ");
  return [
    {
      what: `slowest of ${outcomes.length} hostile decisions`,
      against: "",
      value: warm[0]?.ms ?? Number.NaN,
      unit: "ms",
      goal: { atMost: 100 },
      tolerance: 0,
      note: `processor time, median of each; ${shown(warm)}; the first ones, cold: ${shown(cold)}`,
    },
    {
      what: "heap after all of them, GC",
      against: "before them",
      value: Math.max(0, kept),
      unit: "MB",
      goal: { atMost: 16 },
      tolerance: 0,
      note: "",
    },
  ];
}

function sorted(
  outcomes: readonly HostileOutcome[],
  msOf: (outcome: HostileOutcome) => number,
): readonly { readonly name: string; readonly ms: number }[] {
  return outcomes
    .map((outcome) => ({ name: outcome.name, ms: msOf(outcome) }))
    .sort((a, b) => b.ms - a.ms);
}
