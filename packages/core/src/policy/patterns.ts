import type { Policy } from "./ir.ts";

/** Whether any condition of the policy holds a pattern, so that RE2 must be loaded. */
export function hasPattern(policy: Policy): boolean {
  const within = [policy.rules, policy.agents, policy.tools, policy.fallback];
  return within.some((part) => part !== undefined && holdsMatches(part));
}

/** Looks at every object: `kind: "matches"` stands in expressions alone, and a false hit only loads RE2 for nothing. */
function holdsMatches(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsMatches);
  return Object.entries(value).some(
    ([key, item]) => (key === "kind" && item === "matches") || holdsMatches(item),
  );
}
