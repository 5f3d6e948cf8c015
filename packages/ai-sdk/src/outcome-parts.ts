/** Whether a person's yes belongs to what a page shows of a call. */
const APPROVED: ReadonlyMap<unknown, boolean> = new Map([
  ["output-available", true],
  ["output-error", true],
  ["output-denied", false],
]);

/**
 * Messages in which an answer agrees with what came of its call. A page keeps the answer as it was clicked, or none
 * where somebody answered elsewhere, and beside it what came of it: a yes to a call that was denied, say, because it came
 * too late. The SDK shows such a part to the page and from then on refuses the conversation that it is in.
 *
 * These calls are over: what is said of them here runs nothing.
 */
export function withOutcomes(messages: unknown): unknown {
  return Array.isArray(messages) ? messages.map(withOutcomesIn) : messages;
}

function withOutcomesIn(message: unknown): unknown {
  if (!isRecord(message) || !Array.isArray(message["parts"])) return message;
  return { ...message, parts: message["parts"].map(withOutcome) };
}

function withOutcome(part: unknown): unknown {
  if (!isRecord(part) || !isRecord(part["approval"])) return part;
  const approved = APPROVED.get(part["state"]);
  return approved === undefined ? part : { ...part, approval: { ...part["approval"], approved } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
