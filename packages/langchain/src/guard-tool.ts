import { isRunnableToolLike, type ClientTool, type ServerTool } from "@langchain/core/tools";
import { InterlatchError, type Guard, type Ticket } from "@interlatch/core";
import { coverageOf } from "./coverage.ts";
import { digestOf, shareDigest, showCleaned } from "./definition.ts";
import type { IdentityOptions } from "./identity.ts";
import { guardRunnableTool } from "./runnable-tool.ts";
import { guardStructuredTool } from "./structured.ts";
import { isClientTool, nameOf } from "./tool-kinds.ts";
import { rememberOriginal, type Siblings } from "./lesser-tool.ts";
import type { GuardedTool } from "./run.ts";
import { guardianOf } from "./ways.ts";

/** Options of {@link guardTool}. */
export interface GuardToolOptions extends IdentityOptions {
  /**
   * `true`: the tool is a plain function that returns an async generator. Async generator functions are
   * recognised. Without it such a tool is denied `cannot_wait` where the guard has to wait.
   */
  readonly stream?: boolean;
}

/**
 * The same tool, guarded: every call is decided before it runs, whichever way it comes in (`invoke`, `call`,
 * `_call`, `func`, `batch`, `stream`, `pipe`, retries, fallbacks). Class, schema, name, description, callbacks and
 * all else stay. A tool that this guard already guards comes back as it is; with another ticket it throws
 * `ERR_OPTIONS`.
 *
 * The policy judges the arguments after the tool's own schema, and the tool gets those that were judged. The
 * argument of a text tool is `arguments.input`. A class that brings its own `invoke` is judged on what that gets.
 *
 * What a model reads of a discovered tool, whose schema is JSON as MCP servers give it, is cleaned of invisible
 * characters, comments and instructions, unless the policy pins its definition; see `cleanDefinition` of
 * `@interlatch/core`.
 *
 * A denied call gives a `ToolMessage` with `status: "error"`, or the policy's fallback value, and throws
 * nothing; called by code, without a tool call, it gives the bare text or value. A call by code needs no id:
 * it is recorded as `direct:<uuid>`. A tool call without an id is denied `missing_call_id`.
 *
 * @example
 * ```ts
 * import { tool } from "@langchain/core/tools";
 * import { guardTool } from "@interlatch/langchain";
 * import type { Guard } from "@interlatch/core";
 * declare const guard: Guard;
 * const refund = guardTool(tool(() => "refunded", { name: "refund", schema: {} }), guard);
 * const interlatch = guard.for({ agent: { id: "shop" } });
 * await refund.invoke({ order: 7 }, { configurable: { interlatch } });
 * ```
 */
export function guardTool<T extends ClientTool>(
  tool: T,
  guard: Guard,
  options: GuardToolOptions = {},
): T {
  return guardAmong([], tool, guard, options);
}

/** {@link guardTool} for a tool in place of which one of its siblings may run, where the policy says so. */
export function guardAmong<T extends ClientTool>(
  siblings: Siblings,
  tool: T,
  guard: Guard,
  options: GuardToolOptions,
): T {
  const guardian = guardianOf(tool);
  if (guardian?.guard === guard) {
    if (contradicts(guardian.ticket, options.ticket)) throw boundTwice(nameOf(tool));
    return tool;
  }
  const facts = factsOf(tool, guard, options, siblings);
  const guarded = isRunnableToolLike(tool)
    ? guardRunnableTool(tool, facts)
    : guardStructuredTool(tool, facts);
  shareDigest(guarded, tool);
  rememberOriginal(guarded, tool);
  showCleaned(guarded, tool, guard);
  guard.cover([coverageOf(guarded, guard)]);
  return guarded;
}

/**
 * {@link guardTool} for a list. Tools that a provider runs are descriptions without code: they stay in the
 * list and are reported as out of reach, see {@link coverage}. Where the policy lets a lesser tool run in place of a
 * denied one, it is looked for in this list; its result then comes as that of the denied call, and says so.
 */
export function guardTools<T extends readonly (ClientTool | ServerTool)[] | []>(
  tools: T,
  guard: Guard,
  options: IdentityOptions = {},
): T {
  const siblings: Siblings = [...tools];
  const guarded = tools.map((tool) => {
    if (isClientTool(tool)) return guardAmong(siblings, tool, guard, options);
    guard.cover([coverageOf(tool, guard)]);
    return tool;
  });
  return guarded as unknown as T; // one for one, each of its own type
}

/** Each ticket says who acts: of two different ones, one would go unasked. */
function contradicts(bound: Ticket | undefined, given: Ticket | undefined): boolean {
  return bound !== undefined && given !== undefined && bound !== given;
}

function boundTwice(name: string): InterlatchError {
  return new InterlatchError(
    "ERR_OPTIONS",
    `The tool ${name} is already guarded with another ticket. Guard the original tool.`,
  );
}

function factsOf(
  tool: ClientTool,
  guard: Guard,
  options: GuardToolOptions,
  siblings: Siblings,
): GuardedTool {
  const { stream = false, ...identity } = options;
  const { responseFormat, returnDirect, metadata, _call, func } = tool as {
    readonly responseFormat?: unknown;
    readonly returnDirect?: unknown;
    readonly metadata?: Record<string, unknown>;
    readonly _call?: unknown;
    readonly func?: unknown;
  };
  return {
    guard,
    // Once: a tool that is renamed later is still the one that the policy judges.
    name: nameOf(tool),
    definition: digestOf(tool),
    identity,
    stream: stream || isGeneratorFunction(_call) || isGeneratorFunction(func),
    pair: responseFormat === "content_and_artifact",
    returnDirect: returnDirect === true,
    metadata,
    siblings,
  };
}

function isGeneratorFunction(method: unknown): boolean {
  return Object.prototype.toString.call(method) === "[object AsyncGeneratorFunction]";
}
