import { requirements, type Requirement } from "./requirement.ts";

/** The adapter for the AI SDK, on both majors, generated and streamed. */
export const aiSdkRequirements: readonly Requirement[] = requirements("0.1.0", {
  "ai.01": "An allowed call runs once and its result reaches the model.",
  "ai.02": "A denied call comes back as an execution that was denied, with its reason, and the run goes on.",
  "ai.17": "A failure inside the guard denies the call, and the run goes on.",
  "ai.18": "A generator tool gives the same parts as without the guard.",
  "ai.19": "A tool that gives a plain value gives it still.",
  "ai.20": "A tool that gives a promise gives it still.",
  "ai.23": "The tool's own way of showing its output to the model is kept.",
  "ai.24": "A dynamic tool is guarded.",
  "ai.25": "A tool defined by the provider and run here is guarded.",
  "ai.29": "Repaired and refined arguments are what is judged and what runs.",
  "ai.30": "Arguments that the tool's schema refuses never reach the guard.",
  "ai.31": "A call cut off by the length limit is not recorded as run.",
  "ai.32": "A call id that stands twice runs nothing twice.",
  "ai.33": "An abort ends the call as the framework would.",
  "ai.41": "A tool named like a member of Object.prototype is found only where it is an own property.",
  "ai.42": "Literal tool names and input types survive.",
  "ai.43": "The adapter can be required from CommonJS.",
});
