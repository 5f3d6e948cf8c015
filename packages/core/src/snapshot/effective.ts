import type { Json, JsonObject } from "./json.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Special } from "./special.ts";

/**
 * The snapshot of the effective arguments. Special values (dates, URLs, bigints, bytes) are known by their container
 * and their key there; a rewrite makes new containers, to which they are carried over, but for those that it
 * replaced: the tool would else get the very value that was hidden from it.
 */
export function effectiveSnapshot(snapshot: Snapshot, image: JsonObject): Snapshot {
  if (image === snapshot.image) return snapshot;
  const { size } = snapshot;
  if (snapshot.specials === null) return { image, specials: null, size };
  const specials = new Map(snapshot.specials);
  carry(snapshot.image, image, specials);
  return { image, specials, size };
}

/** Two values at one place; where they are one value, all below it is as it was. */
function carry(from: Json, to: Json, specials: Map<object, ReadonlyMap<string, Special>>): void {
  if (from === to || typeof from !== "object" || from === null) return;
  if (typeof to !== "object" || to === null || Array.isArray(from) !== Array.isArray(to)) return;
  // Lists are read by their indexes as objects are by their names.
  const [before, after] = [from, to] as readonly Readonly<Record<string, Json>>[];
  if (before === undefined || after === undefined) return;
  const beside = specials.get(from);
  if (beside !== undefined) {
    specials.set(to, new Map([...beside].filter(([key]) => after[key] === before[key])));
  }
  for (const key of Object.keys(after)) carry(before[key] ?? null, after[key] ?? null, specials);
}
