import type { Rewrite } from "./decision.ts";

/**
 * What a model is told beside the result of a call that the policy changed before it ran; `null` when it
 * changed nothing. Without it a model takes a part for the whole. Names arguments and counts, no other value.
 *
 * @example
 * ```ts
 * import { rewriteNote } from "@interlatch/core";
 * rewriteNote([{ kind: "max_batch_size", path: "arguments.size", from: 5000, to: 100 }]);
 * // "The policy changed this call before it ran: arguments.size was reduced from 5000 to 100."
 * ```
 */
export function rewriteNote(rewrites: readonly Rewrite[]): string | null {
  if (rewrites.length === 0) return null;
  const changes = rewrites.map(({ path, from, to }) => `${path} was reduced from ${from} to ${to}`);
  return `The policy changed this call before it ran: ${changes.join("; ")}.`;
}
