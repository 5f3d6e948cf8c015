import type { Guard, Ticket } from "@interlatch/core";

/** Registered globally, so that the mark is the same in two installed copies of this package. */
const MARK = Symbol.for("interlatch.guarded");

/** Who guards a way into a tool. */
export interface Mark {
  readonly guard: Guard;
  /** The ticket that the tool was bound to, where it was. */
  readonly ticket: Ticket | undefined;
}

/**
 * Marks a way into a tool as guarded. The way and not the tool: a tool whose way was put back or replaced since,
 * by a copy or a patch, has lost its guard there and must not be taken for a guarded one.
 */
export function markWay<Way extends object>(way: Way, mark: Mark): Way {
  return Object.defineProperty(way, MARK, { value: mark });
}

/** Who guards this way into a tool. Its own mark only. */
export function markOf(way: unknown): Mark | undefined {
  if ((typeof way !== "function" && typeof way !== "object") || way === null) return undefined;
  if (!Object.hasOwn(way, MARK)) return undefined;
  return (way as { readonly [MARK]: Mark })[MARK]; // only `markWay` writes it
}
