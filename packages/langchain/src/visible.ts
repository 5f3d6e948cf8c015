import type { ClientTool, ServerTool } from "@langchain/core/tools";
import type { Guard } from "@interlatch/core";
import { ticketOf, type IdentityOptions, type RunContext } from "./identity.ts";
import { nameOf } from "./tool-kinds.ts";

/**
 * The tools that the agent of a run could ever be allowed, to bind to its model: each the same object, in the same
 * order. Without a ticket: none. A courtesy to the model and no gate: one that was left out and is called all the same
 * is denied.
 *
 * @param run - the config that a node was called with
 *
 * @example
 * ```ts
 * import { visibleTools } from "@interlatch/langchain";
 * import type { Guard } from "@interlatch/core";
 * import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
 * import type { ClientTool } from "@langchain/core/tools";
 * declare const guard: Guard;
 * declare const tools: ClientTool[];
 * declare const model: BaseChatModel;
 * const interlatch = guard.for({ agent: { id: "shop" }, session: "s1" });
 * const run = { configurable: { interlatch } };
 * const bound = model.bindTools?.(visibleTools(guard, tools, run));
 * ```
 */
export function visibleTools<T extends ClientTool | ServerTool>(
  guard: Guard,
  tools: readonly T[],
  run?: RunContext,
  options: IdentityOptions = {},
): T[] {
  const named = tools.map((tool) => ({ name: nameOf(tool) }));
  const seen = guard.visibleTools(ticketOf(guard, run, options), named);
  const names = new Set(seen.map(({ name }) => name));
  return tools.filter((tool) => names.has(nameOf(tool)));
}
