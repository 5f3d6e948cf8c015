import type { Guard, Reviewer, Ticket } from "@interlatch/core";
import type { Results } from "./results.ts";

/** What ties a set of tools to one guard and one run. */
export interface Bond {
  readonly guard: Guard;
  readonly ticket: Ticket | undefined;
  /** Whether input hooks run as the SDK has it, before any decision. */
  readonly hooksBeforeDecision: boolean;
  /** Tools whose `execute` is a plain function that returns an async iterable. */
  readonly streams: ReadonlySet<string>;
  /** Reviews are asked in the conversation, and whose answer that is; `null`: the guard asks by itself. */
  readonly conversation: { readonly reviewer: Reviewer | undefined } | null;
  /** What calls of the session gave. */
  readonly results: Results;
  /** The ids of calls whose denial said that the run is to end. */
  readonly over: Set<string>;
  /** Whether outputs in a history reach the model whoever wrote them. */
  readonly anyOutputs: boolean;
}

/** A tool as this adapter sees it: what both majors of the SDK share. */
export interface AnyTool {
  readonly type?: unknown;
  readonly description?: unknown;
  readonly inputSchema?: unknown;
  readonly isProviderExecuted?: unknown;
  readonly execute?: unknown;
  readonly needsApproval?: unknown;
  readonly contextSchema?: unknown;
  readonly outputSchema?: unknown;
  readonly toModelOutput?: unknown;
  readonly onInputStart?: unknown;
  readonly onInputDelta?: unknown;
  readonly onInputAvailable?: unknown;
}

/** Tools by the name the model calls them by. */
export type AnyTools = Readonly<Record<string, AnyTool>>;

/** A tool of a set by its own name: `constructor` and `__proto__` name nothing that a model may reach. */
export function ownTool(tools: AnyTools | undefined, name: string): AnyTool | undefined {
  return tools !== undefined && Object.hasOwn(tools, name) ? tools[name] : undefined;
}

/** A member of a tool, called as the tool's own method: it may rely on `this`. */
export type Method = (...args: readonly unknown[]) => unknown;

/** Whether a member of a tool can be called. */
export function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}

/** What `toolSearch` of AI SDK 7 sets on its tools. */
const SEARCH = Symbol.for("vercel.ai.toolSearch");

/**
 * Whether AI SDK 7 runs the tool by itself, to find tools that it has not shown the model yet: in every step it puts a
 * function of its own in place of the tool's `execute`.
 */
export function isSearch(tool: AnyTool): boolean {
  return (tool as { readonly [SEARCH]?: unknown })[SEARCH] === true; // no type of the SDK's names it
}
