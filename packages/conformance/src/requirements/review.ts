import { requirements, type Requirement } from "./requirement.ts";

/** Reviews: what an approval is, whose answer counts, and what it is good for. */
export const reviewRequirements: readonly Requirement[] = requirements("0.1.0", {
  "review.language":
    "A rule says in its `review` who is asked, how many, how long, and how urgent it is.",
  "review.demands":
    "Where several rules ask, each must be met, within the shortest of their times.",
  "review.binding": "An answer counts for exactly the arguments with the digest that it names.",
  "review.once":
    "An approval is good for one execution, whoever asks for it and however often at once.",
  "review.replay": "After it ran, the same call id needs a new approval.",
  "review.session": "An answer in one session, tenant or call is none in another.",
  "review.expiry":
    "An answer after the end of the review, or a run after it, comes too late; no clock gives time back.",
  "review.rejected": "What was rejected in a session is not asked again there.",
  "review.budget":
    "At most three reviews of one tool are pending or rejected in a session, also when asked at once.",
  "review.quorum":
    "A quorum is of different people; one person counts once, however the name is written.",
  "review.requester": "Neither the agent nor the user it acts for answers for a group.",
  "review.user": "A rule with `by: user` asks the user of the session, and nobody else.",
  "review.group": "A reviewer counts for the groups that the host names, and for no others.",
  "review.modify":
    "A reviewer may change arguments: the policy decides on them again, and earlier votes are gone.",
  "review.modify.tool": "A reviewer can never change the tool.",
  "review.modify.told": "Model, record and tool learn what a reviewer changed.",
  "review.again": "After approval the policy in force decides again: deny wins over any approval.",
  "review.superseded":
    "A policy that has come to ask for more people asks them before the call runs.",
  "review.taken-back":
    "Where a limit or the audit stops an approved call, its approval is not used up.",
  "review.limits": "A review that a limit asks for lets the call go past that limit and no other.",
  "review.pending": "A review that nobody has answered never runs its call.",
  "review.resume": "The same call finds the answer that came meanwhile, also in another process.",
  "review.wait": "A call waits for its answer as long as the host says, and no longer.",
  "review.parallel": "Parallel reviews never get each other's answers.",
  "review.opened":
    "A call that may not ask anew runs under an approval that is there, and opens none.",
  "review.find":
    "The approval of a call is found by exactly that call, and finding it changes nothing.",
  "review.batch":
    "A batch is asked about before any of it runs, and comes back with its approvals.",
  "review.cancel": "A review that is taken back ends as a denial.",
  "review.record": "The record of a call names its approval and those who answered.",
  "review.events": "Listeners learn that a review was asked and how it ended, without arguments.",
  "review.redacted": "What the policy hides is in no approval, also after a reviewer's change.",
  "review.hostile.answer": "An answer that is not closed, plain data is refused.",
  "review.hostile.store":
    "A store that lies, fails or gives another call's approval lets nothing run.",
  "store.approvals.open":
    "A store puts a question once: whoever asks about the same call gets the same one.",
  "store.approvals.budget":
    "A store keeps the number of questions in a session, also when they come at once.",
  "store.approvals.rejected": "A store knows what was rejected in a session.",
  "store.approvals.replace": "Of any number of writers to one version of an approval, one wins.",
  "store.approvals.keys": "A store keeps each key, session and tenant apart.",
  "store.approvals.list": "A store gives the approvals that a filter names, the youngest first.",
  "store.approvals.whole": "A store gives an approval back as it was put in.",
});
