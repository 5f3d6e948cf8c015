import { requirements, type Requirement } from "./requirement.ts";

/** What a model is told of tools, the tools that people have approved, and what a guard does not reach. */
export const definitionRequirements: readonly Requirement[] = requirements("0.1.0", {
  "definition.digest":
    "One definition has one digest in every framework, and a change of name, description or schema has another.",
  "definition.pinned":
    "A pinned tool that is called with another definition, or with none, is denied tool_changed.",
  "definition.unpinned": "A tool without a pin is decided as if there were no pins.",
  "definition.again":
    "A tool that changes while people are asked about a call is not run on their approval.",
  "definition.shadow": "A pin in a policy that is only watched denies nothing, and is told of.",
  "definition.policy": "Pins are part of the policy that is signed.",
  "definition.globs": "A glob covers declared tools and never one that is only discovered.",
  "definition.pin": "The command line pins the definitions that a list or a server gives.",
  "definition.diff":
    "The command line says which tools are new, changed or gone, in what, and makes visible what hides.",
  "definition.approve": "A changed tool keeps its pin until somebody approves the change.",
  "definition.collisions":
    "Two tools of one name are not pinned, names no policy could hold are left out, and names that look alike are told.",
  "definition.clean":
    "A discovered tool is shown without invisible characters, comments, blocks for the model and instructions, in its description and all through its schema.",
  "definition.disguise":
    "Case, spaces, zero-width and fullwidth letters, look-alikes and entities do not hide an instruction of the list.",
  "definition.words":
    "What only describes a tool stays word for word, and so do a schema's values and a pinned tool's words.",
  "definition.frameworks":
    "A tool of an MCP server, pinned from what the server lists, is the pinned tool in every framework.",
  "definition.rug-pull":
    "A server that changes a tool after it was approved does not get it called, in any framework.",
  "definition.shown":
    "Every framework shows a model only the tools its agent may use, and of discovered ones cleaned words.",
  "coverage.start":
    "In development a host is told once of each tool whether it is enforced, and why not.",
  "coverage.command":
    "The command line tells, without running an agent, which tools of a program are enforced.",
  "coverage.closed":
    "A program whose coverage cannot be known is an error and never an empty list.",
});
