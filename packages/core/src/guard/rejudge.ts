import { askedAgain, reviewedArguments } from "../approvals/edit.ts";
import { callDigest } from "../snapshot/digest.ts";
import { effectiveSnapshot } from "../snapshot/effective.ts";
import type { JsonObject } from "../snapshot/json.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import {
  decide,
  digestOf,
  refuse,
  seal,
  stoppedBy,
  type JudgeContext,
  type Judged,
} from "./judge.ts";
import { shadowing } from "./shadowing.ts";

type Context = Pick<JudgeContext, "bundle" | "now" | "stop">;

/**
 * Decides an approved call again, on the arguments that were shown, by the bundle in force now: deny wins over
 * any approval, and arguments that would now be rewritten in another way are not those that were approved.
 */
export function rejudge(judged: Judged, context: Context): Judged {
  if (judged.asked === null) return judged;
  return judgeOnce(judged, judged.asked, digestOf(judged), context);
}

/** The same for a call whose arguments a reviewer has changed: schema, scope and rules see what it is now. */
export function rejudgeEdited(judged: Judged, edited: JsonObject, context: Context): Judged {
  const { asked, snapshot, tool } = judged;
  if (asked === null || snapshot === null) return judged;
  const wanted = askedAgain(asked.image, snapshot.image, edited);
  const digest = callDigest(tool, edited);
  const again = judgeOnce(judged, effectiveSnapshot(asked, wanted), digest, context);
  if (again.decision.effect === "deny") return again;
  const rewrites = [...again.decision.rewrites, ...reviewedArguments(snapshot.image, edited)];
  const changed = { ...again, decision: { ...again.decision, rewrites } };
  seal(changed);
  return changed;
}

function judgeOnce(
  judged: Judged,
  asked: Snapshot,
  digest: string,
  { bundle, now, stop }: Context,
): Judged {
  const { id, tool, run, definition, untrusted } = judged;
  if (run === null) return judged;
  const base = { id, tool, run, definition, untrusted, bundle, time: now };
  if (bundle === null) return refuse(base, "no_bundle");
  const stopped = stoppedBy(base, run, bundle, { now, stop });
  if (stopped !== null) return stopped;
  const decided = decide(base, run, bundle, asked);
  const watched = judged.shadow?.bundle ?? null;
  const again =
    watched === null ? decided : (shadowing()?.besideShadow(decided, watched) ?? decided);
  seal(again);
  if (again.decision.effect === "deny") return again;
  return digestOf(again) === digest ? again : refuse(base, "approval_mismatch");
}
