import type { ClientTool, ServerTool } from "@langchain/core/tools";
import type { CoverageEntry, Guard } from "@interlatch/core";
import { isClientTool, nameOf } from "./tool-kinds.ts";
import { guardianOf } from "./ways.ts";

/**
 * For each tool, whether it is enforced, and why not. Print it at start in development.
 *
 * @param guard - left out: a tool counts as enforced by whatever guard it has
 */
export function coverage(
  tools: readonly (ClientTool | ServerTool)[],
  guard?: Guard,
): readonly CoverageEntry[] {
  const known = new Map(guard?.coverage().map((entry) => [entry.tool, entry.known ?? false]));
  return tools.map((tool) => {
    const entry = coverageOf(tool, guard);
    return guard === undefined ? entry : { ...entry, known: known.get(entry.tool) ?? false };
  });
}

/** Whether one tool is enforced, and why not; without what the policy knows of it. */
export function coverageOf(tool: ClientTool | ServerTool, guard?: Guard): CoverageEntry {
  const name = nameOf(tool);
  if (!isClientTool(tool)) {
    const why = "the provider runs it: it can only be withheld from the model";
    return { tool: name, state: "out_of_reach", why };
  }
  const found = guardianOf(tool)?.guard;
  if (found !== undefined && (guard === undefined || found === guard)) {
    return { tool: name, state: "enforced", why: "the tool itself is guarded" };
  }
  const why =
    found === undefined
      ? "this tool object is not guarded: use guardTool, or policyMiddleware in its agent"
      : "another guard guards this tool object";
  return { tool: name, state: "not_wrapped", why };
}
