import { requirements, type Requirement } from "./requirement.ts";

/** Agents that hand work on to other agents. */
export const delegationRequirements: readonly Requirement[] = requirements("0.1.0", {
  "delegation.intersection":
    "A call of an agent that acts for others is never decided less restrictively than for one of them alone.",
  "delegation.scope":
    "A call lies in a profile of every agent of its chain, and an unknown agent anywhere in it denies.",
  "delegation.rules": "No rule about an agent is evaded by handing the work to another one.",
  "delegation.obligations": "What a rule demands for any agent of the chain is done.",
  "delegation.ticket":
    "A delegated ticket is of the same user, tenant, session and facts, and of nobody else.",
  "delegation.bounds":
    "A delegation that is malformed or too long makes no ticket, and two agents that hand work to and fro make no endless chain.",
  "delegation.records":
    "Records, events and explanations name the chain, and the agent of it that restricted the call.",
  "delegation.review":
    "What is approved for one agent of a chain is approved for no other, and none of them can approve it.",
  "delegation.limits": "A limit that is kept by the agent counts for the agent that acts.",
  "delegation.visible": "A tool is shown where every agent of the chain could be allowed it.",
  "delegation.session":
    "What a session has read is known to every agent of a chain, since all are of one session.",
  "delegation.langgraph.subgraph":
    "A nested graph that is given a delegated ticket never may more than its caller.",
  "delegation.langgraph.handoff":
    "A handoff to a node with a ticket of its own never gives more than both agents may.",
  "delegation.langgraph.forgotten":
    "A nested graph that is given no ticket runs with its caller's, and never may more.",
  "delegation.langchain.agent-tool":
    "An agent that is a tool of another one never may more than that one.",
  "delegation.ai.sub-agent":
    "A sub-agent inside a tool, as a loop of its own or an agent object, never may more than its caller.",
});
