import { canonicalJson } from "../snapshot/digest.ts";
import type { Json, JsonObject } from "../snapshot/json.ts";
import { emptyImage } from "../snapshot/snapshot.ts";
import type { Rewrite } from "../decision/decision.ts";

/**
 * A reviewer edits what the policy has left of a call, with secrets hidden and batches cut. To be judged once more it
 * must be what would have been asked: whatever they left as it was stands for what the model asked there, and the
 * policy then cuts and hides it as before.
 *
 * @param asked - as the model asked
 * @param shown - as the policy made it, and the reviewer saw it
 * @param edited - as the reviewer wants it
 */
export function askedAgain(asked: JsonObject, shown: JsonObject, edited: JsonObject): JsonObject {
  return inObject(asked, shown, edited);
}

function inValue(asked: Json | undefined, shown: Json | undefined, edited: Json): Json {
  if (asked === undefined || shown === undefined) return edited;
  if (isSame(shown, edited)) return asked;
  if (isList(asked) && isList(shown) && isList(edited)) {
    // Of lists of other lengths nobody can say which item became which.
    return asked.length === shown.length && shown.length === edited.length
      ? Object.freeze(edited.map((item, index) => inValue(asked[index], shown[index], item)))
      : edited;
  }
  return isObject(asked) && isObject(shown) && isObject(edited)
    ? inObject(asked, shown, edited)
    : edited;
}

function inObject(asked: JsonObject, shown: JsonObject, edited: JsonObject): JsonObject {
  const made = emptyImage();
  for (const name of Object.keys(edited)) {
    made[name] = inValue(own(asked, name), own(shown, name), edited[name] ?? null);
  }
  return Object.freeze(made);
}

/** How many changed arguments are named one by one, and how long a name may be. */
const MOST_NAMES = 32;
const LONGEST_NAME = 128;

/** Which arguments a reviewer changed. Names them and holds no value. */
export function reviewedArguments(before: JsonObject, after: JsonObject): readonly Rewrite[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isSame(own(before, name), own(after, name)),
  );
  const paths =
    names.length > MOST_NAMES || names.some((name) => name.length > LONGEST_NAME)
      ? ["arguments"]
      : names.map((name) => `arguments.${name}`);
  return paths.map((path) => ({ kind: "reviewed", path }));
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one === other || canonicalJson(one) === canonicalJson(other);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
