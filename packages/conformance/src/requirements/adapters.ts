import { requirements, type Requirement } from "./requirement.ts";

/** What `testAdapter` replays through a framework. */
export const adapterRequirements: readonly Requirement[] = requirements("0.1.0", {
  "adapter.allow": "An allowed call runs once, with its arguments, and the model sees its result.",
  "adapter.deny": "A denied call never runs, and the model is told why.",
  "adapter.ids": "Every call of a turn is answered under its id, exactly once.",
  "adapter.mixed":
    "In one turn what is allowed runs and what is denied does not, and neither disturbs the other.",
  "adapter.message": "A denied call is answered with the message that the policy has for it.",
  "adapter.value": "A fallback value reaches the model as the tool's result.",
  "adapter.tool": "A lesser tool runs in place of a denied call, and the model hears what ran.",
  "adapter.route":
    "A denied call sends the run to the place that the policy names, or is answered where there is none.",
  "adapter.throw": "A denied call throws only where host and policy both want it, and never runs.",
  "adapter.clamp": "A clamped call runs with the smaller number, and the model is told of it.",
  "adapter.mutation":
    "A tool that changes its arguments changes nothing of the record or of another call.",
  "adapter.duplicate": "Two calls with one id: nothing runs twice, and the run goes on.",
  "adapter.unknown": "A tool that nobody knows runs nothing, and the run goes on.",
  "adapter.identity": "Without a ticket of this guard nothing runs, and the run goes on.",
  "adapter.guard-error": "An error inside the guard runs nothing, and the run goes on.",
  "adapter.tool-error": "A tool that throws leaves the other calls of the turn alone.",
  "adapter.repeated":
    "A call that was denied three times is answered with other words, and still does not run.",
  "adapter.limit": "A limit holds, also among the calls of one turn.",
  "adapter.review": "A reviewed call waits for its answer: approved it runs once, rejected never.",
  "adapter.review.approve":
    "A run that stops to ask goes on with the answer: the approved call runs once, and not before.",
  "adapter.review.reject": "A rejected call never runs, its turn goes on, and no later yes helps.",
  "adapter.review.edit": "A reviewer's change of the arguments runs in place of what was asked.",
  "adapter.review.expired": "An answer that comes too late lets nothing run.",
  "adapter.review.partial":
    "An answer to one of two calls lets the other one wait, and nothing is lost.",
  "adapter.review.replay":
    "The same answer sent again, to the same checkpoint or history, runs nothing again.",
  "adapter.review.forged":
    "An approval that nobody gave, or somebody whom the rule does not ask, lets nothing run.",
  "adapter.review.other-call": "An answer about other arguments lets nothing run.",
  "adapter.review.parallel": "No answer reaches a call beside the one it is for.",
  "adapter.review.decided-again": "A policy that denies by then wins over an approval.",
  "adapter.vectors":
    "Every decision vector that a conversation can express comes out as on the engine itself.",
  "adapter.runner": "The kit runs under the test runner that it is handed, and brings none.",
  "adapter.records": "Each call leaves one record before and one after, no more.",
});

/** What a store for limits must do. */
export const storeRequirements: readonly Requirement[] = requirements("0.1.0", {
  "store.limits.window": "A store never lets more than the limit through in any trailing window.",
  "store.limits.edge": "A unit taken exactly one window ago no longer counts.",
  "store.limits.all-or-none": "A store takes a unit of every claim or of none.",
  "store.limits.keys": "Each key has a counter of its own.",
  "store.limits.same-key": "Two claims on one key in one step take two units.",
  "store.limits.peek": "A peek says what a reservation would say and takes nothing.",
  "store.limits.retry": "The wait a store names is enough, and a refused call takes nothing.",
  "store.limits.release": "What is given back counts no more, and frees nothing of another call.",
  "store.limits.clock": "A clock that goes back frees nothing.",
  "store.limits.parallel": "Reservations made at once never pass the limit together.",
  "store.limits.random":
    "Against a plain count, over random reservations, a store is never looser.",
});
