import {
  isDenial,
  type CallInput,
  type Decision,
  type ExecutionContext,
  type FallbackTool,
  type Guard,
  type Identity,
  type OnReview,
  type Policy,
} from "@interlatch/core";
import { fakeClock, type FakeClock } from "@interlatch/core/testing";
import type { AdapterUnderTest } from "../adapter/adapter.ts";
import type { VectorHost } from "./host.ts";
import { differences, type Observed } from "./judge.ts";
import { playTurn } from "./turn.ts";
import type {
  CaseDefaults,
  Expectation,
  HistoryEntry,
  Step,
  VectorCall,
  VectorCase,
} from "./vector.ts";

/** Of a case that gives no time. Any would do. */
const NO_TIME = "2026-01-01T00:00:00Z";

/** Plays one case on a new guard. Gives what was not as expected, a line each. */
export async function playCase(
  given: VectorCase,
  defaults: CaseDefaults,
  policy: Policy,
  host: VectorHost,
): Promise<readonly string[]> {
  const one: VectorCase = { ...defaults, ...given };
  const start = Date.parse(
    (one.sequence ? one.start : one.time) ?? one.time ?? one.start ?? NO_TIME,
  );
  const time = fakeClock(start);
  const play = new Play(one, time, host.adapter);
  const guard = await host.makeGuard(policy, { time, onReview: play.onReview });
  try {
    if (one.sequence === undefined) await play.single(guard);
    else
      for (const [index, step] of one.sequence.entries())
        await play.step(guard, step, index, start);
  } catch (error) {
    play.faults.push(error instanceof Error ? error.message : String(error));
  } finally {
    await guard.close();
  }
  return play.faults;
}

class Play {
  readonly faults: string[] = [];
  readonly #case: VectorCase;
  readonly #time: FakeClock;
  readonly #adapter: AdapterUnderTest | undefined;
  /** What the reviewer was shown in the run under way, the first question first. */
  #asked: { readonly call: string; readonly decision: Decision }[] = [];

  constructor(one: VectorCase, time: FakeClock, adapter: AdapterUnderTest | undefined) {
    this.#case = one;
    this.#time = time;
    this.#adapter = adapter;
  }

  /** Nobody answers: what was asked is noted, and the call ends there. */
  readonly onReview: OnReview = ({ call, decision }) => {
    this.#asked.push({ call: call.id, decision });
    return { answer: "reject", reviewer: "nobody" };
  };

  /** A case with one call: previewed first, which must give the same answer and take nothing, then run. */
  async single(guard: Guard): Promise<void> {
    const { call, expect, session = [] } = this.#case;
    if (call === undefined || expect === undefined) throw new Error("the case has no call");
    for (const entry of session) await this.#remember(guard, entry);
    const input = this.#input(guard, call);
    const { fallback: _, ...previewed } = expect;
    this.#judge(previewed, { decision: guard.decide(input), denial: null }, "preview: ");
    const adapter = this.#adapter;
    const isAltered = adapter?.altered?.includes(this.#case.id) === true;
    const wanted = isAltered ? ({ effect: "deny" } as const) : expect;
    const observed = adapter
      ? await this.#converse(guard, [input], adapter)
      : [await this.#run(guard, input)];
    for (const one of observed) this.#judge(wanted, one, "");
  }

  async step(guard: Guard, step: Step, index: number, start: number): Promise<void> {
    const { at, times = 1, every = 0, batch } = step;
    if (this.#adapter !== undefined && every === 0 && step.preview !== true) {
      this.#time.set(start + Math.round(at * 1000));
      return this.#turn(guard, step, `step ${index + 1}: `, this.#adapter);
    }
    for (let n = 1; n <= times; n++) {
      this.#time.set(start + Math.round((at + (n - 1) * every) * 1000));
      const place = `step ${index + 1}${times > 1 ? `, call ${n}` : ""}: `;
      if (batch !== undefined) await this.#batch(guard, { ...step, batch }, place);
      else if (step.call !== undefined) {
        const input = this.#input(guard, numbered(step.call, n), step.identity);
        const observed =
          step.preview === true
            ? [{ decision: guard.decide(input), denial: null }]
            : this.#adapter === undefined
              ? [await this.#run(guard, input)]
              : await this.#converse(guard, [input], this.#adapter);
        for (const one of observed) this.#judge(step.expect, one, place);
      }
    }
  }

  /** A step whose calls come at once is one turn of the model. */
  async #turn(guard: Guard, step: Step, place: string, adapter: AdapterUnderTest): Promise<void> {
    const { call, expect, times = 1, identity } = step;
    const repeated =
      call === undefined
        ? []
        : [...Array(times).keys()].map((n) => ({
            call: numbered(call, n + 1),
            expect,
          }));
    const entries = step.batch ?? repeated;
    const inputs = entries.map((entry) => this.#input(guard, entry.call, identity));
    const observed = await this.#converse(guard, inputs, adapter);
    for (const [index, one] of observed.entries()) {
      this.#judge(entries[index]?.expect, one, `${place}call ${index + 1}: `);
    }
  }

  async #batch(
    guard: Guard,
    step: Step & { readonly batch: NonNullable<Step["batch"]> },
    place: string,
  ): Promise<void> {
    const batch = {};
    const inputs = step.batch.map(({ call }) => ({
      ...this.#input(guard, call, step.identity),
      batch,
    }));
    const opened = guard.open(inputs);
    for (const [index, { expect }] of step.batch.entries()) {
      const input = inputs[index];
      const denial = opened[index]?.denial;
      if (input === undefined) continue;
      const observed =
        denial === undefined
          ? await this.#run(guard, input)
          : { decision: denial.decision, denial };
      this.#judge(expect, observed, `${place}${index + 1} of the batch: `);
    }
  }

  #judge(expect: Expectation | undefined, observed: Observed, place: string): void {
    if (expect === undefined) return;
    this.faults.push(...differences(expect, observed).map((difference) => place + difference));
  }

  #input(
    guard: Guard,
    call: VectorCall,
    identity = this.#case.identity,
    said = this.#case.said ?? [],
  ): CallInput {
    if (identity === undefined) throw new Error("the case names no identity");
    const { facts } = this.#case;
    // A vector's identity is JSON; `guard.for` checks what it says.
    const whole = {
      session: `fresh:${this.#case.id}`,
      ...identity,
      ...(facts === undefined ? {} : { facts }),
    } as unknown as Identity;
    return {
      ticket: guard.for(whole, { said }),
      id: call.id,
      tool: call.tool,
      arguments: call.arguments,
    };
  }

