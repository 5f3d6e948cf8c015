import type { Guard } from "@interlatch/core";

/** Registered globally, so that the mark is the same in two installed copies of this package. */
const GUARD = Symbol.for("interlatch.guard");

/** Marks a tool as guarded. Not enumerable: a copy by spreading is another tool and carries no mark. */
export function markGuarded(tool: object, guard: Guard): void {
  Object.defineProperty(tool, GUARD, { value: guard });
}

/** The guard of a tool. Its own mark only: what is derived from a guarded tool may have lost its guard. */
export function guardOf(tool: object): Guard | undefined {
  if (!Object.hasOwn(tool, GUARD)) return undefined;
  return (tool as { readonly [GUARD]: Guard })[GUARD]; // only `markGuarded` writes it
}
