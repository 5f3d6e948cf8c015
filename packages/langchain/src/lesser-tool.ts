import { isRunnableToolLike, type ClientTool, type ServerTool } from "@langchain/core/tools";
import type { FallbackTool, Guard, Ticket } from "@interlatch/core";
import { nameArguments, readArguments, type NamedArguments } from "./arguments.ts";
import { digestOf } from "./definition.ts";
import { isMcpTool, unchangeable } from "./mcp.ts";
import type { ToolConfig } from "./run.ts";
import { announced, startsSubAgents } from "./sub-agents.ts";
import { isClientTool, nameOf, overridesCall, overridesInvoke } from "./tool-kinds.ts";
import { guardianOf } from "./ways.ts";

/** The tools that were guarded together: one of them may run in place of another. */
export type Siblings = readonly (ClientTool | ServerTool)[];

/** What a lesser tool gave, in its own form. */
export interface LesserResult {
  readonly made: unknown;
  /** Whether it returns a pair of content and artifact. */
  readonly pair: boolean;
}

/** By guarded tool. A lesser tool is decided under an id of its own, and so it must not be decided again at the tool. */
const originals = new WeakMap<ClientTool, ClientTool>();

/** Remembers which tool a guarded one was made of. */
export function rememberOriginal(guarded: ClientTool, tool: ClientTool): void {
  originals.set(guarded, tool);
}

/**
 * The tool of this name among those that were guarded together, in the form in which the guard runs it.
 *
 * @param config - of the denied call, under whose id the lesser tool answers
 * @param failed - told what the lesser tool throws
 * @param by - what guards the denied tool; where the lesser one is guarded otherwise, that guard is asked as well
 */
export function lesserTool(
  name: string,
  siblings: Siblings,
  config: ToolConfig | undefined,
  failed: (thrown: unknown) => void,
  by: { readonly guard: Guard; readonly ticket: Ticket | undefined },
): FallbackTool | undefined {
  const found = siblings.find((one) => isClientTool(one) && nameOf(one) === name);
  if (found === undefined || !isClientTool(found)) return undefined;
  const guardian = guardianOf(found);
  const isSame = guardian?.guard === by.guard && guardian.ticket === by.ticket;
  const tool = (isSame ? originals.get(found) : undefined) ?? found;
  // Nobody would watch over its agents.
  if (startsSubAgents(tool)) return undefined;
  const { call, responseFormat } = tool as { readonly call?: unknown; responseFormat?: unknown };
  // A class that brings its own ways in is judged on what those get.
  const isOwn = overridesInvoke(tool) || (typeof call === "function" && overridesCall(call));
  let named: NamedArguments | undefined;
  return {
    definition: digestOf(tool),
    async read(args) {
      const read = isOwn ? ({ ok: true, value: args } as const) : await readArguments(tool, args);
      if (!read.ok) throw new TypeError("the tool's schema refuses them");
      named = nameArguments(read.value);
      return named.arguments;
    },
    async execute(effective: Record<string, unknown>): Promise<LesserResult> {
      // The run may have ended while its arguments were read.
      config?.signal?.throwIfAborted();
      const restored = named?.restore(effective);
      const taken = isMcpTool(tool) ? unchangeable(restored) : restored;
      const outer = config?.toolCall;
      const toolCall = outer === undefined ? undefined : { ...outer, name, args: effective };
      const given = toolCall === undefined ? config : announced({ ...config, toolCall }, by.guard);
      const pair = responseFormat === "content_and_artifact" && !isOwn;
      try {
        const made: unknown = await runOn(tool, taken, given, isOwn);
        return { made: isGenerator(made) ? await returned(made) : made, pair };
      } catch (error) {
        failed(error);
        throw error;
      }
    },
  };
}

/** Runs a tool past its own schema, on what that has made of the arguments already. */
function runOn(
  tool: ClientTool,
  taken: unknown,
  config: ToolConfig | undefined,
  isOwn: boolean,
): unknown {
  if (isOwn) {
    const call = config?.toolCall;
    // By its own way in, which takes a call where there is one.
    return tool.invoke(call === undefined ? taken : { ...call, type: "tool_call" }, config);
  }
  if (isRunnableToolLike(tool)) return tool.bound.invoke(taken, config);
  // Every other tool has it; only its types keep it for subclasses.
  const { _call } = tool as unknown as { _call(...args: unknown[]): unknown };
  return _call.call(tool, taken, undefined, config);
}

function isGenerator(made: unknown): made is AsyncGenerator<unknown, unknown, unknown> {
  return Object.prototype.toString.call(made) === "[object AsyncGenerator]";
}

/** LangChain takes what a generator returns for the tool's result. */
async function returned(parts: AsyncGenerator<unknown, unknown, unknown>): Promise<unknown> {
  for (;;) {
    const { done, value } = await parts.next();
    if (done === true) return value;
  }
}
