import type { PatternCompiler } from "../src/evaluate/pattern.ts";
import { loadParts } from "../src/parts/load.ts";
import type { Parts } from "../src/parts/parts.ts";
import { ENGINE } from "../src/policy/ir.ts";

/** Every part of the run time but patterns, which belong to a policy. */
export const EVERY_PART: Parts = {
  ...(await loadParts(
    { engine: ENGINE, id: "none", mode: "enforce", agents: null, tools: {}, facts: {}, rules: [] },
    [
      "operations",
      "functions",
      "formats",
      "schemas",
      "scopes",
      "redaction",
      "facts",
      "values",
      "hop",
    ],
  )),
};

/** Every part, with these patterns. */
export function partsWith(patterns: PatternCompiler | null): Parts {
  return { ...EVERY_PART, patterns };
}
