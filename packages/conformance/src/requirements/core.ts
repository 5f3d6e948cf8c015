import { requirements, type Requirement } from "./requirement.ts";

/** What the core does with one call, whatever framework it comes from. */
export const coreRequirements: readonly Requirement[] = requirements("0.1.0", {
  // one call, as it is handed over
  "core.call.missing-id": "A call without an id is denied missing_call_id.",
  "core.call.duplicate-id": "Two calls with one id in a batch are both denied, and neither runs.",
  "core.call.id-in-use":
    "A call whose id is under way is denied until that one is over; then it is a new call.",
  "core.call.unknown-tool":
    "A tool that the policy does not name is denied, and its name is matched exactly.",
  "core.call.prototype-tool":
    "A tool named like a member of Object.prototype is unknown unless the policy names it.",
  "core.call.prototype-key":
    "Keys like __proto__ and constructor are data: judged, recorded and handed on as own properties.",
  "core.call.not-a-number":
    "NaN, infinities, functions and symbols in the arguments are denied arguments_not_json.",
  "core.call.unsafe-integer":
    "A number beyond 2^53-1 is refused where the schema says integer and is data elsewhere.",
  "core.call.cyclic": "Cyclic arguments are denied and never end the process.",
  "core.call.too-large":
    "Arguments of 10 MB, of 100 levels or of too many values are denied arguments_too_large.",
  "core.call.getter":
    "Each property is read once, so that a getter or a proxy cannot show one value to the rules and another to the tool.",
  "core.call.throwing-getter": "A getter or a proxy that throws is a denial, not an exception.",
  "core.call.mutated":
    "Arguments changed after the call was handed over change nothing of what was judged and of what runs.",
  "core.call.no-object": "Arguments that are no object are denied.",
  // who acts
  "core.identity.ticket":
    "Without a ticket of this guard a call is denied; one rebuilt from JSON, copied, or of another guard is none.",
  "core.identity.malformed": "A malformed identity is refused when the ticket is made.",
  "core.identity.frozen": "An identity changed after the ticket was made changes nothing.",
  "core.identity.arguments": "What stands in the arguments is never identity.",
  // what is judged is what runs
  "core.snapshot.image": "Dates, URLs, bigints and bytes have one JSON image, and rules judge it.",
  "core.snapshot.frozen":
    "The image that rules, reviewers and listeners see is frozen and inherits nothing.",
  "core.copy.special": "The tool gets dates, URLs, bigints and bytes as such.",
  "core.copy.isolated":
    "What a tool does to its arguments reaches neither the record, nor the decision, nor the caller's original.",
  "core.digest.canonical":
    "The digest of a call does not depend on the order of keys and changes with any value, name or tool.",
  // how it runs
  "core.run.synchronous":
    "Nothing waits where nothing must: the result comes back in the form that the tool gave.",
  "core.run.tool-error": "What a tool throws goes on unchanged, and the record says error.",
  "core.run.generator":
    "An async generator goes out as one, part by part, and the record says how it ended.",
  "core.run.generator-waits":
    "An async generator that must wait for a review waits before its first part and is denied in its only part.",
  "core.run.cannot-wait":
    "A plain function that gives a stream after a wait is denied cannot_wait with that hint.",
  "core.run.guard-error":
    "An error inside the guard, its stores, its clock, its logger or its listeners denies the call or changes nothing, and never throws.",
  "core.run.closed": "A closed guard denies every call.",
  "core.run.reload":
    "A call finishes under the bundle it began with; the next one meets the new bundle; a bad bundle changes nothing.",
  "core.run.no-bundle":
    "While no bundle is loaded every call is denied and another attempt is made.",
  "core.run.expiry": "A bundle that ends while the guard runs denies from that instant on.",
  "core.run.preview":
    "A preview gives the answer of the run and reserves, records and authorises nothing.",
  "core.results.memory":
    "Results that are kept in memory are known in their own session, and bounded.",
  "core.run.memory": "What the guard remembers of sessions, calls and batches is bounded.",
  // reviews
  "core.review.approve": "An approved call runs once, with exactly the arguments that were shown.",
  "core.review.reject": "A rejected call does not run.",
  "core.review.garbage": "Any other answer, an error or a rejected promise is a denial.",
  "core.review.nobody": "Where nobody can be asked, a call that needs a review is denied.",
  "core.review.session": "A review needs a session that the host named.",
  "core.review.again":
    "After the answer the policy in force decides again, and a deny wins over the approval.",
  "core.review.limits":
    "A limit is taken after the answer, so that what is rejected costs nothing.",
  "core.review.once": "The same call asked again needs another approval.",
  // limits
  "core.limits.window": "Never more than the limit in any trailing window.",
  "core.limits.all-or-none": "One step takes a unit of every limit or of none.",
  "core.limits.parallel": "Calls made at once never pass the limit together.",
  "core.limits.keys":
    "Counters are kept by tenant, rule and whom the rule names; no name can be written so that two become one.",
  "core.limits.clock": "A clock that goes back frees nothing.",
  "core.limits.store": "A limit store that throws, rejects or answers nonsense denies the call.",
  "core.limits.subject": "A limit kept by the user denies where the ticket names no user.",
  // records
  "core.audit.two":
    "A call that runs leaves a record before it and one after, under one evaluation.",
  "core.audit.denied": "A denied call leaves its record and the outcome blocked.",
  "core.audit.before":
    "The record is kept before the tool runs, and durably so for a tool that changes anything.",
  "core.audit.fails": "Where the record cannot be kept the tool does not run.",
  "core.audit.values": "No value of an argument stands in a record or in a log line.",
  // what the agent gets
  "core.fallback.specific":
    "The rule's fallback comes before the tool's and that before the policy's.",
  "core.fallback.words":
    "The model is told the policy's words or the code's, never a value or an operator's detail.",
  "core.fallback.value":
    "A value is a fresh copy each time, and one that cannot be made gives way to the message.",
  "core.fallback.mark": "A denial is told from a tool's result by a mark that JSON cannot carry.",
  "core.fallback.repeated":
    "The fourth denial of one call in a session says not to try again; a call that would now be allowed is allowed.",
  // decisions
  "core.decide.order": "The order of rules, tools and keys changes no decision.",
  "core.decide.deny-tightens": "Adding a deny rule never loosens.",
  "core.decide.review-tightens": "Adding a review rule never loosens what is allowed without it.",
  "core.decide.error-tightens":
    "A condition that errs never gives a looser effect than the same rule matching or not matching.",
  "core.decide.pure":
    "The same call on the same policy gets the same decision, however often and in between what it is asked.",
  "core.decide.total": "Any arguments under any policy give a decision and never an exception.",
  // attacks
  "core.attack.fallback":
    "A fallback's message and value stay within bounds, whatever the model named, and a bad pattern in one refuses the bundle.",
  "core.attack.result": "A result that cannot be looked at is waited for and handed on.",
  "core.attack.stream":
    "However a stream ends, is left or is never read, its call is over and its records are whole.",
  "core.attack.memory": "Records keep no large arguments alive.",
  "core.attack.pollution": "A polluted Object.prototype loosens nothing and forges nothing.",
  "core.attack.batch": "A batch that is no object denies its call.",
  "core.attack.names": "The id and the tool of a call are read once.",
  "core.attack.reentrant": "Arguments that call the guard while they are read change no decision.",
  "core.attack.long-name": "A name of any length leaves a log that can be verified.",
  "core.attack.clock": "A clock that fails or jumps denies, never throws, and puts nothing off.",
  "core.attack.listener": "A listener that throws, rejects or calls back changes no decision.",
  "core.attack.shared": "What a listener is shown cannot be changed for others or for later calls.",
  "core.attack.thenable": "A thenable is waited for like a promise.",
  "core.attack.close": "Closing waits for every record, and keeps none back.",
  "core.attack.delegation": "An agent gains nothing by a chain that somebody else wrote.",
  "core.attack.full-store": "A full limit store takes a unit of every limit of a call or of none.",
  "core.attack.bytes": "Bytes are read as the bytes they are.",
  "core.attack.copy": "The tool's copy has the keys that were judged, inherited names included.",
  "core.clamp.size":
    "A batch size is a number of at least 0 or the length of a list; anything else cannot be clamped, so it is denied.",
  "core.identity.role":
    "A single role beside the list of roles is refused, since no condition would read it.",
});
