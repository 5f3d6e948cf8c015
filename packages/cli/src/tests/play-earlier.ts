import { type Decision, type Guard, type Identity, isDenial } from "@interlatch/core";
import type { Workbench } from "@interlatch/core/testing";
import type { EarlierCall } from "@interlatch/policy";
import { type Difference, differencesOf } from "./differences.ts";
import type { JudgedCall } from "./results.ts";
import { identityOf } from "./trial-identity.ts";

/** What happened before the call of a case. */
export interface PlayedSession {
  /** What earlier calls came to, where that is not as expected: `session[0].effect`. */
  readonly differences: readonly Difference[];
  /** The earlier calls of which something was expected. */
  readonly judged: readonly JudgedCall[];
  /** Whether the session of an identity has read what a tool gave. */
  untrusted(identity: Identity): boolean;
}

/** The guard that will judge a case, with the clock that it goes by. */
export interface Stage {
  readonly bench: Workbench;
  readonly guard: Guard;
  /** Sets the clock to the instant of an earlier call, and who answers a review. @returns the instant, epoch milliseconds */
  set(earlier: EarlierCall): number;
}

/** Makes the calls before that of a case: they run, take from limits, and are denied, as they would be. */
export async function playEarlier(
  session: readonly EarlierCall[],
  stage: Stage,
): Promise<PlayedSession> {
  const differences: Difference[] = [];
  const judged: JudgedCall[] = [];
  const read = new Set<string>();
  for (const [index, earlier] of session.entries()) {
    const identity = identityOf(earlier);
    const time = stage.set(earlier);
    for (let made = 0; made < earlier.times; made++) {
      const untrusted = read.has(keyOf(identity));
      const decision = await make(earlier, identity, index, stage.guard);
      if (decision.effect === "allow") read.add(keyOf(identity));
      if (earlier.expect === undefined) continue;
      const { trace } = stage.bench.judge({ ...earlier.call, identity, time, untrusted });
      if (trace !== null) judged.push({ decision, trace, time });
      for (const found of differencesOf(decision, earlier.expect, stage.bench.policy)) {
        differences.push({ ...found, what: `session[${index}].${found.what}` });
      }
    }
  }
  return { differences, judged, untrusted: (identity) => read.has(keyOf(identity)) };
}

/** Makes a call and says what became of it. */
async function make(
  { call, result }: EarlierCall,
  identity: Identity,
  index: number,
  guard: Guard,
): Promise<Decision> {
  const made: { decision?: Decision } = {};
  const input = {
    ticket: guard.for(identity),
    id: call.id ?? `session-${index}`,
    tool: call.tool,
    arguments: call.arguments,
  };
  const given: unknown = await guard.run(input, (_, { decision }) => {
    made.decision = decision;
    return result;
  });
  const decision = isDenial(given) ? given.decision : made.decision;
  if (decision === undefined) throw new Error("a call neither ran nor was denied");
  return decision;
}

function keyOf({ tenant, session }: Identity): string {
  return JSON.stringify([tenant ?? null, session ?? null]);
}
