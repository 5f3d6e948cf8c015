import { loading } from "../parts/load.ts";

type Shadowing = typeof import("./shadow.ts");

/** The module, once it is loaded: many hosts watch nothing in shadow, and do without it. */
let loaded: Shadowing | null = null;

/** What compares decisions with those of a policy in shadow; `null` where no guard of this process watches one. */
export function shadowing(): Shadowing | null {
  return loaded;
}

/**
 * Loads it, for a guard that watches a policy in shadow or may have one in force.
 *
 * @throws InterlatchError `ERR_BUNDLE_ENGINE` when it cannot be loaded
 */
export async function loadShadowing(): Promise<void> {
  loaded ??= await loading("shadow", () => import("./shadow.ts"));
}
