import { InterlatchError } from "../errors/errors.ts";
import type { CostBudget } from "../evaluate/scope.ts";
import type { Parts } from "../parts/parts.ts";
import type { Policy, ToolPolicy } from "../policy/ir.ts";
import { compileProfiles } from "./profile.ts";
import { ToolScope } from "./tool-scope.ts";

// All that a policy with agent profiles needs, as one module to be loaded.
export { isScopeEntry } from "./entries.ts";

/** Compiles the profiles of a policy, and gives the scope of each of its tools. */
export type CompileScopes = typeof compileScopes;

/**
 * Cost units of comparing, when a bundle is loaded, what all its tools touch in every call with what its profiles list:
 * less than a second. Eight megabytes can hold URLs and globs that take hours, and meanwhile the process decides nothing.
 */
const COST_OF_LOADING = 4_000_000;

/**
 * Compiles the profiles of a policy.
 *
 * @returns makes the scope of one tool by its name
 * @throws InterlatchError `ERR_BUNDLE_POLICY`, as `compileCondition`, and where it would take too long
 */
export function compileScopes(
  agents: NonNullable<Policy["agents"]>,
  parts: Parts,
): (name: string, tool: ToolPolicy) => ToolScope {
  const profiles = compileProfiles(agents, parts);
  const loading: CostBudget = { left: COST_OF_LOADING };
  return (name, tool) => {
    const scope = new ToolScope(name, tool, profiles, parts, loading);
    if (loading.left >= 0) return scope;
    throw new InterlatchError(
      "ERR_BUNDLE_POLICY",
      "What the tools touch takes too long to compare with what the profiles list: both are too many, or too long.",
    );
  };
}
