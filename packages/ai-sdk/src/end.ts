import type { Denial } from "@interlatch/core";
import type { Bond } from "./bond.ts";

/** What a `stopWhen` of either major is given, as far as it is read here. */
export interface Steps {
  readonly steps: readonly {
    readonly toolCalls: readonly { readonly toolCallId: string }[];
  }[];
}

/** Remembers a call whose denial says that the run is to end. */
export function noteEnd(id: string | undefined, denial: Denial | undefined, { over }: Bond): void {
  if (id !== undefined && denial?.end === true) over.add(id);
}

/** Whether such a call stands in the last step. It is forgotten with that, for ids may come again in another run. */
export function isOver({ steps }: Steps, { over }: Bond): boolean {
  const ended = (steps.at(-1)?.toolCalls ?? []).filter(({ toolCallId }) => over.has(toolCallId));
  for (const { toolCallId } of ended) over.delete(toolCallId);
  return ended.length > 0;
}
