import type { FallbackTool, Guard } from "@interlatch/core";
import { isMethod, ownTool, type AnyTool, type AnyTools, type Method } from "./bond.ts";
import { digestOf } from "./definition.ts";
import { isNeeded, ownNeedsApproval } from "./needs-approval.ts";
import { check } from "./schema.ts";

/** By guarded `execute`. A lesser tool is decided under an id of its own, and must not be decided again at the tool. */
const originals = new WeakMap<Method, { readonly tool: AnyTool; readonly guard: Guard }>();

/** Remembers which tool a guarded `execute` was made of, and by which guard. */
export function rememberOriginal(guarded: Method, tool: AnyTool, guard: Guard): void {
  originals.set(guarded, { tool, guard });
}

/**
 * The tool of this name among those that were guarded together, in the form in which the guard runs it. None where it
 * needs a context: AI SDK 7 makes one for the denied tool alone, and that one is not this tool's to see. A call for which
 * the tool wants a person asked is refused, since this is no place to ask.
 *
 * @param given - what the SDK gave to the denied tool beside its input
 * @param guard - the one that decides here; another one that guards the tool is asked as well
 */
export function lesserTool(
  name: string,
  siblings: AnyTools,
  given: { readonly abortSignal?: AbortSignal },
  guard: Guard,
): FallbackTool | undefined {
  const found = ownTool(siblings, name);
  if (!isMethod(found?.execute)) return undefined;
  const original = originals.get(found.execute);
  const tool = original?.guard === guard ? original.tool : found;
  const { contextSchema, execute, inputSchema } = tool;
  if (!isMethod(execute) || contextSchema !== undefined) return undefined;
  const options = { ...given, context: undefined };
  return {
    definition: digestOf(tool, name),
    async read(args) {
      const checked = inputSchema === undefined ? null : await check(inputSchema, args);
      if (checked?.success === false) throw checked.error;
      const input = checked === null ? args : checked.value;
      if (await isNeeded(ownNeedsApproval(tool), tool, [input, options])) {
        throw new TypeError("the tool wants a person to approve the call");
      }
      return input;
    },
    execute: (effective: unknown) => {
      // The run may have ended while its arguments were read.
      given.abortSignal?.throwIfAborted();
      return Reflect.apply(execute, tool, [effective, options]);
    },
  };
}
