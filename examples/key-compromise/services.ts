import { guardAI } from "@interlatch/ai-sdk";
import { type Guard, type GuardEvents, memoryAudit, memoryRollback } from "@interlatch/core";
import { createGuard, fileSource, folderTrustSource } from "@interlatch/core/node";
import { guardGraph } from "@interlatch/langgraph";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { tool as graphTool } from "@langchain/core/tools";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { generateText, isStepCount, tool } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { z } from "zod";

export type ToolName = "list_orders" | "delete_customers";

/** Where the team publishes: one bundle, and the trust roots after the first. */
export interface Published {
  readonly bundleFile: string;
  readonly rootsFolder: string;
  /** The first root, which is deployed with the service, as its digest is. */
  readonly trust: { readonly document: string; readonly digest: string };
}

/** A running service. It is started once and never again. */
export interface Service {
  readonly name: string;
  readonly guard: Guard;
  /** How often each tool ran. */
  readonly runs: Readonly<Record<ToolName, number>>;
  /** The agent calls a tool; gives the code of the guard's decision. */
  call(tool: ToolName): Promise<string>;
  /** Resolves when the guard tells of something that matters here. */
  next<Name extends keyof GuardEvents>(
    name: Name,
    when?: (event: GuardEvents[Name]) => boolean,
  ): Promise<GuardEvents[Name]>;
}

/** Runs an agent whose model asks for one tool. */
type Agent = (tool: ToolName, call: string) => Promise<unknown>;
type AgentMaker = (guard: Guard, ran: (tool: ToolName) => string) => Agent;

const IDENTITY = { agent: { id: "shop", roles: ["clerk"] }, session: "conversation-1" };

/** Starts both services on what is published. */
export async function startServices(published: Published): Promise<readonly Service[]> {
  return [
    await startService("LangGraph", published, langGraphAgent),
    await startService("AI SDK", published, aiSdkAgent),
  ];
}

async function startService(
  name: string,
  { bundleFile, rootsFolder, trust }: Published,
  makeAgent: AgentMaker,
): Promise<Service> {
  const guard = await createGuard({
    bundle: fileSource(bundleFile),
    trust: { ...trust, updates: folderTrustSource(rootsFolder) },
    audience: "prod",
    rollback: memoryRollback(),
    audit: memoryAudit(),
    logger: SILENT,
  });
  const runs = { list_orders: 0, delete_customers: 0 };
  const agent = makeAgent(guard, (ran) => {
    runs[ran] += 1;
    return "done";
  });
  let calls = 0;
  let code = "";
  guard.on("decision", ({ decision }) => {
    code = decision.code;
  });
  return {
    name,
    guard,
    runs,
    call: async (asked) => {
      calls += 1;
      await agent(asked, `call-${calls}`);
      return code;
    },
    next: (event, when = () => true) =>
      new Promise((resolve) => {
        const end = guard.on(event, (told) => {
          if (!when(told)) return;
          end();
          resolve(told);
        });
      }),
  };
}

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A LangGraph with a policy node before its tools node. Its model is a script. */
const langGraphAgent: AgentMaker = (guard, ran) => {
  const tools = (["list_orders", "delete_customers"] as const).map((name) =>
    graphTool(() => ran(name), { name, description: "A tool of the shop", schema: z.object({}) }),
  );
  const gate = guardGraph(guard, tools);
  return async (name, id) => {
    const asks = new AIMessage({
      content: "",
      tool_calls: [{ type: "tool_call", id, name, args: {} }],
    });
    const turns = [asks, new AIMessage("Done.")];
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("agent", () => ({ messages: turns.splice(0, 1) }))
      .addNode("policy", gate.policyNode({ tools: "tools", back: "agent" }), {
        ends: ["tools", "agent"],
      })
      .addNode("tools", gate.toolNode)
      .addEdge(START, "agent")
      .addConditionalEdges("agent", gate.route("policy"), ["policy", END])
      .addEdge("tools", "agent")
      .compile();
    const interlatch = guard.for(IDENTITY);
    await graph.invoke({ messages: [new HumanMessage("Go.")] }, { configurable: { interlatch } });
  };
};

const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** The Vercel AI SDK's own loop. Its model is a script. */
const aiSdkAgent: AgentMaker = (guard, ran) => async (name, id) => {
  const base = { usage: USAGE, warnings: [] };
  const asks = { type: "tool-call", toolCallId: id, toolName: name, input: "{}" } as const;
  const calls = { unified: "tool-calls", raw: undefined } as const;
  const stops = { unified: "stop", raw: undefined } as const;
  const model = new MockLanguageModelV4({
    doGenerate: [
      { ...base, content: [asks], finishReason: calls },
      { ...base, content: [{ type: "text", text: "Done." }], finishReason: stops },
    ],
  });
  const shopTool = (of: ToolName) =>
    tool({ description: "A tool of the shop", inputSchema: z.object({}), execute: () => ran(of) });
  const tools = {
    list_orders: shopTool("list_orders"),
    delete_customers: shopTool("delete_customers"),
  };
  const { options } = guardAI(guard, guard.for(IDENTITY));
  await generateText({ model, prompt: "Go.", stopWhen: isStepCount(2), ...options(tools) });
};
