import { interopParseAsync, isInteropZodSchema } from "@langchain/core/utils/types";
import type { ClientTool } from "@langchain/core/tools";
import { isToolCall, overridesInvoke } from "./tool-kinds.ts";

/** A tool's arguments by name, as policies read them, and the way back to what the tool takes. */
export interface NamedArguments {
  readonly arguments: unknown;
  /** From the effective arguments to what the tool takes. */
  restore(effective: unknown): unknown;
}

/**
 * Gives arguments that are no object a name: a text tool's argument is `arguments.input`, as LangChain
 * itself names it towards models.
 *
 * Arguments that look like a call themselves are none: the framework takes them for a call, so that a model which
 * wrote a call into its call could have the outer arguments judged and the inner ones run, under an id of its own.
 */
export function nameArguments(taken: unknown): NamedArguments {
  if (isToolCall(taken)) return { arguments: undefined, restore: () => undefined };
  if (isRecord(taken)) return { arguments: taken, restore: (effective) => effective };
  return {
    arguments: taken === undefined ? {} : { input: taken },
    // The guard gives back what it was given: an object with `input`, or without where there was none.
    restore: (effective) => (effective as { readonly input?: unknown }).input,
  };
}

/** An ordinary object, of any realm. Dates, lists and instances are values of an argument, not arguments. */
function isRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a tool would get for a model's arguments; `ok: false` where its own schema refuses them. */
export type ReadArguments = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/**
 * Reads a model's arguments with the tool's own schema, so that what is judged before the turn and what is
 * judged at the tool are the same.
 */
export async function readArguments(tool: ClientTool, args: unknown): Promise<ReadArguments> {
  // A class that brings its own `invoke` is judged on what that gets; see `guardTool`.
  if (overridesInvoke(tool) || !isInteropZodSchema(tool.schema)) return { ok: true, value: args };
  try {
    return { ok: true, value: await interopParseAsync(tool.schema, args) };
  } catch {
    return { ok: false };
  }
}
