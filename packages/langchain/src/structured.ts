import { parseCallbackConfigArg } from "@langchain/core/callbacks/manager";
import { Runnable } from "@langchain/core/runnables";
import type { ClientTool } from "@langchain/core/tools";
import { runTool, type GuardedTool, type ToolConfig } from "./run.ts";
import { isToolCall, overridesCall, overridesInvoke } from "./tool-kinds.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The ways into a tool that {@link Runnable} gives every tool, each of them over `invoke`. */
const OVER_INVOKE = ["batch", "stream", "transform", "_streamIterator"] as const;

/**
 * A tool derived from another one, with the guard at every way in. The tool itself runs as it was, with its
 * own `this`, so that its private fields and its counters work; nothing of it is changed, frozen or copied.
 */
export function guardStructuredTool<T extends ClientTool>(tool: T, facts: GuardedTool): T {
  // `Object.create` keeps class, schema and every other property; its result is typed `any`.
  const guarded = Object.create(tool) as T;
  // Defined and not assigned: on a frozen tool an assignment throws.
  const define = (name: string, value: (...args: never[]) => unknown): void => {
    Object.defineProperty(guarded, name, { value, configurable: true, writable: true });
  };
  const own = tool as unknown as Readonly<Record<string, unknown>>; // looked at by name below

  for (const name of ["_call", "func"]) {
    const method = own[name];
    if (typeof method !== "function") continue;
    define(name, (taken: unknown, runManager: unknown, config?: ToolConfig) =>
      runTool(facts, taken, config, (effective) =>
        (method as Method).call(tool, effective, runManager, config),
      ),
    );
  }

  const call = own["call"];
  if (typeof call === "function") {
    const enter = async function (this: unknown, input: unknown, config?: unknown, tags?: unknown) {
      const given = configOf(input, config);
      if (overridesCall(call)) return whole(call as Method, input, given, tags);
      return (call as Method).call(this, input, given, tags);
    };
    define("call", enter);
  }
  if (overridesInvoke(tool)) {
    define("invoke", async (input: unknown, config?: ToolConfig) =>
      whole(tool.invoke as Method, input, configOf(input, config), undefined),
    );
  }
  for (const name of OVER_INVOKE) {
    // A class that brings its own would go round the guarded `invoke`.
    const usual = Runnable.prototype[name];
    if (own[name] !== usual) define(name, usual as (...args: never[]) => unknown);
  }

  /** A class that brings its own `invoke` or `call` is judged on what that gets: what it makes of it is its own. */
  function whole(method: Method, input: unknown, config: ToolConfig, tags: unknown): unknown {
    const isCall = isToolCall(input);
    return runTool(
      { ...facts, pair: false, stream: false },
      isCall ? input.args : input,
      config,
      (effective) =>
        method.call(tool, isCall ? { ...input, args: effective } : effective, config, tags),
    );
  }
  return guarded;
}

/** The config of a call, with the call in it: LangChain's `call` forgets it, and with it the id to answer to. */
function configOf(input: unknown, config: unknown): ToolConfig {
  // Callbacks may stand in place of a config.
  const given = parseCallbackConfigArg(config as Parameters<typeof parseCallbackConfigArg>[0]);
  // What is a call for the framework is one here; a missing id is then denied by the guard.
  return isToolCall(input) ? ({ ...given, toolCall: input } as ToolConfig) : given;
}
