import type { BaseMessage } from "@langchain/core/messages";
import { AIMessage, ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { ClientTool } from "@langchain/core/tools";
import {
  type CallInput,
  deniedError,
  type Denial,
  type Guard,
  type OpenedCall,
  type OpenOptions,
  type Ticket,
} from "@interlatch/core";
import { denialMessage, denialOf } from "./answer.ts";
import { nameArguments, readArguments } from "./arguments.ts";
import { digestOf } from "./definition.ts";
import { isToolCall } from "./tool-kinds.ts";

/** The calls of the model's last turn that nobody has answered yet. */
export function openCalls(messages: readonly BaseMessage[]): readonly ToolCall[] {
  const calls = messages.findLast((one) => AIMessage.isInstance(one))?.tool_calls ?? [];
  const answered = new Set(
    messages.filter((one) => ToolMessage.isInstance(one)).map((one) => one.tool_call_id),
  );
  return calls.filter(({ id }) => id === undefined || !answered.has(id));
}

/** What the guard says of a turn before any of it runs. */
export interface OpenedTurn {
  /** One tool message for each id whose call was denied. */
  readonly messages: ToolMessage[];
  /** The calls that go on to the tools, which are guarded themselves. */
  readonly remaining: ToolCall[];
  /** What the denied calls got, in their order. */
  readonly denials: readonly Denial[];
}

/**
 * Whether the run is to end after these messages: one of the answers to the model's last turn says so, see
 * `maxRepeatedDenials`. Whoever can write messages can only end a run with it.
 */
export function isOver(messages: readonly BaseMessage[]): boolean {
  for (const message of messages.toReversed()) {
    if (!ToolMessage.isInstance(message)) return false;
    if (denialOf(message)?.end === true) return true;
  }
  return false;
}

/**
 * Judges the calls of a turn together, before any of them runs: denied ones are recorded and answered, and an
 * id that stands twice is denied for all of them, whatever else is to be said of them. Left to the guarded tool,
 * which answers in the framework's way, are calls without an id (nothing could be answered under none), arguments
 * that the tool's own schema refuses, and calls for which `toolOf` gives nothing to read them with.
 *
 * Throws a `DeniedError` where the policy wants that of a denied call, and the host allows it.
 *
 * @param toolOf - the tool of a call; `"unknown"`: there is none, the call is judged as it came
 * @param options - `leave: "tool"`: a denied call in place of which a lesser tool may run remains, for its guarded tool.
 *   Only where nothing but guarded tools gets what remains
 */
export async function openTurn(
  guard: Guard,
  ticket: Ticket | undefined,
  calls: readonly ToolCall[],
  toolOf: ToolOf,
  options: OpenOptions = {},
): Promise<OpenedTurn> {
  const judged = await readTurn(ticket, calls, toolOf);
  const inputs = judged.map(({ input }) => input);
  return answerTurn(calls, judged, guard.open(inputs, options));
}

/** The tool of a call; `"unknown"`: there is none. `undefined`: it is not known here. */
export type ToolOf = (call: ToolCall) => ClientTool | "unknown" | undefined;

/** A call of a turn, and what the guard is asked about it. */
export interface ReadCall {
  readonly call: ToolCall;
  readonly input: CallInput;
}

/** The calls of a turn that can be judged before they reach their tools. */
export async function readTurn(
  ticket: Ticket | undefined,
  calls: readonly ToolCall[],
  toolOf: ToolOf,
): Promise<readonly ReadCall[]> {
  const read = await Promise.all(
    calls.map(async (call): Promise<ReadCall | undefined> => {
      const tool = toolOf(call);
      const times = timesOf(call, calls);
      if (call.id === undefined || call.id === "") return undefined;
      // The other call with its id is judged here, and one answer is for both.
      if (tool === undefined && times === 1) return undefined;
      const args = await argumentsOf(call, tool ?? "unknown", times);
      if (args === undefined) return undefined;
      const { id, name } = call;
      const definition = tool === undefined || tool === "unknown" ? undefined : digestOf(tool);
      return { call, input: { ticket, id, tool: name, definition, arguments: args.named } };
    }),
  );
  return read.filter((one) => one !== undefined);
}

/**
 * The answers to a turn's denied calls.
 *
 * @param opened - what the guard said of each read call, in their order
 */
export function answerTurn(
  calls: readonly ToolCall[],
  read: readonly ReadCall[],
  opened: readonly OpenedCall[],
): OpenedTurn {
  const answers = new Map<string, ToolMessage>();
  const denied = new Set<ToolCall>();
  const denials: Denial[] = [];
  for (const [index, { denial }] of opened.entries()) {
    const call = read[index]?.call;
    if (denial === undefined || call?.id === undefined) continue;
    if (denial.kind === "throw") throw deniedError(denial);
    denied.add(call);
    denials.push(denial);
    // Two calls under one id get one answer, which says the same of both.
    answers.set(call.id, denialMessage(denial));
  }
  return {
    messages: [...answers.values()],
    remaining: calls.filter((call) => !denied.has(call)),
    denials,
  };
}

function timesOf({ id }: ToolCall, calls: readonly ToolCall[]): number {
  return calls.filter((call) => call.id === id).length;
}

/** The arguments as the tool would get them, by name; `undefined` where its schema refuses them. */
async function argumentsOf(
  call: ToolCall,
  tool: ClientTool | "unknown",
  times: number,
): Promise<{ readonly named: unknown } | undefined> {
  // No arguments at all, see `nameArguments`: before the schema, which may leave nothing of the inner call.
  if (isToolCall(call.args)) return { named: undefined };
  if (tool === "unknown") return { named: call.args };
  const read = await readArguments(tool, call.args);
  if (read.ok) return { named: nameArguments(read.value).arguments };
  // The other call with this id must not run on the strength of this one being unreadable.
  return times > 1 ? { named: call.args } : undefined;
}
