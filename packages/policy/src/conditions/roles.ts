import type { Syntax } from "./parse.ts";

/** `agent.role`, of which only the comparison with a text means something. */
export function isRole(syntax: Syntax, locals: readonly string[]): boolean {
  return (
    syntax.kind === "field" &&
    syntax.name === "role" &&
    syntax.of.kind === "name" &&
    syntax.of.name === "agent" &&
    !locals.includes("agent")
  );
}
