import { REVIEW_PRIORITIES, type ReviewDemand } from "./ir.ts";
import { closed, optional, type Place, refuse, within } from "./shape.ts";
import { integer, oneOf, setOf, text } from "./shape-values.ts";

/** How many groups one rule names at most, and how many people it asks. */
const MOST_REVIEWERS = 100;

/** The longest life of a review, in milliseconds: 30 days. */
const LONGEST_REVIEW = 2_592_000_000;

const fields = closed<ReviewDemand>({
  by: reviewers,
  quorum: integer(1, MOST_REVIEWERS),
  expiresMs: integer(1, LONGEST_REVIEW),
  priority: optional(oneOf(REVIEW_PRIORITIES)),
});

/** What a rule asks of people. */
export function reviewDemand(value: unknown, here: Place): ReviewDemand {
  const demand = fields(value, here);
  // There is one such person: nobody could ever approve.
  return demand.by === "user" && demand.quorum !== 1
    ? refuse(within(here, "quorum"), "expected 1 where the user is asked")
    : demand;
}

function reviewers(value: unknown, here: Place): ReviewDemand["by"] {
  return value === "user" ? value : groups(value, here);
}

const groups = setOf(group, 1, MOST_REVIEWERS);

function group(value: unknown, here: Place): string {
  const name = text(256)(value, here);
  return name === "" ? refuse(here, "expected the name of a group, found an empty text") : name;
}
