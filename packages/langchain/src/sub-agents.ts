import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { CallbackManager, type Callbacks } from "@langchain/core/callbacks/manager";
import type { Serialized } from "@langchain/core/load/serializable";
import type { ClientTool, ServerTool } from "@langchain/core/tools";
import { InterlatchError, type CoverageEntry, type Guard } from "@interlatch/core";
import type { ToolConfig } from "./run.ts";
import { isClientTool, nameOf } from "./tool-kinds.ts";

const FORGOTTEN = {
  state: "not_wrapped",
  why: "a sub-agent has it whose middleware list has no policyMiddleware",
} as const;

/** The names of tools that were called past a guard in sub-agents. */
const refused = new WeakMap<Guard, Set<string>>();

/** What coverage says of a tool that was called past the guard in a sub-agent, wherever else it is guarded. */
export function forgottenIn(
  tool: string,
  guard: Guard,
): Pick<CoverageEntry, "state" | "why"> | undefined {
  return refused.get(guard)?.has(tool) === true ? FORGOTTEN : undefined;
}

/** Whether this is the tool by which an agent of `deepagents` starts its sub-agents. */
export function startsSubAgents(tool: ClientTool | ServerTool): boolean {
  if (!isClientTool(tool) || nameOf(tool) !== "task") return false;
  const { shape } = tool.schema as { readonly shape?: unknown }; // zod's, where it is zod's
  return typeof shape === "object" && shape !== null && Object.hasOwn(shape, "subagent_type");
}

/**
 * The tool with a watch on the agents it starts. They have middleware lists of their own, and the one that `deepagents`
 * adds by itself does not take over the main agent's: a tool that is called there past the guard must not run.
 */
export function watchSubAgents<T extends ClientTool>(task: T, guard: Guard): T {
  const invoke = async (input: unknown, config?: ToolConfig): Promise<unknown> => {
    const given = CallbackManager.configure(config?.callbacks) ?? new CallbackManager();
    const callbacks = given.copy([new SubAgentWatch(guard)]);
    return task.invoke(input as Parameters<T["invoke"]>[0], { ...config, callbacks });
  };
  // `Object.create` keeps all else of the tool; its result is typed `any`.
  return Object.create(task, { invoke: { value: invoke, enumerable: true } }) as T;
}

/** Tells the watch over this run, where there is one, that a call goes through the guard. */
export function announce({ callbacks, toolCall }: ToolConfig, guard: Guard): void {
  const id = toolCall?.id;
  if (callbacks === undefined || id === undefined) return;
  for (const handler of handlersOf(callbacks)) {
    if (handler instanceof SubAgentWatch && handler.guard === guard) handler.announced.add(id);
  }
}

function handlersOf(callbacks: Callbacks): readonly unknown[] {
  return Array.isArray(callbacks) ? callbacks : callbacks.handlers;
}

/** Hears of every tool that starts in a run, before it runs; what it throws keeps the tool from running. */
class SubAgentWatch extends BaseCallbackHandler {
  override readonly name = "interlatch";
  override awaitHandlers = true;
  override raiseError = true;
  readonly guard: Guard;
  /** Ids of calls that are about to go through the guard. */
  readonly announced = new Set<string>();
  /** Calls whose tools run now, by their runs. What such a tool calls itself bears the same id, or none. */
  readonly #running = new Map<string, string>();
  #hasBegun = false;

  constructor(guard: Guard) {
    super();
    this.guard = guard;
  }

  // Named one by one by the framework: of eight only three matter.
  override handleToolStart(
    _tool: Serialized,
    _input: string,
    run: string,
    _parent?: string,
    _tags?: string[],
    _metadata?: Record<string, unknown>,
    name = "a tool",
    call?: string,
  ): void {
    if (call === undefined) return;
    if (this.announced.delete(call)) {
      // The first is the tool that starts the sub-agents. They are not part of it: their calls may bear its id.
      if (this.#hasBegun) this.#running.set(run, call);
      this.#hasBegun = true;
      return;
    }
    if ([...this.#running.values()].includes(call)) return;
    refused.set(this.guard, (refused.get(this.guard) ?? new Set()).add(name));
    this.guard.cover([{ tool: name, ...FORGOTTEN }]);
    throw new InterlatchError("ERR_OPTIONS", `${name} did not run: ${FORGOTTEN.why}.`);
  }

  override handleToolEnd(_output: unknown, run: string): void {
    this.#running.delete(run);
  }

  override handleToolError(_error: unknown, run: string): void {
    this.#running.delete(run);
  }
}
