import { requirements, type Requirement } from "./requirement.ts";

/** Agents of the package `deepagents`, with the LangChain adapter. */
export const deepAgentRequirements: readonly Requirement[] = requirements("0.1.0", {
  "deep.builtin": "The tools that a deep agent brings are decided like any other.",
  "deep.coverage": "Coverage names the tools of a deep agent, and what its sub-agents need.",
  "deep.execute": "A denied command does not run in a real shell.",
  "deep.forgotten":
    "In a sub-agent whose list has no policy nothing runs that is not guarded itself, and coverage says why.",
  "deep.review": "What a sub-agent calls waits for a person, and runs once.",
  "deep.sub-agents": "What a sub-agent calls is decided, whichever kind of sub-agent it is.",
  "deep.todos": "The list of things to do is written by a tool that is decided.",
});
