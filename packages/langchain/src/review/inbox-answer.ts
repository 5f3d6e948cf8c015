import { canonicalJson, type Json, type JsonObject } from "@interlatch/core";
import { isRecord, readEdit, unknownField, type Decision, type Said } from "./decision.ts";
import type { ReviewAction } from "./question.ts";

/** One answer in Agent Inbox's form. */
export function readInboxAnswer(answer: Decision, action: ReviewAction): Said {
  const unknown = unknownField(answer, ["type", "args"]);
  if (unknown !== null) return unknown;
  const { type, args } = answer;
  switch (type) {
    case "accept": {
      if (args === null || args === undefined) return { answer: "approve" };
      const edited = restored(args, action);
      if (typeof edited === "string") return edited;
      // It sends what it showed along. Approving something else than that is an edit.
      return isSame(edited.arguments, action.args)
        ? { answer: "approve" }
        : "`accept` came with other arguments than were asked about: send them as `edit`";
    }
    case "edit":
      return restored(args, action);
    case "response":
      return typeof args === "string" && args !== ""
        ? { answer: "reject", reason: args }
        : "`response` needs a text";
    case "ignore":
      return { answer: "reject" };
    default:
      return 'an answer is { type: "accept" | "edit" | "response" | "ignore", args }';
  }
}

/** An edit, in which the inbox writes what is no text as text: such a value was left as it is. */
function restored(args: unknown, { name, args: shown }: ReviewAction): Said {
  const said = readEdit(args, name, "action");
  if (typeof said === "string" || said.arguments === undefined) return said;
  const entries = Object.entries(said.arguments).map(([key, value]) => {
    const before = Object.hasOwn(shown, key) ? shown[key] : undefined;
    return [key, before !== undefined && isWritten(before, value) ? before : value] as const;
  });
  return { ...said, arguments: Object.fromEntries(entries) };
}

function isWritten(before: Json, after: unknown): boolean {
  if (typeof before === "string" || typeof after !== "string") return false;
  try {
    return canonicalJson(JSON.parse(after) as Json) === canonicalJson(before);
  } catch {
    return false;
  }
}

function isSame(one: JsonObject | undefined, other: JsonObject): boolean {
  try {
    return isRecord(one) && canonicalJson(one) === canonicalJson(other);
  } catch {
    return false; // no JSON
  }
}
