import type { Reviewer } from "../approvals/approval.ts";
import type { ReviewAnswer, ReviewRequest } from "../guard/guard.ts";

/**
 * The answers of everybody whom a review asks, for tests and replays in which people only stand for what they decide:
 * as many of each group as its quorum, and the user. `reject` needs one of them.
 *
 * @example
 * ```ts
 * import { everyReviewer, testGuard } from "@interlatch/core/testing";
 * const guard = await testGuard(
 *   { refund: "review" },
 *   { onReview: (request) => everyReviewer(request, "approve") },
 * );
 * ```
 */
export function everyReviewer(
  { demands, user }: Pick<ReviewRequest, "demands" | "user">,
  answer: "approve" | "reject",
): readonly ReviewAnswer[] {
  const people = demands.flatMap(({ by, quorum }, demand): readonly Reviewer[] => {
    if (by === "user") return user === null ? [] : [{ id: user.id }];
    const names = Array.from(
      { length: quorum },
      (_, index) => `reviewer ${demand + 1}.${index + 1}`,
    );
    return names.map((id) => ({ id, groups: by }));
  });
  const answers = people.map((reviewer): ReviewAnswer => ({ answer, reviewer }));
  return answer === "reject" ? answers.slice(0, 1) : answers;
}
