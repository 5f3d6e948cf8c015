import { emptyImage } from "../snapshot/snapshot.ts";
import type { JsonObject } from "../snapshot/json.ts";
import type { Rewrite } from "./decision.ts";

/** How many things a call touches: the number itself, or the items of a list. `null`: neither, negative, or not there. */
export function batchSize(image: JsonObject, argument: string | undefined): number | null {
  if (argument === undefined || !Object.hasOwn(image, argument)) return null;
  const value = image[argument];
  // A negative size is none: there are tools that read -1 as "all".
  if (typeof value === "number") return value >= 0 ? value : null;
  return Array.isArray(value) ? value.length : null;
}

/** Arguments with their batch clamped, and the change in words. */
export interface Clamped {
  readonly image: JsonObject;
  readonly rewrites: readonly Rewrite[];
}

/** Clamps the batch argument: the smaller number, or the first items of the list. */
export function clamp(image: JsonObject, argument: string, from: number, to: number): Clamped {
  const effective = emptyImage();
  // Images inherit nothing, so this walks own keys alone; it is several times faster than Object.assign.
  for (const key in image) effective[key] = image[key] ?? null;
  const value = image[argument];
  effective[argument] = Array.isArray(value) ? Object.freeze(value.slice(0, to)) : to;
  const path = `arguments.${argument}`;
  return {
    image: Object.freeze(effective),
    rewrites: [{ kind: "max_batch_size", path, from, to }],
  };
}
