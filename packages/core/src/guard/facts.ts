import type { Json, JsonObject } from "../snapshot/json.ts";
import { emptyImage } from "../snapshot/snapshot.ts";

/**
 * The policy's facts with the host's added: lists grow, objects gain keys, all else stays the policy's own.
 * A host fact that the policy does not declare, or of another shape, is left out: no condition could read it.
 */
export function mergeFacts(declared: JsonObject, added: JsonObject): JsonObject {
  const names = Object.keys(declared);
  if (Object.keys(added).length === 0) return declared;
  const merged = emptyImage();
  for (const name of names) {
    const own = declared[name] ?? null;
    merged[name] = Object.hasOwn(added, name) ? add(own, added[name] ?? null) : own;
  }
  return Object.freeze(merged);
}

function add(own: Json, more: Json): Json {
  if (Array.isArray(own)) {
    if (!Array.isArray(more)) return own;
    const sample: unknown = own[0];
    const fits = more.filter((item) => own.length === 0 || kind(item) === kind(sample));
    return Object.freeze([...own, ...fits]);
  }
  if (kind(own) === "object" && kind(more) === "object") {
    const mine = own as JsonObject; // an object, by its kind
    const theirs = more as JsonObject;
    const merged = Object.assign(emptyImage(), mine);
    for (const [key, value] of Object.entries(theirs)) {
      merged[key] = Object.hasOwn(mine, key) ? add(mine[key] ?? null, value) : value;
    }
    return Object.freeze(merged);
  }
  return own;
}

function kind(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}
