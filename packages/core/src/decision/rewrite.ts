import { beyond, type RedactionPlan } from "../redact/plan.ts";
import type { Redact, RedactionContext } from "../redact/apply.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { emptyImage } from "../snapshot/snapshot.ts";
import type { Rewrite } from "./decision.ts";
import { denial, type Verdict } from "./verdict.ts";

/** How many things a call touches: the number itself, or the items of a list. `null`: neither, negative, or not there. */
export function batchSize(image: JsonObject, argument: string | undefined): number | null {
  if (argument === undefined || !Object.hasOwn(image, argument)) return null;
  const value = image[argument];
  // A negative size is none: there are tools that read -1 as "all".
  if (typeof value === "number") return value >= 0 ? value : null;
  return Array.isArray(value) ? value.length : null;
}

/** Arguments as the rules' obligations make them, with the changes in words. */
export interface Rewritten {
  readonly image: JsonObject;
  /** As asked, but for what is hidden: what a reviewer may see of it. */
  readonly asked: JsonObject;
  readonly rewrites: readonly Rewrite[];
}

/** What rewriting needs to know beside the arguments. */
export interface RewriteContext extends RedactionContext {
  /** The argument that counts, see {@link batchSize}. */
  readonly batch: string | undefined;
  /** `null` where no rule of the policy hides anything. */
  readonly redact: Redact | null;
}

const NO_REWRITES: readonly Rewrite[] = Object.freeze([]);

/**
 * Changes arguments as the obligations of a verdict demand: hides what must be hidden, then clamps the batch. Where
 * nothing has to be changed, the image comes back itself.
 *
 * @returns the denial `obligation_failed` where it cannot be done
 */
export function rewrite(
  args: JsonObject,
  verdict: Verdict,
  context: RewriteContext,
): Rewritten | Verdict {
  const { redaction, maxBatchSize, risk } = verdict;
  const hidden = redaction === null ? null : hide(args, redaction, context);
  if (hidden !== null && "reason" in hidden) {
    return denial("obligation_failed", hidden.reason, risk);
  }
  const { image, rewrites } = hidden ?? { image: args, rewrites: NO_REWRITES };
  if (maxBatchSize === Infinity) return { image, asked: image, rewrites };
  const { batch } = context;
  const size = batchSize(image, batch);
  if (batch === undefined || size === null)
    return denial("obligation_failed", noBatch(batch), risk);
  if (size <= maxBatchSize) return { image, asked: image, rewrites };
  const path = `arguments.${batch}`;
  const change: Rewrite = { kind: "max_batch_size", path, from: size, to: maxBatchSize };
  const clamped = clamp(image, batch, maxBatchSize);
  return { image: clamped, asked: image, rewrites: [change, ...rewrites] };
}

/**
 * The denial of effective arguments that, judged again, would have to be changed once more; `null` where they hold.
 *
 * @param first - the verdict that they were rewritten for
 * @param second - that of the second pass
 */
export function instability(
  image: JsonObject,
  first: Verdict,
  second: Verdict,
  context: RewriteContext,
): Verdict | null {
  const redaction = beyond(first.redaction, second.redaction);
  const again = rewrite(image, { ...second, redaction }, context);
  if (!("image" in again)) return again;
  return again.image === image ? null : denial("obligation_unstable", undefined, second.risk);
}

/** An evaluator has the part wherever a rule redacts; were it not there, nothing would be let through unhidden. */
function hide(args: JsonObject, plan: RedactionPlan, context: RewriteContext): ReturnType<Redact> {
  return context.redact?.(args, plan, context) ?? { reason: "nothing here can hide it" };
}

/** Clamps the batch argument: the smaller number, or the first items of the list. */
function clamp(image: JsonObject, argument: string, to: number): JsonObject {
  const effective = emptyImage();
  // Images inherit nothing, so this walks own keys alone; it is several times faster than Object.assign.
  for (const key in image) effective[key] = image[key] ?? null;
  const value = image[argument];
  effective[argument] = Array.isArray(value) ? Object.freeze(value.slice(0, to)) : to;
  return Object.freeze(effective);
}

function noBatch(batch: string | undefined): string {
  return batch === undefined
    ? "the tool names no batch argument"
    : `arguments.${batch} is neither a number of at least 0 nor a list`;
}
