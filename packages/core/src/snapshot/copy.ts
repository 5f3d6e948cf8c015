import { copySpecial } from "./special.ts";
import type { Json } from "./json.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * A fresh, ordinary, mutable deep copy for the tool, with dates, URLs, bigints and bytes as such.
 * Made from the image, which nobody can have changed since the decision.
 *
 * @param snapshot - whose special values to put back; an effective image (after a rewrite) keeps the
 *   special values of the containers it shares with the snapshot
 */
export function copyForTool(snapshot: Pick<Snapshot, "image" | "specials">): unknown {
  return copy(snapshot.image, snapshot.specials);
}

function copy(value: Json, specials: Snapshot["specials"]): unknown {
  if (typeof value !== "object" || value === null) return value;
  const beside = specials?.get(value);
  if (Array.isArray(value)) {
    // `Array.isArray` does not narrow readonly arrays.
    const items = value as readonly Json[];
    return items.map((item, index) => {
      const special = beside?.get(String(index));
      return special === undefined ? copy(item, specials) : copySpecial(special);
    });
  }
  const object: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const special = beside?.get(key);
    const made = special === undefined ? copy(item, specials) : copySpecial(special);
    // Assigning to what is inherited would not make the own property that was judged: `__proto__` would set the
    // prototype, and where the host froze `Object.prototype` a key such as `toString` would throw.
    if (key in object) Object.defineProperty(object, key, ownProperty(made));
    else object[key] = made;
  }
  return object;
}

/** An ordinary property. The descriptor inherits nothing, or a polluted `Object.prototype.get` would make it none. */
function ownProperty(value: unknown): PropertyDescriptor {
  const ordinary = { value, enumerable: true, writable: true, configurable: true };
  return Object.assign(Object.create(null) as object, ordinary);
}
