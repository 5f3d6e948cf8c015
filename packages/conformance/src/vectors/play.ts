import {
  isDenial,
  type CallInput,
  type Decision,
  type Guard,
  type Identity,
  type JsonObject,
  type OnReview,
  type Policy,
} from "@interlatch/core";
import { fakeClock, type FakeClock } from "@interlatch/core/testing";
import type { AdapterUnderTest } from "../adapter/adapter.ts";
import type { VectorHost } from "./host.ts";
import { differences, type Observed } from "./judge.ts";
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
  #asked: Decision[] = [];

  constructor(one: VectorCase, time: FakeClock, adapter: AdapterUnderTest | undefined) {
    this.#case = one;
    this.#time = time;
    this.#adapter = adapter;
  }

  /** Nobody answers: what was asked is noted, and the call ends there. */
  readonly onReview: OnReview = ({ decision }) => {
    this.#asked.push(decision);
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
    const observed = await (adapter
      ? this.#converse(guard, input, adapter)
      : this.#run(guard, input));
    this.#judge(expect, observed, "");
  }

  async step(guard: Guard, step: Step, index: number, start: number): Promise<void> {
    const { at, times = 1, every = 0, batch } = step;
    for (let n = 1; n <= times; n++) {
      this.#time.set(start + Math.round((at + (n - 1) * every) * 1000));
      const place = `step ${index + 1}${times > 1 ? `, call ${n}` : ""}: `;
      if (batch !== undefined) await this.#batch(guard, { ...step, batch }, place);
      else if (step.call !== undefined) {
        const input = this.#input(guard, numbered(step.call, n), step.identity);
        const observed =
          step.preview === true
            ? { decision: guard.decide(input), denial: null }
            : await this.#run(guard, input);
        this.#judge(step.expect, observed, place);
      }
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
    const given = await guard.run(input, (got: unknown, { decision }) => {
      runs.push({ decision, denial: null, got });
      return result;
    });
    const [ran, ...others] = runs;
    if (others.length > 0) throw new Error("the tool ran more than once");
    if (isDenial(given)) {
      if (ran !== undefined) throw new Error("the tool of a denied call ran");
      const [asked] = this.#asked;
      return asked === undefined
        ? { decision: given.decision, denial: given }
        : { decision: asked, denial: null };
    }
    if (ran === undefined) throw new Error("the call was not denied and its tool did not run");
    return ran;
  }

  /** One turn of a scripted model with this one call. */
  async #converse(guard: Guard, input: CallInput, adapter: AdapterUnderTest): Promise<Observed> {
    this.#asked = [];
    const decisions: Decision[] = [];
    const runs: unknown[] = [];
    const stop = guard.on("decision", ({ decision }) => decisions.push(decision));
    const { ticket, id = "", tool: name } = input;
    const execute = (got: unknown): string => {
      runs.push(got);
      return "done";
    };
    // A vector's arguments are JSON objects.
    const calls = [{ id, tool: name, arguments: input.arguments as JsonObject }];
    const answers = await adapter.converse({ guard, ticket, tools: [{ name, execute }], calls });
    stop();
    if (runs.length > 1) throw new Error("the tool ran more than once");
    if (decisions.length > 1) throw new Error("the call was decided more than once");
    const [final] = decisions;
    const decision = this.#asked[0] ?? final ?? null;
    const told = answers.map(({ text }) => text).join("\n");
    if (final?.effect === "allow") return { decision, denial: null, told, got: runs[0] };
    if (runs.length > 0) throw new Error("the tool of a denied call ran");
    return { decision, denial: null, told };
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
