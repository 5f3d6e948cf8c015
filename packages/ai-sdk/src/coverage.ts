import type { CoverageEntry } from "@interlatch/core";
import { isMethod, type AnyTool, type AnyTools } from "./bond.ts";

/** Of each tool whether it is enforced, and why not. */
export function coverageOf(tools: AnyTools): readonly CoverageEntry[] {
  return Object.entries(tools).map(([name, tool]) => ({ tool: name, ...reach(tool) }));
}

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
  if (runsHere) return { state: "enforced", why: "its execute runs through the guard" };
  return {
    state: "out_of_reach",
    why: "it runs in the client; AI SDK 7 asks toolApproval before it hands the call over",
  };
}
