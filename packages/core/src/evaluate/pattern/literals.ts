import type { PatternLiterals } from "../../policy/ir.ts";
import { containsText } from "../functions/text-search.ts";

/** Whether a text holds the literals; `false` means that the pattern cannot match. */
export function mayContain(literals: PatternLiterals, text: string): boolean {
  if (typeof literals === "string") return containsText(text, literals);
  return "all" in literals
    ? literals.all.every((one) => mayContain(one, text))
    : literals.any.some((one) => mayContain(one, text));
}
