import type { AdapterUnderTest } from "@interlatch/conformance";
import { guardTools, policyMiddleware, type PolicyMiddleware } from "@interlatch/langchain";
import { createAgent } from "langchain";
import {
  ALTERED_BY_SEND,
  converse,
  interrupting,
  type App,
  type Parts,
} from "./langchain-parts.ts";

/** What `createAgent` gives, with the state of its graph. */
function agentOf(
  { model, checkpointer }: Parts,
  parts: { readonly tools: Parts["tools"]; readonly middleware?: [PolicyMiddleware] },
): App {
  const agent = createAgent({
    model,
    ...(checkpointer === undefined ? {} : { checkpointer }),
    ...parts,
  });
  return {
    invoke: (input, config) => agent.invoke(input as never, config as never), // messages, and a ticket
    getState: (config) => agent.graph.getState(config),
  };
}

const guardedTools = (parts: Parts): App => {
  const { tools, conversation } = parts;
  return agentOf(parts, { tools: guardTools(tools, conversation.guard) });
};
const middleware = (parts: Parts): App => {
  const { tools, conversation, options } = parts;
  return agentOf(parts, { tools, middleware: [policyMiddleware(conversation.guard, options)] });
};
const both = (parts: Parts): App => {
  const { tools, conversation, options } = parts;
  const { guard } = conversation;
  const guarded = guardTools(tools, guard);
  return agentOf(parts, { tools: guarded, middleware: [policyMiddleware(guard, options)] });
};

/** `createAgent` over guarded tools alone: it cannot stop to ask. */
export const langChainTools: AdapterUnderTest = {
  name: "LangChain, guarded tools",
  converse: (conversation) => converse(guardedTools, conversation),
  catches: true,
  altered: ALTERED_BY_SEND,
};

/** `createAgent` with the middleware. */
export const langChain: AdapterUnderTest = {
  name: "LangChain, createAgent with middleware",
  converse: (conversation) => converse(middleware, conversation),
  ...interrupting(middleware),
};

/** `createAgent` over guarded tools, with the middleware: one decision a call. */
export const langChainBoth: AdapterUnderTest = {
  name: "LangChain, middleware over guarded tools",
  converse: (conversation) => converse(both, conversation),
  ...interrupting(both),
};
