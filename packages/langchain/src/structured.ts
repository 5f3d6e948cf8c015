import { parseCallbackConfigArg } from "@langchain/core/callbacks/manager";
import { Runnable } from "@langchain/core/runnables";
import { StructuredTool, type ClientTool } from "@langchain/core/tools";
import { markWay } from "./mark.ts";
import { isMcpTool, unchangeable } from "./mcp.ts";
import { runTool, type GuardedTool, type ToolConfig } from "./run.ts";
import { announced } from "./sub-agents.ts";
import { isToolCall, overridesCall, overridesInvoke } from "./tool-kinds.ts";
import { isGuardedBy, OVER_INVOKE, RUNS_THE_TOOL } from "./ways.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * A tool derived from another one, with the guard at every way in. The tool itself runs as it was, with its
 * own `this`, so that its private fields and its counters work; nothing of it is changed, frozen or copied.
 */
export function guardStructuredTool<T extends ClientTool>(tool: T, facts: GuardedTool): T {
  // `Object.create` keeps class, schema and every other property; its result is typed `any`.
  const guarded = Object.create(tool) as T;
  const own = tool as unknown as Readonly<Record<string, unknown>>; // looked at by name below
  // Defined and not assigned: on a frozen tool an assignment throws. Enumerable: a copy of the usual kind
  // (prototype and enumerable members) would else be the original tool again, without its guard.
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(guarded, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  };
  const guard = (name: string, way: (...args: never[]) => unknown): void => {
    define(name, markWay(way, { guard: facts.guard, ticket: facts.identity.ticket }));
  };

  const ready = isMcpTool(tool) ? unchangeable : (effective: unknown) => effective;
  for (const name of RUNS_THE_TOOL) {
    const method = own[name];
    if (typeof method !== "function" || isGuardedBy(method, facts.guard)) continue;
    guard(name, (taken: unknown, runManager: unknown, config?: ToolConfig) =>
      runTool(facts, taken, config, (effective, given) =>
        (method as Method).call(tool, ready(effective), runManager, given),
      ),
    );
  }

  const call = own["call"];
  if (typeof call === "function" && !isGuardedBy(call, facts.guard)) {
    const enter = async function (this: unknown, input: unknown, config?: unknown, tags?: unknown) {
      const given = announced(configOf(input, config), facts.guard);
      // Arguments that look like a call, which the framework would take apart once more: nothing is run on them.
      const nested = isToolCall(input) && given.toolCall !== input;
      if (overridesCall(call) || nested) return whole(call as Method, input, given, tags);
      return (call as Method).call(this, input, given, tags);
    };
    guard("call", enter);
  }
  if (overridesInvoke(tool) && !isGuardedBy(own["invoke"], facts.guard)) {
    guard("invoke", async (input: unknown, config?: ToolConfig) => {
      const given = announced(configOf(input, config), facts.guard);
      return whole(tool.invoke as Method, input, given, undefined);
    });
  }
  for (const name of OVER_INVOKE) {
    // A class that brings its own would go round the guarded `invoke`.
    const usual = Runnable.prototype[name];
    if (own[name] !== usual) define(name, usual);
  }
  readFromTool(guarded, tool);
  guardParts(guarded, own);

  /** A class that brings its own `invoke` or `call` is judged on what that gets: what it makes of it is its own. */
  function whole(method: Method, input: unknown, config: ToolConfig, tags: unknown): unknown {
    const isCall = isToolCall(input) && config.toolCall === input;
    return runTool(
      { ...facts, pair: false, stream: false },
      isCall ? input.args : input,
      config,
      (effective, given) =>
        method.call(tool, isCall ? { ...input, args: effective } : effective, given, tags),
    );
  }
  return guarded;
}

/** Getters of a class read the tool itself: a private field does not exist on an object derived from it. */
function readFromTool(guarded: object, tool: object): void {
  for (
    let level: object | null = tool;
    level !== null;
    level = Object.getPrototypeOf(level) as object | null
  ) {
    if (level === StructuredTool.prototype || level === Object.prototype) return;
    for (const [name, { get, set }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (get === undefined || Object.hasOwn(guarded, name)) continue;
      Object.defineProperty(guarded, name, {
        get: () => Reflect.get(tool, name) as unknown,
        ...(set === undefined
          ? {}
          : { set: (value: unknown) => void Reflect.set(tool, name, value) }),
        enumerable: true,
        configurable: true,
      });
    }
  }
}

/** What the tool was built from, which the framework keeps: building it anew must not give one without a guard. */
function guardParts(
  guarded: object,
  { lc_kwargs: parts }: Readonly<Record<string, unknown>>,
): void {
  if (typeof parts !== "object" || parts === null || !("func" in parts)) return;
  const { func } = guarded as { readonly func?: unknown };
  Object.defineProperty(guarded, "lc_kwargs", {
    value: { ...parts, func },
    configurable: true,
    writable: true,
  });
}

/** The config of a call, with the call in it: LangChain's `call` forgets it, and with it the id to answer to. */
function configOf(input: unknown, config: unknown): ToolConfig {
  // Callbacks may stand in place of a config.
  const given = parseCallbackConfigArg(config as Parameters<typeof parseCallbackConfigArg>[0]);
  const { toolCall } = given as ToolConfig;
  // The arguments of the call under way, which `invoke` hands on: they may only look like another call.
  if (!isToolCall(input) || toolCall?.args === input) return given;
  // What is a call for the framework is one here; a missing id is then denied by the guard.
  return { ...given, toolCall: input } as ToolConfig;
}
