import { requirements, type Requirement } from "./requirement.ts";

/** What an agent gets instead of a denied call, beyond words and values. */
export const fallbackRequirements: readonly Requirement[] = requirements("0.1.0", {
  "fallback.build":
    "A fallback to a lesser tool that could never run, or with arguments that never fit, does not build.",
  "fallback.tools": "Policy tests compare every kind of fallback, and explain shows it.",
  "fallback.hop":
    "A lesser tool runs in place of the denied call, as a call of its own under the id of that call and `#fallback`.",
  "fallback.hop.records": "The denied call and the lesser tool leave one pair of records each.",
  "fallback.hop.refused":
    "Where the lesser tool is not there, not allowed or fails, the agent gets the words of the denied call.",
  "fallback.hop.decided":
    "A lesser tool has its own scope, schema, rules, limits and definition; it is no way round any of them.",
  "fallback.hop.review": "A lesser tool that needs a review does not run, and nobody is asked.",
  "fallback.hop.once":
    "A lesser tool has no lesser tool: no chain and no circle of fallbacks runs.",
  "fallback.hop.id":
    "A model's own call under a hop's id never runs beside it and takes nothing of it.",
  "fallback.hop.open":
    "No lesser tool runs for a call that may still be approved, that is one of two under an id, or that is made again and again.",
  "fallback.hop.synchronous": "A hop waits for nothing where nothing must be waited for.",
  "fallback.hop.read":
    "A lesser tool is judged on what its own schema makes of its arguments, and gets that.",
  "fallback.hop.stream":
    "A lesser tool that streams is read to its end, and its last part is the result.",
  "fallback.hop.shadow": "A policy in shadow runs no lesser tool.",
  "fallback.hop.loaded": "A policy without lesser tools loads nothing for them.",
  "fallback.route": "A route is handed on with its words.",
  "fallback.throw":
    "A denial is thrown where the policy says so and the host allows it, and is a message elsewhere.",
  "fallback.end":
    "Denied as often as the host lets one call be, a denial says that the run is to end; what frees itself is not counted.",
});

/** The same through the frameworks. */
export const frameworkFallbackRequirements: readonly Requirement[] = requirements("0.1.0", {
  "lg.x.hop":
    "A lesser tool runs where the graph's tools run; its result answers the denied call and says whose it is.",
  "lg.x.hop-bare": "A denied call is left for its lesser tool only where the tools are guarded.",
  "lg.x.hop-steers": "Commands and interrupts of a lesser tool reach the graph.",
  "lg.x.route":
    "A route goes to a node that the author has named, beside the tools where calls are left; elsewhere it is words.",
  "lg.x.throw": "A thrown denial ends the run where the host allows it.",
  "lg.x.end": "A call that is denied again and again ends the graph, after its siblings.",
  "lc.x.hop":
    "A lesser tool is looked for among the tools that were guarded together, or are the agent's own.",
  "lc.x.hop-kinds": "A lesser tool of any kind runs, and gives its result in any form.",
  "lc.x.throw": "A thrown denial ends the agent's run where the host allows it.",
  "lc.x.end": "A call that is denied again and again ends the agent, after its siblings.",
  "ai.x.hop":
    "A lesser tool's result is the output of the denied call, marked as whose it is, in the model's words and in the interface.",
  "ai.x.hop-history":
    "A history with a lesser tool's result stays valid, and tells the model the same again.",
  "ai.x.route": "Routes are words.",
  "ai.x.throw": "A thrown denial is a tool's error where the host allows it.",
  "ai.x.end":
    "A call that is denied again and again ends the loop by `stopWhen`, after its siblings.",
});
