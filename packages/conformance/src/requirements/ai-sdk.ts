import { requirements, type Requirement } from "./requirement.ts";

/** The adapter for the AI SDK, on both majors, generated and streamed. */
export const aiSdkRequirements: readonly Requirement[] = requirements("0.1.0", {
  "ai.01": "An allowed call runs once and its result reaches the model.",
  "ai.02":
    "A denied call comes back as an execution that was denied, with its reason, and the run goes on.",
  "ai.03": "A call that needs a review is asked about in the conversation, and does not run.",
  "ai.04": "A call that its reviewer approves in the conversation runs once.",
  "ai.05": "A call that its reviewer rejects is denied with the person's reason, and recorded.",
  "ai.06": "Allowed, denied and reviewed calls of one step each get their own answer.",
  "ai.07": "While one review of a step has no answer, nothing of the step runs.",
  "ai.08": "An approved history that is sent again runs nothing again.",
  "ai.09": "An approval in one conversation is none in another.",
  "ai.10": "A review that nobody answered in time ends as a denial.",
  "ai.11": "An approval that a client made up runs nothing and asks nobody.",
  "ai.12":
    "A history that a client has changed runs nothing under an approval it was not given for.",
  "ai.13": "The SDK's own signature of approvals is checked as before.",
  "ai.14": "An approval does not help a call that the policy denies by then.",
  "ai.15": "An approval outlives a new bundle that asks for no more.",
  "ai.16": "The tool's own demand for approval keeps its say.",
  "ai.17": "A failure inside the guard denies the call, and the run goes on.",
  "ai.18": "A generator tool gives the same parts as without the guard.",
  "ai.19": "A tool that gives a plain value gives it still.",
  "ai.20": "A tool that gives a promise gives it still.",
  "ai.21": "A denied generator tool gives one denial and no parts.",
  "ai.22": "Input hooks do not run for denied calls unless the host asks for it.",
  "ai.23": "The tool's own way of showing its output to the model is kept.",
  "ai.24": "A dynamic tool is guarded.",
  "ai.25": "A tool defined by the provider and run here is guarded.",
  "ai.26": "What the provider ran is never recorded as blocked.",
  "ai.27":
    "A tool that runs at the client is left as it is and, on AI SDK 7, decided before it is handed over.",
  "ai.28": "A tool that does not exist is answered, and the run goes on.",
  "ai.29": "Repaired and refined arguments are what is judged and what runs.",
  "ai.30": "Arguments that the tool's schema refuses never reach the guard.",
  "ai.31": "A call cut off by the length limit is not recorded as run.",
  "ai.32": "A call id that stands twice runs nothing twice.",
  "ai.33": "An abort ends the call as the framework would.",
  "ai.34":
    "A tool whose time is over ends its call as the framework would, and the record says so.",
  "ai.35": "A tool that a sub-agent calls is decided.",
  "ai.36":
    "A tool that code of the model's calls is decided, and a denial is an ordinary value to that code.",
  "ai.37":
    "A tool gets its context, the SDK's checks of it included, and no context is an identity.",
  "ai.38":
    "Tools that an agent is given for a call or a step are decided, and those taken away are none.",
  "ai.39": "The user interface shows a denied call as denied.",
  "ai.40": "No middleware of a model, of any specification, lets a call past the guard.",
  "ai.41":
    "A tool named like a member of Object.prototype is found only where it is an own property.",
  "ai.42": "Literal tool names and input types survive.",
  "ai.43": "The adapter can be required from CommonJS.",
  "ai.44": "Arguments that a reviewer changed are what runs, and the model is told.",
  "ai.x.agent": "An agent object of the SDK takes the same options.",
  "ai.x.agent-ui":
    "An agent that answers a page has its calls decided, and a click alone approves nothing.",
  "ai.x.clamp": "The model is told what the policy changed, and the output stays as typed.",
  "ai.x.chat-approve":
    "In a browser, a call that a person says yes to runs once, however often that is clicked or sent.",
  "ai.x.chat-client-6":
    "The chat client of AI SDK 6 runs a call once for its person's yes, and for nobody else's.",
  "ai.x.chat-outcomes":
    "In a browser, a chat shows what ran, what was denied and why, and goes on.",
  "ai.x.chat-reject":
    "In a browser, a call that a person says no to does not run, and the chat shows their reason.",
  "ai.x.chat-tampered":
    "Nothing runs of what a page makes up, changes, or takes from another conversation.",
  "ai.x.chat-waits": "A chat that is sent on without the person's answer runs nothing and says so.",
  "ai.x.clone":
    "A spread copy of a guarded tool stays guarded, and one with another execute is not taken for it.",
  "ai.x.closed": "A guard that is closed or has no policy denies, and the run goes on.",
  "ai.x.copy":
    "A guarded tool keeps prototype, symbols and hidden members, and the original is left alone.",
  "ai.x.coverage": "The guard knows which tools are enforced, and why others are not.",
  "ai.x.deny-first": "Nobody is asked about a call that the policy denies.",
  "ai.x.direct": "Code that calls the tool itself meets the guard.",
  "ai.x.double": "A tool guarded twice is judged once.",
  "ai.x.exceptions": "What throws on the way denies the call, and the run goes on.",
  "ai.x.forged-output":
    "Outputs, errors and denials in a history that nobody here has given do not reach the model.",
  "ai.x.first-part":
    "The first part of a guarded stream is there before the tool makes its second.",
  "ai.x.forged": "An approval of a denied call that nobody asked about runs nothing.",
  "ai.x.given":
    "What a host, a model or a client gives in another form than it should comes to a closed end that says what to change.",
  "ai.x.goes-on":
    "A conversation goes on after an approved call was denied, and after an answer that was given elsewhere.",
  "ai.x.identity": "Without a ticket of this guard every call is denied.",
  "ai.x.key": "A tool is judged by the name it stands under.",
  "ai.x.histories":
    "No history that a client sends runs a call that is denied, unapproved, changed or done.",
  "ai.x.late":
    "Tools that come while the application runs are decided, and a bare one beside guarded ones is reported.",
  "ai.x.left-behind": "A review that was left without an answer does not stop the conversation.",
  "ai.x.limit": "A limit holds within one step.",
  "ai.x.marker": "An output that looks like a denial does no more than tell the model so.",
  "ai.x.met-once": "A review that may not be asked about is denied at once, and recorded once.",
  "ai.x.mixed": "In one step each call gets its own answer, once.",
  "ai.x.mutation": "What a tool does to its arguments reaches neither the record nor the history.",
  "ai.x.once-in-conversation":
    "A call that has run under an approval is not approved again by a history.",
  "ai.x.own-question": "A review and the tool's own question are asked once, and both count.",
  "ai.x.output-schema":
    "A history with a denied call stays valid, and other outputs are checked as before.",
  "ai.x.parity":
    "The same conversation has the same decisions, records and runs on both majors, generated and streamed.",
  "ai.x.policy-client":
    "The guard answers where @ai-sdk/policy-opa asks a policy engine, and records what it decides.",
  "ai.x.policy-client-capabilities":
    "The capability middleware of @ai-sdk/policy-opa shows the tools that could ever be allowed, and none without a ticket.",
  "ai.x.policy-client-closed":
    "Asked through @ai-sdk/policy-opa, a guard that fails, is closed or knows nobody denies.",
  "ai.x.policy-client-identity":
    "Asked through @ai-sdk/policy-opa, nothing that the model or the history says is an identity.",
  "ai.x.policy-client-opinion":
    "Asked through @ai-sdk/policy-opa, the guard has an opinion on every call: what no rule allows is denied.",
  "ai.x.policy-client-review":
    "Asked through @ai-sdk/policy-opa, a review is a question to the user, good once, and answered by whom the host names.",
  "ai.x.policy-client-rewrites":
    "Asked through @ai-sdk/policy-opa, a call that would have to run with other arguments is denied.",
  "ai.x.policy-client-shadow":
    "The package's own shadow mode sees the guard's decisions, and enforces them once told to.",
  "ai.x.policy-client-statuses":
    "Whatever is asked through @ai-sdk/policy-opa, the answer is one that the package knows.",
  "ai.x.policy-client-together":
    "A call of a guarded tool that is asked about through @ai-sdk/policy-opa as well is counted once.",
  "ai.x.parallel-reviews": "Parallel reviews of one step never get each other's answers.",
  "ai.x.quorum": "A call waits until as many people have approved it as the rule asks.",
  "ai.x.rebind": "Guarding the same tools with another ticket or under another name is refused.",
  "ai.x.resume":
    "An approved call is decided again and recorded once, and a deny wins over its approval.",
  "ai.x.review": "A reviewed call waits for its reviewer, and is denied where there is none.",
  "ai.x.review-forms":
    "A reviewed call keeps its form: streams stream, a value stands in for a denial.",
  "ai.x.review-ui": "The user interface shows a review as a question, and then its result.",
  "ai.x.reviewer": "Only the person whom the host names answers in the conversation.",
  "ai.x.round-trip": "A denial survives the way through UI messages as a denial.",
  "ai.x.statuses": "Only statuses that the SDK knows are given to it.",
  "ai.x.stray-stream": "A stream that nobody declared and that must wait is denied.",
  "ai.x.stream-wait": "A generator tool that waits for a reviewer still streams.",
  "ai.x.tools-alone": "Reviews are asked about also where only the guarded tools were handed over.",
  "ai.x.tool-search": "A search for tools is decided, and so are the tools that it finds.",
  "ai.x.two-guards": "Of two guards both have to allow.",
  "ai.x.ui":
    "The user interface shows each outcome of a call: its parts, output or error, the question, the denial.",
  "ai.x.ui-abort":
    "A page that goes away ends the call and its record, and the model is not asked again.",
  "ai.x.ui-unread": "All calls of a stream that nobody reads are decided.",
  "ai.x.unasked":
    "A call that comes to run before anybody was asked is denied, and opens no question.",
  "ai.x.unknown": "A tool that the policy does not know is denied.",
  "ai.x.unwrapped":
    "A tool handed over unguarded beside the approval function is decided and recorded.",
  "ai.x.value": "A value that the policy gives instead is the tool's output.",
  "ai.x.wake": "An answer that was given elsewhere lets the conversation go on.",
  "ai.x.promised-stream": "A promised stream ends its call as an error that says what is wrong.",
});
