import type { JsonObject } from "./json.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * The snapshot of the effective arguments. Special values (dates, URLs, bigints, bytes) are known by
 * their container; a rewrite makes new containers, to which they are carried over.
 */
export function effectiveSnapshot(snapshot: Snapshot, image: JsonObject): Snapshot {
  if (image === snapshot.image) return snapshot;
  const { size } = snapshot;
  if (snapshot.specials === null) return { image, specials: null, size };
  const specials = new Map(snapshot.specials);
  const carry = (from: unknown, to: unknown): void => {
    if (typeof from !== "object" || from === null || typeof to !== "object" || to === null) return;
    const beside = specials.get(from);
    if (from !== to && beside !== undefined) specials.set(to, beside);
  };
  carry(snapshot.image, image);
  for (const key of Object.keys(image)) carry(snapshot.image[key], image[key]);
  return { image, specials, size };
}
