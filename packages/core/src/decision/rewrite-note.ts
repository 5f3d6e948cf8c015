import type { Rewrite } from "./decision.ts";

/**
 * What a model is told beside the result of a call that the policy or a reviewer changed before it ran; `null` when
 * nobody changed it. Without it a model takes a part for the whole. Names arguments and counts, no other value.
 *
 * @example
 * ```ts
 * import { rewriteNote } from "@interlatch/core";
 * rewriteNote([{ kind: "max_batch_size", path: "arguments.size", from: 5000, to: 100 }]);
 * // "The policy changed this call before it ran: arguments.size was reduced from 5000 to 100."
 * ```
 */
export function rewriteNote(rewrites: readonly Rewrite[]): string | null {
  const byPolicy: string[] = [];
  const byReviewer: string[] = [];
  for (const rewrite of rewrites) {
    const { kind, path } = rewrite;
    switch (kind) {
      case "redact":
        byPolicy.push(`${path} was redacted`);
        break;
      case "max_batch_size":
        byPolicy.push(`${path} was reduced from ${rewrite.from} to ${rewrite.to}`);
        break;
      case "reviewed":
        byReviewer.push(path);
    }
  }
  const sentences = [
    ...(byPolicy.length === 0
      ? []
      : [`The policy changed this call before it ran: ${byPolicy.join("; ")}.`]),
    ...(byReviewer.length === 0
      ? []
      : [`A reviewer changed this call before it ran: ${byReviewer.join(", ")}.`]),
  ];
  return sentences.length === 0 ? null : sentences.join(" ");
}
