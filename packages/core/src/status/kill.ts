import { compileGlob, type Glob } from "../evaluate/functions/glob.ts";
import type { RunIdentity } from "../guard/tickets.ts";
import type { KillSwitch } from "./document.ts";

/** Says what of the kill switch stops a call; `null`: nothing of it. */
export type Kills = (tool: string, run: RunIdentity) => string | null;

/** No name of a tool holds it, so that `*` goes over every other character. */
const NO_SEPARATOR = "\0";

/** Makes a kill switch ready to be asked at every call: sets, and globs compiled once. */
export function compileKill(kill: KillSwitch): Kills {
  const { all, tools = [], agents = [], tenants = [], sessions = [], reason } = kill;
  const why = (what: string): string => (reason === undefined ? what : `${what}: ${reason}`);
  if (all === true) return () => why("everything");
  if ([tools, agents, tenants, sessions].every((list) => list.length === 0)) return () => null;
  const names = new Set(tools.filter((tool) => !tool.includes("*")));
  const globs: readonly (readonly [string, Glob])[] = tools
    .filter((tool) => tool.includes("*"))
    .map((tool) => [tool, compileGlob(tool, NO_SEPARATOR)]);
  const [agentIds, tenantIds, sessionIds] = [new Set(agents), new Set(tenants), new Set(sessions)];
  return (tool, run) => {
    if (names.has(tool)) return why(`the tool ${tool}`);
    const glob = globs.find(([, each]) => each.matches(tool));
    if (glob !== undefined) return why(`tools ${glob[0]}`);
    // Whoever acts for an agent that is switched off is switched off too.
    const agent = [run.agent, ...run.delegation].find(({ id }) => agentIds.has(id));
    if (agent !== undefined) return why(`the agent ${agent.id}`);
    if (run.tenant !== undefined && tenantIds.has(run.tenant))
      return why(`the tenant ${run.tenant}`);
    return sessionIds.has(run.session) ? why(`the session ${run.session}`) : null;
  };
}
