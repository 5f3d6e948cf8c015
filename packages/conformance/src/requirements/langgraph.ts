import { requirements, type Requirement } from "./requirement.ts";

/** The LangGraph adapter, on the real framework. */
export const langgraphRequirements: readonly Requirement[] = requirements("0.1.0", {
  "lg.01": "An allowed call runs once and its tool message says so.",
  "lg.02": "A denied call never runs, is answered under its id, and the model gets a further turn.",
  "lg.03":
    "With allow, deny and review in one turn nothing runs before the answer, and each id is answered once.",
  "lg.04":
    "One approved, one rejected, one that needs no answer: none is dropped, none stays without an answer.",
  "lg.05":
    "An answer to some of the questions leaves the others open, or denied where the host says so.",
  "lg.06": "A text or a yes that names no question approves nothing.",
  "lg.07": "An answer for other arguments than those asked about is not taken.",
  "lg.08": "Whatever takes how long, an answer counts for its own call and no other.",
  "lg.09": "Edited arguments are judged again, and are what runs; the model is told.",
  "lg.10": "An edit that names another tool is refused.",
  "lg.11": "A run that is resumed leaves one record and one count for each call.",
  "lg.12": "A checkpoint that is resumed again does not run an approved call again.",
  "lg.13": "A call that was changed between question and answer is asked about anew.",
  "lg.14": "An answer after its time does not let a call run.",
  "lg.15": "An approved call is decided by the policy in force when it runs.",
  "lg.16": "Without a checkpointer a review is denied with a sentence, and the run goes on.",
  "lg.17": "Interrupts and commands of the graph itself pass through the guard untouched.",
  "lg.18": "A tool that throws becomes an error message, and the run goes on.",
  "lg.19": "A failure inside the guard denies the call, and the run goes on.",
  "lg.20": "When every call is denied the agent is asked again and the tools node is not entered.",
  "lg.21": "Going to the tools node with a forged message meets the guard all the same.",
  "lg.22": "Writing the state as if the policy node had done it meets the guard all the same.",
  "lg.23":
    "A call sent to the tools node by itself is judged by itself, and a sibling does not run again.",
  "lg.24": "A question of a subgraph comes up in its parent, and is answered there.",
  "lg.25":
    "A call in a task of the functional API is decided, is denied without an error, and runs once.",
  "lg.26":
    "The prebuilt agent works over guarded tools and over the guarded node, in both versions.",
  "lg.27": "A denial does not become the final answer where a tool's result would.",
  "lg.28": "A tool that gives a command steers the graph beside a denied call.",
  "lg.29": "A message with nothing but malformed calls is not judged and is routed as before.",
  "lg.30":
    "Duplicate ids, missing ids and unknown tools are each answered, and nothing runs twice.",
  "lg.31": "A tool that was hidden from the model and is called all the same is denied.",
  "lg.32":
    "A retry takes one unit of a limit each time the tool starts, and a denial is not retried.",
  "lg.33":
    "Every stream that LangGraph writes shows the denial, and each that has interrupts the question.",
  "lg.34": "A run that is ended while a call waits for its review starts no tool.",
  "lg.35": "Context and configuration of a caller change nothing.",
  "lg.36":
    "A provider's tool is shown only where the policy knows it, and is reported as out of reach.",
  "lg.x.before": "Nothing of a turn runs before all of it is judged.",
  "lg.x.coverage": "The gate tells what it enforces.",
  "lg.x.errors-off":
    "With tool errors passed on, a tool's error ends the run and a denial does not.",
  "lg.x.given":
    "What is no guard, and options that mean nothing, are refused where they are given, with what to change.",
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
  "lg.x.review": "Where no run is interrupted, a reviewed call waits at the tool for its answer.",
  "lg.x.answers-of-old":
    "An answer that the thread holds from before counts for no other question and no other person.",
  "lg.x.another-process": "A run goes on in another process, with its store and its checkpoints.",
  "lg.x.by-user": "Where the rule asks the user, the user's own answer counts and nobody else's.",
  "lg.x.elsewhere": "An approval of another thread or session lets nothing run.",
  "lg.x.forged-state": "What a caller writes into the state is no approval.",
  "lg.x.inbox": "Agent Inbox is shown one call at a time, in its own form.",
  "lg.x.nobody": "Where the host names nobody, a resume only wakes the run, and the store decides.",
  "lg.x.quorum": "Two people are two resumes, and the second counts as the second.",
  "lg.x.two-questions": "With two questions in a thread an answer by order counts for neither.",
  "lg.x.wrong-person": "The answer of somebody whom the policy does not ask counts for nothing.",
  "lg.x.wrong-shape": "What is no answer is refused, and says what to change.",
  "lg.x.poisoned": "Whatever is written into the checkpoints, nothing runs but what was decided.",
  "lg.x.time-travel":
    "Going back in the history of a thread runs no approved call again, and nothing that was forged.",
  "lg.x.subgraph": "The identity of a run reaches a guarded subgraph.",
  "lg.x.twice": "The same turn handed to the tools twice does not run twice.",
  "lg.x.unreadable-twin": "A call whose twin under the same id is unreadable does not run.",
  "lg.x.call-in-call": "A call whose arguments are a call is answered under its own id.",
  "lg.x.no-session-twice": "An id runs once in a turn, also without a session.",
  "lg.x.odd-throws": "A graph survives whatever a tool throws.",
  "lg.x.own-node": "A tool node guards the tools it is given and those added later.",
});
