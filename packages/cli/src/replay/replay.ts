import type { Policy } from "@interlatch/core";
import { policyEffect, type Recording } from "../recordings/recording.ts";
import {
  changeBetween,
  changeOf,
  directionBetween,
  directionOf,
  verdictsBetween,
} from "./change.ts";
import type { Played } from "./demands.ts";
import { createPlayer, type PlayerOptions } from "./player.ts";
import { Counting, type Group, type Tally } from "./tally.ts";

/** What is replayed, and how. */
export interface ReplayOptions extends PlayerOptions {
  readonly policy: Policy;
  /** Compared with this policy; left out: with what was recorded. */
  readonly against?: Policy;
  /** How many examples of each group are kept. */
  readonly examples: number;
  /** Called after each call with how many are done. */
  readonly told: (done: number) => void;
}

/**
 * Sends recorded calls through a policy, in the order of time, and counts what would become of them. Calls without a
 * time come first, in the order of their files.
 */
export async function replay(
  recordings: readonly Recording[],
  { policy, against, examples, told, ...options }: ReplayOptions,
): Promise<Tally> {
  const player = await createPlayer(policy, options);
  const other = against === undefined ? null : await createPlayer(against, options);
  const counting = new Counting(policy, examples);
  let done = 0;
  for (const recording of inOrder(recordings)) {
    const now = await player.play(recording);
    const before = other === null ? undefined : await other.play(recording);
    if (now === null || before === null) counting.badIdentity(recording);
    else counting.add(recording, before ? between(before, now) : sinceThen(recording, now), now);
    told((done += 1));
  }
  await player.close();
  await other?.close();
  return counting.result();
}

function inOrder(recordings: readonly Recording[]): readonly Recording[] {
  return recordings.toSorted((a, b) => (a.time ?? -Infinity) - (b.time ?? -Infinity) || 0);
}

type Found = Pick<Group, "change" | "direction" | "before" | "after">;

function between(before: Played, now: Played): Found {
  return {
    change: changeBetween(before, now),
    direction: directionBetween(before, now),
    ...verdictsBetween(before, now),
  };
}

function sinceThen(recording: Recording, { effect, code, rule }: Played): Found {
  const then = policyEffect(recording);
  return {
    change: changeOf(then, effect),
    direction: then === null ? "same" : directionOf(then, effect),
    before:
      then === null || recording.decided === undefined
        ? null
        : { ...recording.decided, effect: then },
    after: { effect, code, rule },
  };
}
