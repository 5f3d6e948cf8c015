import { Runnable } from "@langchain/core/runnables";
import { isRunnableToolLike, type ClientTool } from "@langchain/core/tools";
import type { Guard } from "@interlatch/core";
import { markOf, type Mark } from "./mark.ts";
import { overridesCall, overridesInvoke } from "./tool-kinds.ts";

/** The members that run a tool without anything else before them. */
export const RUNS_THE_TOOL = ["_call", "func"] as const;

/** The ways into a tool that {@link Runnable} gives every tool, each of them over `invoke`. */
export const OVER_INVOKE = ["batch", "stream", "transform", "_streamIterator"] as const;

/** Every member through which the framework or a program can make this tool run. */
function waysInto(tool: ClientTool): readonly unknown[] {
  if (isRunnableToolLike(tool)) return [tool.bound];
  const own = tool as unknown as Readonly<Record<string, unknown>>; // looked at by name
  return [
    ...RUNS_THE_TOOL.filter((name) => typeof own[name] === "function"),
    ...(typeof own["call"] === "function" && overridesCall(own["call"]) ? ["call"] : []),
    ...(overridesInvoke(tool) ? ["invoke"] : []),
    ...OVER_INVOKE.filter((name) => own[name] !== Runnable.prototype[name]),
  ].map((name) => own[name]);
}

/** Who guards a tool: the guard of all ways into it. One way without that guard, and the tool has none. */
export function guardianOf(tool: ClientTool): Mark | undefined {
  const [first, ...others] = waysInto(tool).map(markOf);
  return others.every((other) => other?.guard === first?.guard) ? first : undefined;
}

/** Whether this way into a tool goes through the guard already. */
export function isGuardedBy(way: unknown, guard: Guard): boolean {
  return markOf(way)?.guard === guard;
}
