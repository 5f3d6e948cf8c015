import type { KillSwitch } from "./document.ts";

/** What is switched off, in words, one entry each. */
export function killWords(kill: KillSwitch): readonly string[] {
  const { all, tools = [], agents = [], tenants = [], sessions = [] } = kill;
  return [
    ...(all === true ? ["everything"] : []),
    ...tools.map((tool) => `tool ${tool}`),
    ...agents.map((id) => `agent ${id}`),
    ...tenants.map((id) => `tenant ${id}`),
    ...sessions.map((id) => `session ${id}`),
  ];
}
