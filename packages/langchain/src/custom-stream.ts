import type { DecisionCode, Denial } from "@interlatch/core";
import { artifactOf } from "./answer.ts";

/** What LangGraph hands to nodes, middleware and tools: it writes into the streams of mode `custom`, if there are any. */
export interface StreamingRun {
  readonly writer?: ((part: unknown) => void) | null | undefined;
}

/** A denial in a stream of mode `custom`. Its one key is what tells it from the application's own parts. */
export interface DenialPart {
  readonly interlatch: {
    readonly denied: {
      readonly call: string | null;
      readonly tool: string;
      readonly code: DecisionCode;
      /** What the model is told. */
      readonly message: string;
      /** The tool that ran instead. */
      readonly instead?: string;
    };
  };
}

/** Tells whoever streams the run in mode `custom` of a denial. What goes wrong there changes nothing. */
export function streamDenial(run: StreamingRun | undefined, denial: Denial): void {
  const { call, message } = denial;
  const { code, instead } = artifactOf(denial);
  const denied = { call: call.id, tool: call.tool, code, message, ...(instead && { instead }) };
  const part: DenialPart = { interlatch: { denied } };
  try {
    run?.writer?.(part);
  } catch {
    // The reader's business: the call stays denied.
  }
}
