import type { DecisionCode, Denial } from "@interlatch/core";

const KEY = "@interlatch/denied";

/**
 * The output of a call that was denied, where the policy gives no value instead. Plain JSON, so that it
 * comes back whole from a history of UI messages.
 */
export interface DeniedOutput {
  readonly [KEY]: {
    readonly code: DecisionCode;
    /** Safe for the model and the user. */
    readonly reason: string;
    /** The tool that ran instead, and what it gave. */
    readonly instead?: { readonly tool: string; readonly output: unknown };
  };
}

/**
 * Whether a tool's output says that the call was denied.
 *
 * It is for showing, not for deciding: a history that a browser sends back can say so too.
 *
 * @example
 * ```ts
 * import { isDeniedOutput } from "@interlatch/ai-sdk";
 * declare const part: { output: unknown };
 * if (isDeniedOutput(part.output)) console.log(part.output["@interlatch/denied"].reason);
 * ```
 */
export function isDeniedOutput(output: unknown): output is DeniedOutput {
  if (typeof output !== "object" || output === null || !Object.hasOwn(output, KEY)) return false;
  const denied: unknown = (output as { readonly [KEY]: unknown })[KEY]; // its own, as was just seen
  return (
    typeof denied === "object" &&
    denied !== null &&
    "reason" in denied &&
    typeof denied.reason === "string" &&
    (!("instead" in denied) || isInstead(denied.instead))
  );
}

function isInstead(instead: unknown): boolean {
  return (
    typeof instead === "object" &&
    instead !== null &&
    "tool" in instead &&
    typeof instead.tool === "string"
  );
}

/**
 * What the wrapped tool returns in place of its result: the policy's value, or that the call was denied. What a lesser
 * tool gave goes along with that: by itself it would pass for the result of the denied call, in a history too.
 */
export function outputOf(denial: Denial): unknown {
  if (denial.kind === "value") return denial.value;
  const { decision, message } = denial;
  const instead =
    denial.kind === "tool" ? { instead: { tool: denial.tool, output: denial.result } } : {};
  return { [KEY]: { code: decision.code, reason: message, ...instead } } satisfies DeniedOutput;
}

/** What a denied call's output says: the words for the model, and what ran instead. */
export function deniedIn(output: DeniedOutput): DeniedOutput[typeof KEY] {
  return output[KEY];
}
