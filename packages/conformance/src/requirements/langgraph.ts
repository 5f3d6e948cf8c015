import { requirements, type Requirement } from "./requirement.ts";

/** The LangGraph adapter, on the real framework. */
export const langgraphRequirements: readonly Requirement[] = requirements("0.1.0", {
  "lg.01": "An allowed call runs once and its tool message says so.",
  "lg.02": "A denied call never runs, is answered under its id, and the model gets a further turn.",
  "lg.17": "Interrupts and commands of the graph itself pass through the guard untouched.",
  "lg.18": "A tool that throws becomes an error message, and the run goes on.",
  "lg.19": "A failure inside the guard denies the call, and the run goes on.",
  "lg.20": "When every call is denied the agent is asked again and the tools node is not entered.",
  "lg.21": "Going to the tools node with a forged message meets the guard all the same.",
  "lg.22": "Writing the state as if the policy node had done it meets the guard all the same.",
  "lg.29": "A message with nothing but malformed calls is not judged and is routed as before.",
  "lg.30":
    "Duplicate ids, missing ids and unknown tools are each answered, and nothing runs twice.",
  "lg.31": "A tool that was hidden from the model and is called all the same is denied.",
  "lg.x.before": "Nothing of a turn runs before all of it is judged.",
  "lg.x.command": "A tool that gives a command steers the graph beside a denied call.",
  "lg.x.config-cannot-weaken": "Context and configuration of a caller change nothing.",
  "lg.x.coverage": "The gate tells what it enforces.",
  "lg.x.errors-off":
    "With tool errors passed on, a tool's error ends the run and a denial does not.",
  "lg.x.hook": "The hook judges for a node of the author's own.",
  "lg.x.hook-raw":
    "The hook takes a list of messages, and judges raw arguments where it knows no tools.",
  "lg.x.identify": "The host can read who acts from the run, in the node and at the tool.",
  "lg.x.identity": "Without a ticket nothing runs, and the run goes on.",
  "lg.x.inner-edit": "Middleware further in cannot change what was judged.",
  "lg.x.known-but-missing":
    "A tool that the policy allows and the agent does not have gives an error.",
  "lg.x.mixed": "In one turn allow, deny, value and clamp do not disturb each other.",
  "lg.x.mixed-agent":
    "In one turn of an agent allow, deny, value and clamp do not disturb each other.",
  "lg.x.odd-at-the-tools": "Odd calls are answered also where the policy node is gone round.",
  "lg.x.once": "A guarded tool in a guarded agent gives one decision and one record.",
  "lg.x.outer-edit": "What other middleware makes of a call is what is judged.",
  "lg.x.parsed-turn": "A turn is judged by what the tools' schemas make of it.",
  "lg.x.react": "The prebuilt agent works over guarded tools and over the guarded node.",
  "lg.x.review": "A reviewed call waits at the tool for its answer.",
  "lg.x.send": "A call sent to the tools node by itself is judged by itself.",
  "lg.x.server-tool": "A provider's tool is shown only where the policy knows it.",
  "lg.x.stream": "Every way of streaming shows the denial.",
  "lg.x.subgraph": "The identity of a run reaches a guarded subgraph.",
  "lg.x.task":
    "A guarded tool in a task of the functional API is decided, and denied without an error.",
  "lg.x.twice": "The same turn handed to the tools twice does not run twice.",
  "lg.x.unreadable-twin": "A call whose twin under the same id is unreadable does not run.",
  "lg.x.call-in-call": "A call whose arguments are a call is answered under its own id.",
  "lg.x.no-session-twice": "An id runs once in a turn, also without a session.",
  "lg.x.odd-throws": "A graph survives whatever a tool throws.",
  "lg.x.own-node": "A tool node guards the tools it is given and those added later.",
});
