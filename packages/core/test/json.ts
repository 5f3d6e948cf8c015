import type { Json, JsonObject } from "../src/snapshot/json.ts";

/** The frozen null-prototype image of an object, as snapshots are; an own `__proto__` key is kept. */
export function image(value: object): JsonObject {
  return copy(value) as JsonObject; // an object goes in, so one comes out
}

function copy(value: unknown): Json {
  if (Array.isArray(value)) return Object.freeze(value.map(copy));
  if (typeof value !== "object" || value === null) return value as Json; // tests write JSON
  const made = Object.create(null) as { [key: string]: Json };
  for (const [key, each] of Object.entries(value)) made[key] = copy(each);
  return Object.freeze(made);
}
