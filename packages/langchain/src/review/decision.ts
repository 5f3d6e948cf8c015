import type { ApprovalAnswer, JsonObject } from "@interlatch/core";

/** One decision of a resume, as it came. */
export type Decision = Readonly<Record<string, unknown>>;

/** What a decision says, whichever call it is for; a text: why it says nothing. */
export type Said = Pick<ApprovalAnswer, "answer" | "arguments" | "reason"> | string;

/** What a decision in any form may name its question by. */
const NAMES = ["id", "toolCallId", "digest"];

/** Why a decision is refused that says more than is known; `null`: it does not. */
export function unknownField(decision: Decision, known: readonly string[]): string | null {
  const unknown = Object.keys(decision).find((key) => !known.includes(key) && !NAMES.includes(key));
  return unknown === undefined
    ? null
    : `an answer has the unknown field ${JSON.stringify(unknown)}`;
}

/** Whether a decision says which question it is for. */
export function isNamed(decision: unknown): decision is Decision {
  return isRecord(decision) && NAMES.some((key) => decision[key] !== undefined);
}

/** An edit changes arguments. Another tool would be another call, which nobody has judged. */
export function readEdit(edited: unknown, tool: string, nameKey: "name" | "action"): Said {
  if (!isRecord(edited)) return `an edit needs { ${nameKey}, args }`;
  const { [nameKey]: name, args, ...more } = edited;
  if (Object.keys(more).length > 0 || !isRecord(args)) return `an edit needs { ${nameKey}, args }`;
  if (name !== tool)
    return "an edit changes the arguments and never the tool: reject the call instead";
  return { answer: "modify", arguments: args as JsonObject }; // the guard reads it once more
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
