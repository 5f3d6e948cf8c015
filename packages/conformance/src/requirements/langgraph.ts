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
  "lg.30": "Duplicate ids, missing ids and unknown tools are each answered, and nothing runs twice.",
  "lg.31": "A tool that was hidden from the model and is called all the same is denied.",
});