  async #run(guard: Guard, input: CallInput, result: unknown = "done"): Promise<Observed> {
    this.#asked = [];
    const runs: Observed[] = [];
    const hops: unknown[] = [];
    const lesser: FallbackTool = { execute: (got: unknown) => hops.push(got) };
    const execute = (got: unknown, { decision }: ExecutionContext): unknown => {
      runs.push({ decision, denial: null, got });
      return result;
    };
    const given = await guard.run(input, execute, { fallbackTool: () => lesser });
    const [ran, ...others] = runs;
    if (others.length > 0) throw new Error("the tool ran more than once");
    if (isDenial(given)) {
      if (ran !== undefined) throw new Error("the tool of a denied call ran");
      const [asked] = this.#asked;
      if (asked !== undefined) return { decision: asked.decision, denial: null };
      const whole = { decision: given.decision, denial: given };
      if (given.kind !== "tool") return whole;
      return { ...whole, hop: { tool: given.tool, id: given.id, arguments: hops[0] } };
    }
    if (ran === undefined) throw new Error("the call was not denied and its tool did not run");
    return ran;
  }

  /** A turn of the model with these calls. */
  #converse(
    guard: Guard,
    inputs: readonly CallInput[],
    adapter: AdapterUnderTest,
  ): Promise<readonly Observed[]> {
    this.#asked = [];
    const asked = (id: string): Decision | undefined =>
      this.#asked.find(({ call }) => call === id)?.decision;
    return playTurn({ guard, inputs, lesser: this.#lesserTools(), asked }, adapter);
  }

  /** The tools that the case expects in place of its own: without them nothing could run instead. */
  #lesserTools(): readonly string[] {
    const fallback = this.#case.expect?.fallback;
    return fallback !== undefined && "tool" in fallback ? [fallback.tool] : [];
  }

  /** What happened earlier is played on the guard itself: there is no other way into its memory. */
  async #remember(guard: Guard, entry: HistoryEntry): Promise<void> {
    if ("turn" in entry) throw new Error("this guard takes no unrecorded turns");
    const { denial } = await this.#run(
      guard,
      this.#input(guard, entry.call, undefined, []),
      entry.result,
    );
    if (denial !== null) {
      throw new Error(
        `the history has a call that is denied: ${entry.call.tool}: ${denial.decision.code}`,
      );
    }
  }
}

/** The call of the nth repetition. */
function numbered(call: VectorCall, n: number): VectorCall {
  return withNumber(call, String(n)) as VectorCall; // texts alone are changed, and stay texts
}

function withNumber(value: unknown, n: string): unknown {
  if (typeof value === "string") return value.replaceAll("{n}", n);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withNumber(item, n));
  // `fromEntries` makes own properties, `__proto__` included.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumber(item, n)]));
}
