import { requirements, type Requirement } from "./requirement.ts";

/** The adapter for the AI SDK, on both majors, generated and streamed. */
export const aiSdkRequirements: readonly Requirement[] = requirements("0.1.0", {
  "ai.01": "An allowed call runs once and its result reaches the model.",
  "ai.02":
    "A denied call comes back as an execution that was denied, with its reason, and the run goes on.",
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
  "ai.41":
    "A tool named like a member of Object.prototype is found only where it is an own property.",
  "ai.42": "Literal tool names and input types survive.",
  "ai.43": "The adapter can be required from CommonJS.",
  "ai.x.agent": "An agent object of the SDK takes the same options.",
  "ai.x.clamp": "The model is told what the policy changed, and the output stays as typed.",
  "ai.x.client":
    "A tool that runs at the client is left as it is and, on AI SDK 7, decided before it is handed over.",
  "ai.x.clone":
    "A spread copy of a guarded tool stays guarded, and one with another execute is not taken for it.",
  "ai.x.closed": "A guard that is closed or has no policy denies, and the run goes on.",
  "ai.x.copy":
    "A guarded tool keeps prototype, symbols and hidden members, and the original is left alone.",
  "ai.x.coverage": "The guard knows which tools are enforced, and why others are not.",
  "ai.x.denied-generator": "A denied generator tool gives one denial and no parts.",
  "ai.x.deny-first": "Nobody is asked about a call that the policy denies.",
  "ai.x.direct": "Code that calls the tool itself meets the guard.",
  "ai.x.double": "A tool guarded twice is judged once.",
  "ai.x.exceptions": "What throws on the way denies the call, and the run goes on.",
  "ai.x.forged": "An approval of a denied call that nobody asked about runs nothing.",
  "ai.x.hallucinated": "A tool that does not exist is answered, and the run goes on.",
  "ai.x.hooks": "Input hooks do not run for denied calls unless the host asks for it.",
  "ai.x.identity": "Without a ticket of this guard every call is denied.",
  "ai.x.key": "A tool is judged by the name it stands under.",
  "ai.x.limit": "A limit holds within one step.",
  "ai.x.marker": "An output that looks like a denial does no more than tell the model so.",
  "ai.x.mixed": "In one step each call gets its own answer, once.",
  "ai.x.mutation": "What a tool does to its arguments reaches neither the record nor the history.",
  "ai.x.needs-approval": "The tool's own demand for approval keeps its say.",
  "ai.x.output-schema":
    "A history with a denied call stays valid, and other outputs are checked as before.",
  "ai.x.provider": "What the provider ran is never recorded as blocked.",
  "ai.x.rebind": "Guarding the same tools with another ticket or under another name is refused.",
  "ai.x.resume":
    "An approved call is decided again and recorded once, and a deny wins over its approval.",
  "ai.x.review": "A reviewed call waits for its reviewer, and is denied where there is none.",
  "ai.x.round-trip": "A denial survives the way through UI messages as a denial.",
  "ai.x.statuses": "Only statuses that the SDK knows are given to it.",
  "ai.x.stray-stream": "A stream that nobody declared and that must wait is denied.",
  "ai.x.stream-wait": "A generator tool that waits for a reviewer still streams.",
  "ai.x.sub-agent": "A tool that a sub-agent calls is decided.",
  "ai.x.two-guards": "Of two guards both have to allow.",
  "ai.x.ui-denied": "The user interface shows a denied call as denied.",
  "ai.x.unknown": "A tool that the policy does not know is denied.",
  "ai.x.unwrapped":
    "A tool handed over unguarded beside the approval function is decided and recorded.",
  "ai.x.value": "A value that the policy gives instead is the tool's output.",
  "ai.x.promised-stream": "A promised stream ends its call as an error that says what is wrong.",
});
