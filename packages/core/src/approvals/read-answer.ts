import type { Json, JsonObject } from "../snapshot/json.ts";
import { takeSnapshot } from "../snapshot/snapshot.ts";
import type { ApprovalAnswer, ApprovalResult } from "./answers.ts";
import type { Reviewer } from "./approval.ts";
import { refusal } from "./transitions.ts";

/** An answer as it was read, once: nothing in it can change or say something else the second time. */
export type ReadAnswer = Pick<ApprovalAnswer, "id" | "digest"> & {
  readonly reviewer: Required<Reviewer>;
  readonly reason: string | undefined;
} & (
    | { readonly answer: "approve" | "reject" }
    | { readonly answer: "modify"; readonly arguments: JsonObject }
  );

/** The longest name of a person or a group, and the longest reason, in UTF-16 units. */
const LONGEST_NAME = 1_024;
const LONGEST_REASON = 4_096;
const MOST_GROUPS = 1_000;

/**
 * An answer, or the refusal of what is none. Told apart by a property that both have: one that either may lack, a
 * polluted `Object.prototype` could lend to it.
 */
export type Reading =
  | { readonly kind: "answer"; readonly answer: ReadAnswer }
  | { readonly kind: "refused"; readonly result: ApprovalResult };

/** Reads an answer. Keys that it does not know, as `tool`, are refused. */
export function readAnswer(value: unknown): Reading {
  const read = takeSnapshot(value);
  if (typeof read === "string") return wrong("an answer is plain JSON");
  const { id, digest, reviewer, answer, arguments: args, reason, ...more } = read.image;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) return wrong(`it has the unknown field ${JSON.stringify(unknown)}`);
  if (!isText(id) || !isText(digest))
    return wrong("it needs the `id` and the `digest` it is about");
  const person = readReviewer(reviewer);
  if (person === null)
    return wrong("`reviewer` must be { id, groups? }: a text, and a list of texts");
  if (reason !== undefined && !(isText(reason) && reason.length <= LONGEST_REASON)) {
    return wrong(`\`reason\` must be a text of at most ${LONGEST_REASON} characters`);
  }
  const base = { id, digest, reviewer: person, reason };
  if (answer === "modify") {
    if (!isObject(args)) return wrong("`modify` needs all `arguments`, as an object");
    return { kind: "answer", answer: { ...base, answer, arguments: args } };
  }
  if (args !== undefined) return wrong("`arguments` belong to the answer `modify` alone");
  if (answer !== "approve" && answer !== "reject") {
    return wrong("`answer` must be approve, reject or modify");
  }
  return { kind: "answer", answer: { ...base, answer } };
}

/** A reviewer with nothing but a name and groups; `null` for what is none. */
function readReviewer(value: Json | undefined): Required<Reviewer> | null {
  if (!isObject(value)) return null;
  const { id, groups = [], ...more } = value;
  if (Object.keys(more).length > 0 || !isName(id)) return null;
  if (!Array.isArray(groups) || groups.length > MOST_GROUPS || !groups.every(isName)) return null;
  return Object.freeze({ id, groups: Object.freeze([...groups]) });
}

/** Who takes a question back, and why. */
export function readCancellation(
  value: unknown,
): { readonly id: string; readonly by: string; readonly reason: string | undefined } | null {
  const read = takeSnapshot(value);
  if (typeof read === "string") return null;
  const { id, by, reason, ...more } = read.image;
  if (Object.keys(more).length > 0 || !isText(id) || !isName(by)) return null;
  if (reason === undefined) return { id, by, reason };
  return isText(reason) && reason.length <= LONGEST_REASON ? { id, by, reason } : null;
}

function wrong(why: string): Reading {
  return { kind: "refused", result: refusal("invalid_answer", why) };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isName(value: unknown): value is string {
  return isText(value) && value.length <= LONGEST_NAME;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
