import type { ClientTool, ServerTool } from "@langchain/core/tools";
import type { CoverageEntry, Guard } from "@interlatch/core";
import { guardOf } from "./mark.ts";
import { isClientTool, nameOf } from "./tool-kinds.ts";

/**
 * For each tool, whether it is enforced, and why not. Print it at start in development.
 *
 * @param guard - left out: a tool counts as enforced by whatever guard it has
 */
export function coverage(
  tools: readonly (ClientTool | ServerTool)[],
  guard?: Guard,
): readonly CoverageEntry[] {
  return tools.map((tool) => coverageOf(tool, guard));
}

/** {@link coverage} of one tool. */
export function coverageOf(
  tool: ClientTool | ServerTool,
  guard: Guard | undefined,
): CoverageEntry {
  const name = nameOf(tool);
  const known = guard?.coverage().find((entry) => entry.tool === name)?.known ?? false;
  const rest = guard === undefined ? {} : { known };
  if (!isClientTool(tool)) {
    const why = "the provider runs it: it can only be withheld from the model";
    return { tool: name, state: "out_of_reach", why, ...rest };
  }
  const found = guardOf(tool);
  if (found !== undefined) {
    return { tool: name, state: "enforced", why: "the tool itself is guarded", ...rest };
  }
  const why =
    found === undefined
      ? "this tool object is not guarded: use guardTool, or policyMiddleware in its agent"
      : "another guard guards this tool object";
  return { tool: name, state: "not_wrapped", why, ...rest };
}
