import { emptyImage } from "../snapshot/snapshot.ts";
import type { JsonObject } from "../snapshot/json.ts";
import type { ToolPolicy } from "../policy/ir.ts";
import type { Obligation, Rewrite } from "./decision.ts";

/** The arguments after the obligations that change them, or why they cannot be changed. */
export type Rewritten =
  | { readonly ok: true; readonly image: JsonObject; readonly rewrites: readonly Rewrite[] }
  | { readonly ok: false; readonly detail: string };

const UNCHANGED: readonly Rewrite[] = Object.freeze([]);

/**
 * Clamps the batch argument to the smallest `max_batch_size`: the smaller number, or the first items of a
 * list. A tool without `batch`, or a call whose batch argument is neither, cannot meet the obligation.
 */
export function rewrite(
  tool: ToolPolicy,
  image: JsonObject,
  obligations: readonly Obligation[],
): Rewritten {
  let max = Infinity;
  for (const obligation of obligations) {
    if (obligation.kind === "max_batch_size" && obligation.max < max) max = obligation.max;
  }
  if (max === Infinity) return { ok: true, image, rewrites: UNCHANGED };
  if (tool.batch === undefined) return { ok: false, detail: "the tool names no batch argument" };
  const name = tool.batch.argument;
  const value = Object.hasOwn(image, name) ? image[name] : undefined;
  if (typeof value === "number") {
    if (value <= max) return { ok: true, image, rewrites: UNCHANGED };
    return changed(image, name, max, value, max);
  }
  if (Array.isArray(value)) {
    if (value.length <= max) return { ok: true, image, rewrites: UNCHANGED };
    return changed(image, name, Object.freeze(value.slice(0, max)), value.length, max);
  }
  return { ok: false, detail: `arguments.${name} is neither a number nor a list` };
}

function changed(
  image: JsonObject,
  name: string,
  value: JsonObject[string],
  from: number,
  to: number,
): Rewritten {
  const effective = emptyImage();
  for (const key of Object.keys(image)) effective[key] = key === name ? value : (image[key] ?? null);
  const rewrite = Object.freeze({ kind: "max_batch_size", path: `arguments.${name}`, from, to });
  return { ok: true, image: Object.freeze(effective), rewrites: Object.freeze([rewrite]) };
}
