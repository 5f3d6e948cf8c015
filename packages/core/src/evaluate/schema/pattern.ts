import { needed, type Parts } from "../../parts/parts.ts";
import type { Run } from "./run.ts";

/**
 * Compiles a pattern of a schema: whether it is found anywhere in a text. A text that is too long for it is
 * neither: the run then refuses the arguments, also where the pattern stands under `not`.
 *
 * @throws ERR_BUNDLE_POLICY when the pattern is none that the policy carries
 */
export function compileTextPattern(
  source: string,
  parts: Parts,
): (text: string, run: Run) => boolean {
  const pattern = needed(parts, "patterns").compile(source);
  return (text, run) => {
    if (text.length > pattern.subjectLimit) {
      run.unanswerable = "holds a text that is too long for a pattern of its schema";
      return false;
    }
    if (!run.take(1) || !run.takeUnits(pattern.scanCost(text))) return false;
    if (!pattern.mayMatch(text)) return false;
    return run.takeUnits(pattern.searchCost(text)) && pattern.search(text);
  };
}
