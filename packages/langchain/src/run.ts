import type { ToolRunnableConfig } from "@langchain/core/tools";
import { AIMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { DefinitionDigest, Guard } from "@interlatch/core";
import { denialResult } from "./answer.ts";
import { streamDenial, type StreamingRun } from "./custom-stream.ts";
import { isBubbleUp } from "./thrown.ts";
import { nameArguments } from "./arguments.ts";
import { ticketOf, type IdentityOptions } from "./identity.ts";
import { lesserAnswer } from "./lesser-answer.ts";
import { lesserTool, type Siblings } from "./lesser-tool.ts";
import { withRewriteNote } from "./rewrite.ts";

/** A tool as its guard knows it. */
export interface GuardedTool {
  readonly guard: Guard;
  readonly name: string;
  readonly definition: DefinitionDigest;
  readonly identity: IdentityOptions;
  /** It gives its parts one by one. */
  readonly stream: boolean;
  /** It returns a pair of content and artifact. */
  readonly pair: boolean;
  /** Its result ends the run. */
  readonly returnDirect: boolean;
  readonly metadata: Record<string, unknown> | undefined;
  /** What was guarded together with it. */
  readonly siblings: Siblings;
}

/** What a tool node hands to a tool beside the framework's own fields. */
export type ToolConfig = ToolRunnableConfig & StreamingRun & { readonly state?: unknown };

/** Runs the tool on what it takes, made from the effective arguments, and on a config that says the same. */
type ExecuteTool = (effective: unknown, config: ToolConfig | undefined) => unknown;

/**
 * Runs one call through the guard: `execute` is called if the guard lets the tool run at all; otherwise the
 * answer to a denied call comes back as the tool's result.
 */
export function runTool(
  tool: GuardedTool,
  taken: unknown,
  config: ToolConfig | undefined,
  execute: ExecuteTool,
): unknown {
  const { guard, name, identity, siblings, stream } = tool;
  const named = nameArguments(taken);
  const { id, answerTo } = callOf(name, config);
  const batch = turnOf(config?.state, id);
  const form = { ...tool, id: answerTo };
  // What a lesser tool throws to steer the graph must not be lost with the answer that it is not.
  let steering: { readonly thrown: unknown } | undefined;
  const result = guard.run<unknown, unknown>(
    {
      ticket: ticketOf(guard, config, identity),
      id,
      tool: name,
      definition: tool.definition,
      arguments: named.arguments,
      ...(batch === undefined ? {} : { batch }),
    },
    (effective, { decision }) => {
      // The run may have ended while somebody was asked.
      config?.signal?.throwIfAborted();
      const given = decision.rewrites.length === 0 ? config : withArguments(config, effective);
      return withRewriteNote(execute(named.restore(effective), given), decision, form);
    },
    {
      denied: (denial) => {
        // It may be denied because its review was given up with the run, which ends as the framework would end it.
        config?.signal?.throwIfAborted();
        if (steering !== undefined) throw steering.thrown;
        streamDenial(config, denial);
        return denial.kind === "tool" ? lesserAnswer(denial, form) : denialResult(denial, form);
      },
      fallbackTool: (other) =>
        lesserTool(
          other,
          siblings,
          config,
          (thrown) => {
            if (isBubbleUp(thrown)) steering = { thrown };
          },
          { guard, ticket: identity.ticket },
        ),
      stream,
      // A run that has ended waits for nobody, and leaves an approval that comes later to whoever asks next.
      ...(config?.signal === undefined ? {} : { signal: config.signal }),
    },
  );
  if (isIterator(result)) return result;
  return stream ? only(result) : Promise.resolve(result);
}

/** A tool may read its call out of the config: there too it finds what was judged, not what the policy changed. */
function withArguments(
  config: ToolConfig | undefined,
  args: ToolCall["args"],
): ToolConfig | undefined {
  const call = config?.toolCall;
  return call === undefined ? config : { ...config, toolCall: { ...call, args } };
}

/** The framework's own test for a tool that streams. */
function isIterator(result: unknown): boolean {
  return (
    typeof result === "object" &&
    result !== null &&
    "next" in result &&
    typeof result.next === "function"
  );
}

/** Where a stream was asked for, a denial is its only part and its result. */
async function* only(result: unknown): AsyncGenerator<unknown, unknown, unknown> {
  const made = await result;
  yield made;
  return made;
}

/** Which call it is, and under which id the framework will answer it; none where code called the tool. */
function callOf(
  name: string,
  config: ToolConfig | undefined,
): { readonly id: string | undefined; readonly answerTo: string | undefined } {
  const call = config?.toolCall;
  if (call === undefined) return { id: directId(), answerTo: undefined };
  const answerTo = call.id ?? "";
  // A tool that calls another one hands on its config, with its own call in it.
  return { id: call.name === name ? call.id : directId(), answerTo };
}

function directId(): string {
  return `direct:${globalThis.crypto.randomUUID()}`;
}

/** The model's message this call stands in: by it the guard tells a call that is made twice in one turn. */
function turnOf(state: unknown, id: string | undefined): object | undefined {
  const messages: unknown =
    typeof state === "object" && state !== null && "messages" in state ? state.messages : state;
  if (!Array.isArray(messages)) return undefined;
  const last: unknown = messages.findLast((message) => AIMessage.isInstance(message));
  if (!AIMessage.isInstance(last)) return undefined;
  return last.tool_calls?.some((call) => call.id === id) === true ? last : undefined;
}
