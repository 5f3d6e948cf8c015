import type { CoverageEntry } from "@interlatch/core";
import { isMethod, isSearch, type AnyTool, type AnyTools, type Bond } from "./bond.ts";
import { isGuarded } from "./guard-tool.ts";

/**
 * Of each tool whether it is enforced, and why not. Beside tools that are guarded already, a bare one is a tool that
 * somebody has added behind the guard; where none is, the tools are yet to be guarded.
 */
export function coverageOf(tools: AnyTools, bond: Bond): readonly CoverageEntry[] {
  const entries = Object.entries(tools);
  const guarded = new Set(entries.filter(([name, tool]) => isGuarded(tool, name, bond)));
  return entries.map((entry) => {
    const [name, tool] = entry;
    const reached = reach(tool);
    const isBare = guarded.size > 0 && reached.state === "enforced" && !guarded.has(entry);
    return { tool: name, ...(isBare ? BARE : reached) };
  });
}

const BARE = {
  state: "not_wrapped",
  why: "it stands beside guarded tools and does not go through the guard; AI SDK 7 asks toolApproval all the same",
} as const;

function reach(tool: AnyTool): Omit<CoverageEntry, "tool"> {
  const runsHere = isMethod(tool.execute);
  // AI SDK 6 has no flag: a provider's tool that nothing here executes runs at the provider.
  const runsThere = tool.isProviderExecuted ?? !runsHere;
  if (tool.type === "provider" && runsThere === true) {
    return {
      state: "hidden",
      why: "the provider runs it; it can only be withheld from the model",
    };
  }
  if (isSearch(tool)) {
    return {
      state: "out_of_reach",
      why: "AI SDK 7 runs a tool search by itself; it asks toolApproval before it does",
    };
  }
  if (runsHere) return { state: "enforced", why: "its execute runs through the guard" };
  return {
    state: "out_of_reach",
    why: "it runs in the client; AI SDK 7 asks toolApproval before it hands the call over",
  };
}
