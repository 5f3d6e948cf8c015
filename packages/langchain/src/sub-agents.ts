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

/**
 * Tells the watch over this run, where there is one, that a call goes through the guard: by the id of its run, which is
 * given here. The id of a call is the model's to choose, and to leave out.
 */
export function announced(config: ToolConfig, guard: Guard): ToolConfig {
  const { callbacks, toolCall } = config;
  if (callbacks === undefined) return config;
  const watches = handlersOf(callbacks).filter(
    (handler) => handler instanceof SubAgentWatch && handler.guard === guard,
  ) as readonly SubAgentWatch[]; // as was just seen
  if (watches.length === 0) return config;
  const runId = globalThis.crypto.randomUUID();
  for (const watch of watches) watch.announced.set(runId, toolCall?.id);
  return { ...config, runId };
}

function handlersOf(callbacks: Callbacks): readonly unknown[] {
  return Array.isArray(callbacks) ? callbacks : callbacks.handlers;
}

/** A call that runs now, through the guard. */
interface Running {
  readonly call: string | undefined;
  /** What it was started in: a tool that is called without a config seems to be started there. */
  readonly parent: string | undefined;
}

/** Hears of every tool that starts in a run, before it runs; what it throws keeps the tool from running. */
class SubAgentWatch extends BaseCallbackHandler {
  override readonly name = "interlatch";
  override awaitHandlers = true;
  override raiseError = true;
  readonly guard: Guard;
  /** Runs that are about to go through the guard, with the ids of their calls. */
  readonly announced = new Map<string, string | undefined>();
  /** Runs of such calls, and what was started inside of them. What a tool calls itself bears the same id, or none. */
  readonly #running = new Map<string, Running>();
  #hasBegun = false;

  constructor(guard: Guard) {
    super();
    this.guard = guard;
  }

  // Named one by one by the framework, which gives the parent in this place whatever its types say.
  override handleChainStart(
    _chain: Serialized,
    _inputs: unknown,
    run: string,
    parent?: string,
  ): void {
    const outer = parent === undefined ? undefined : this.#running.get(parent);
    if (outer !== undefined) this.#running.set(run, outer);
  }

  override handleChainEnd(_outputs: unknown, run: string): void {
    this.#running.delete(run);
  }

  override handleChainError(_error: unknown, run: string): void {
    this.#running.delete(run);
  }

  override handleToolStart(
    _tool: Serialized,
    _input: string,
    run: string,
    parent?: string,
    _tags?: string[],
    _metadata?: Record<string, unknown>,
    name = "a tool",
    call?: string,
  ): void {
    if (this.announced.has(run)) {
      // The first is the tool that starts the sub-agents. They are not part of it: their calls may bear its id.
      if (this.#hasBegun) this.#running.set(run, { call: this.announced.get(run), parent });
      this.#hasBegun = true;
      this.announced.delete(run);
      return;
    }
    const outer = this.#around(parent, call);
    if (outer !== undefined) {
      this.#running.set(run, outer);
      return;
    }
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

  /** The guarded call that a tool was started by, from within it or beside it. */
  #around(parent: string | undefined, call: string | undefined): Running | undefined {
    if (parent === undefined) return undefined;
    const beside = [...this.#running.values()].filter((one) => one.parent === parent);
    return [this.#running.get(parent), ...beside].find(
      (one) => one !== undefined && (call === undefined || call === one.call),
    );
  }
}
