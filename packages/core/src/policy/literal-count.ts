import type { PatternLiterals } from "./ir.ts";

/** How many literals there are to look for. */
export function literalCount(literals: PatternLiterals): number {
  if (typeof literals === "string") return 1;
  const parts = "all" in literals ? literals.all : literals.any;
  return parts.reduce((sum, part) => sum + literalCount(part), 0);
}
