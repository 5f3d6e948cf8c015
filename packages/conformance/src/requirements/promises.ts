import { requirements, type Requirement } from "./requirement.ts";

/** What the README promises. */
export const promises: readonly Requirement[] = requirements("0.1.0", {
  "promise.1": "No path that a framework offers reaches a wrapped tool without a decision.",
  "promise.2":
    "What cannot be judged is denied with a code of its own, and a denial never throws into the agent loop and never ends the run.",
  "promise.3":
    "The same call under the same bundle gets the same decision in every adapter; the order of rules, one more deny, one more review or an error never loosens.",
  "promise.4": "The arguments that were judged, shown and recorded are those that the tool gets.",
  "promise.5":
    "An approval is good for the one call it was asked about, with those arguments, under a policy that still agrees.",
  "promise.6":
    "Every call leaves a record before it runs and one after, and an edit of the log is found.",
  "promise.7":
    "Only signed bundles load: never an older one, an expired one, or one made for another environment.",
  "promise.8":
    "No bundle can hang the process: patterns run in linear time, steps and sizes are bounded.",
});

/** The decision vectors, a file each. */
export const vectorRequirements: readonly Requirement[] = requirements("0.1.0", {
  "vectors.arguments":
    "Arguments are checked against the tool's closed schema, and tools are found by their exact name.",
  "vectors.build-errors":
    "A policy with a mistake does not build, and each mistake is reported with its line.",
  "vectors.combining":
    "Rules combine as deny over review over allow over the tool's default over deny.",
  "vectors.conditions": "Conditions are true, false or an error, and an error never loosens.",
  "vectors.fallback":
    "The most specific fallback is what the agent gets instead of the denied call.",
  "vectors.functions":
    "Hosts, domains, paths, addresses, texts and times are read as the tools read them.",
  "vectors.limits":
    "A limit holds in any trailing window, takes all or nothing, and is kept by tenant, agent and rule.",
  "vectors.rewriting": "A rewrite is made once, judged again, and what it leaves is what runs.",
  "vectors.risk": "The risk score adds up as the design says and never lowers an effect.",
  "vectors.scopes": "A call lies wholly inside one profile of its agent or is denied.",
  "vectors.seed": "The two rules of the first idea load word for word and decide as meant.",
  "vectors.risk-untrusted": "The risk score counts what is untrusted in the session.",
  "vectors.schema":
    "Every file of vectors fits the published JSON Schema, which refuses what the reader refuses.",
  "vectors.kit":
    "The vectors are read strictly: a field that is not known is refused, and the JSON says what the YAML says.",
});
