import type { Operation } from "@interlatch/core";

/** A tool as another system describes it. Nothing in it is trusted: names and texts may come from anybody. */
export interface ToolSource {
  readonly name: unknown;
  readonly description?: unknown;
  /** JSON Schema of the arguments, of any draft. */
  readonly arguments: unknown;
  /** JSON Schema of the result. */
  readonly output?: unknown;
  /** What the tool does, as far as its source says. Left out: `write`. */
  readonly operation?: Operation;
  /** What a reader of the policy should know of this, on one line. */
  readonly remark?: string;
}

/** Something of the source that the policy does not hold as it was. */
export interface ToolNote {
  /** As the source calls it; `null` for the source as a whole. */
  readonly tool: string | null;
  /** Where in its description, as a JSON Pointer; empty for all of it. */
  readonly place: string;
  readonly message: string;
}

/** Says that something is not carried over. */
export type Note = (place: string, message: string) => void;
