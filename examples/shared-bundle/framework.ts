import type { Guard, Ticket } from "@interlatch/core";
import type { ScriptedCall } from "./calls.ts";
import type { ToolBox } from "./tools.ts";

/** One framework, run by its own loop: a scripted model asks for one tool call, the framework does the rest. */
export interface Framework {
  readonly name: string;
  /** Gives what the model read as the tool's answer. */
  run(guard: Guard, ticket: Ticket, call: ScriptedCall, box: ToolBox): Promise<string>;
}
