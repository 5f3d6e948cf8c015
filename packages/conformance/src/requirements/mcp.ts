import { requirements, type Requirement } from "./requirement.ts";

/** Tools of real MCP servers, through the frameworks' own MCP clients. */
export const mcpRequirements: readonly Requirement[] = requirements("0.1.0", {
  "mcp.allow":
    "An allowed call runs on the server, and its result comes back as without the guard.",
  "mcp.deny": "A denied write leaves the disk as it was, and the run goes on.",
  "mcp.review": "A reviewed write waits for a person and writes once.",
  "mcp.arguments": "The policy judges the arguments that the server gets.",
  "mcp.content":
    "Texts, images, resources and structured results come through as without the guard.",
  "mcp.error": "An error of the server is an error of the tool, and is recorded.",
  "mcp.hints": "What a server says of its tools loosens nothing.",
  "mcp.late": "A tool that comes after the agent was made does not run undecided.",
  "mcp.names": "A tool is known by its full name, and the same tool of another server is another.",
  "mcp.hook": "A hook that changes arguments after they were judged stops the call.",
});
