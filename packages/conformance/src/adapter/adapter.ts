import type { Guard, JsonObject, Reviewer, Ticket } from "@interlatch/core";

/** A framework with its adapter, as the kit drives it: one conversation at a time. */
export interface AdapterUnderTest {
  readonly name: string;
  /**
   * Runs one conversation through the real framework with a scripted model: in its first turn the model makes
   * these calls, in its next it says that it is done. Each tool takes any object and is guarded as the
   * adapter guards tools. Resolves when the run has ended; rejects when the framework let something escape.
   */
  converse(conversation: Conversation): Promise<readonly ModelAnswer[]>;
  /**
   * The same in a framework that can stop and ask people: runs until it stops, or ends. Left out: it cannot. People
   * then answer through `guard.approvals`, and the model makes the same calls in a conversation of its own again.
   */
  pause?(conversation: Conversation): Promise<PausedRun>;
  /** Whether an answer in the framework's own form can change the arguments. Needs `pause`. Default: no. */
  readonly edits?: boolean;
  /**
   * The conversation as a caller would make it up: the model's calls, as though people had been asked about them and
   * this person had approved. Left out: the framework takes no history from its callers.
   */
  forge?(conversation: Conversation, reviewer: Reviewer): Promise<readonly ModelAnswer[]>;
  /** Whether a policy can send the run to another place, as to a node of a graph. Default: the model gets the message. */
  readonly routes?: boolean;
  /**
   * Whether the framework makes a message of whatever a tool throws, so that the model hears of a denial which host and
   * policy want thrown. Default: it ends the run, with `ERR_DENIED`.
   */
  readonly catches?: boolean;
  /**
   * Ids of those cases of the vectors whose arguments the framework changes before the adapter gets them, so that
   * another call is judged than the one written there. Such a call must be denied.
   */
  readonly altered?: readonly string[];
}

/** A run that has stopped to ask people, or has ended. */
export interface PausedRun {
  /** The ids of the calls that people are asked about. Empty: it has ended. */
  readonly asked: readonly string[];
  /** What the model was told until now. */
  readonly answers: readonly ModelAnswer[];
  /**
   * Goes on from here with these answers, in the form in which the framework's own pages send them. The kit does so
   * twice from one and the same stop: the same checkpoint, or the same history, sent again.
   *
   * @param reviewer - whom the host has authenticated; `undefined`: nobody
   */
  resume(answers: readonly PersonAnswer[], reviewer: Reviewer | undefined): Promise<PausedRun>;
}

/** What a person says of one call. */
export type PersonAnswer = {
  readonly call: ScriptedCall;
  /**
   * The arguments that the person was shown, where they are not those of the call: to be sent as what binds the answer
   * to its question, be that a digest or the call itself.
   */
  readonly shown?: JsonObject;
} & (
  | { readonly answer: "approve" | "reject" }
  /** Sent only where the adapter `edits`. */
  | { readonly answer: "modify"; readonly arguments: JsonObject }
);

/** What the model does, and with what. */
export interface Conversation {
  readonly guard: Guard;
  /** As the host hands it over; `undefined` where it has none. */
  readonly ticket: Ticket | undefined;
  readonly tools: readonly ScriptedTool[];
  readonly calls: readonly ScriptedCall[];
  /** Where a policy may send the run: for a framework that has such places. Each ends the run. */
  readonly places?: readonly string[];
  /** To be called where the run comes to one of them. */
  visit?(place: string): void;
}

/** A tool: its name, and what it does with an object of any shape. */
export interface ScriptedTool {
  readonly name: string;
  execute(args: unknown): unknown;
}

/** A call as the model makes it. */
export interface ScriptedCall {
  readonly id: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}

/** What the model was told of one call. */
export interface ModelAnswer {
  /** The call it answers. */
  readonly id: string;
  /** All of it as text; a value as its JSON. */
  readonly text: string;
}
