import type { Guard, JsonObject, Ticket } from "@interlatch/core";

/** A framework with its adapter, as the kit drives it: one conversation at a time. */
export interface AdapterUnderTest {
  readonly name: string;
  /**
   * Runs one conversation through the real framework with a scripted model: in its first turn the model makes
   * these calls, in its next it says that it is done. Each tool takes any object and is guarded as the
   * adapter guards tools. Resolves when the run has ended; rejects when the framework let something escape.
   */
  converse(conversation: Conversation): Promise<readonly ModelAnswer[]>;
}

/** What the model does, and with what. */
export interface Conversation {
  readonly guard: Guard;
  /** As the host hands it over; `undefined` where it has none. */
  readonly ticket: Ticket | undefined;
  readonly tools: readonly ScriptedTool[];
  readonly calls: readonly ScriptedCall[];
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
