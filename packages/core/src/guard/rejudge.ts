import { checkValidity } from "../bundle/instant.ts";
import { decide, digestOf, refuse, seal, type JudgeContext, type Judged } from "./judge.ts";

/**
 * Decides an approved call again, on the arguments that were shown, by the bundle in force now: deny wins over
 * any approval, and arguments that would now be rewritten in another way are not those that were approved.
 */
export function rejudge(judged: Judged, context: Pick<JudgeContext, "bundle" | "now">): Judged {
  const { bundle, now } = context;
  const { id, tool, run, untrusted, asked } = judged;
  if (run === null || asked === null) return judged;
  const base = { id, tool, run, untrusted, bundle, time: now };
  if (bundle === null) return refuse(base, "no_bundle");
  const expired = checkValidity(bundle, now);
  if (expired !== null) return refuse(base, expired);
  const again = decide(base, run, bundle, asked);
  seal(again);
  if (again.decision.effect === "deny") return again;
  if (digestOf(again) !== digestOf(judged)) return refuse(base, "approval_mismatch");
  return again;
}
