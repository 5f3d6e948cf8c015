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
    typeof denied.reason === "string"
  );
}

/** What the wrapped tool returns in place of its result: the policy's value, or that the call was denied. */
export function outputOf(denial: Denial): unknown {
  if (denial.kind === "value") return denial.value;
  return { [KEY]: { code: denial.decision.code, reason: denial.message } } satisfies DeniedOutput;
}

/** The words for the model. */
export function reasonOf(output: DeniedOutput): string {
  return output[KEY].reason;
}
