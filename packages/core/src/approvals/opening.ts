import { isOpen, type Approval } from "./approval.ts";
import { isPast } from "./transitions.ts";
import type { Opening } from "./store.ts";

/**
 * What comes of putting a question: the heart of {@link ApprovalStore.open}, for whoever builds a store.
 *
 * @param approval - the one to be put
 * @param others - all of the same tenant, session and tool
 * @param most - how many of them may be pending or rejected
 */
export function openingOf(approval: Approval, others: readonly Approval[], most: number): Opening {
  const joined = others.find((other) => other.key === approval.key && isOpen(other));
  if (joined !== undefined) return { kind: "joined", approval: joined };
  const rejected = others.find(
    (other) => other.state === "rejected" && isAbout(other, approval.askedDigest),
  );
  if (rejected !== undefined) return { kind: "rejected", approval: rejected };
  const now = Date.parse(approval.createdAt);
  const counted = others.filter(
    (other) => other.state === "rejected" || (other.state === "pending" && !isPast(other, now)),
  );
  return counted.length >= most ? { kind: "full" } : { kind: "opened", approval };
}

/** Whether it was asked for this content, or stood for it when it was answered. */
function isAbout({ askedDigest, digest }: Approval, content: string): boolean {
  return askedDigest === content || digest === content;
}
