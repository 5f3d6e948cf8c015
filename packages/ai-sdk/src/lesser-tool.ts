import type { FallbackTool } from "@interlatch/core";
import { isMethod, ownTool, type AnyTool, type AnyTools, type Method } from "./bond.ts";
import { digestOf } from "./definition.ts";
import { check } from "./schema.ts";

/** By guarded `execute`. A lesser tool is decided under an id of its own, and must not be decided again at the tool. */
const originals = new WeakMap<Method, AnyTool>();

/** Remembers which tool a guarded `execute` was made of. */
export function rememberOriginal(guarded: Method, tool: AnyTool): void {
  originals.set(guarded, tool);
}

/**
 * The tool of this name among those that were guarded together, in the form in which the guard runs it. None where it
 * needs a context: AI SDK 7 makes one for the denied tool alone, and that one is not this tool's to see.
 *
 * @param given - what the SDK gave to the denied tool beside its input
 */
export function lesserTool(
  name: string,
  siblings: AnyTools,
  given: { readonly abortSignal?: AbortSignal },
): FallbackTool | undefined {
  const found = ownTool(siblings, name);
  if (!isMethod(found?.execute)) return undefined;
  const tool = originals.get(found.execute) ?? found;
  const { contextSchema, execute, inputSchema } = tool;
  if (!isMethod(execute) || contextSchema !== undefined) return undefined;
  return {
    definition: digestOf(tool, name),
    async read(args) {
      if (inputSchema === undefined) return args;
      const checked = await check(inputSchema, args);
      if (!checked.success) throw checked.error;
      return checked.value;
    },
    execute: (effective: unknown) => {
      // The run may have ended while its arguments were read.
      given.abortSignal?.throwIfAborted();
      return Reflect.apply(execute, tool, [effective, { ...given, context: undefined }]);
    },
  };
}
