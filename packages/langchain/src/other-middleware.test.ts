import { HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { tool, type ClientTool } from "@langchain/core/tools";
import { Command, MemorySaver } from "@langchain/langgraph";
import { testGuard } from "@interlatch/core/testing";
import {
  ClearToolUsesEdit,
  contextEditingMiddleware,
  createAgent,
  createMiddleware,
  dynamicSystemPromptMiddleware,
  humanInTheLoopMiddleware,
  llmToolSelectorMiddleware,
  modelCallLimitMiddleware,
  modelFallbackMiddleware,
  modelRetryMiddleware,
  piiMiddleware,
  summarizationMiddleware,
  todoListMiddleware,
  toolCallLimitMiddleware,
  toolErrorMiddleware,
  toolRetryMiddleware,
  type AgentMiddleware,
} from "langchain";
import { describe, expect } from "vitest";
import { z } from "zod";
import { call, ScriptedModel } from "../../../test/scripted-model.ts";
import { FIVE_TOOLS, toolPolicy } from "../../../test/tool-policy.ts";
import { verifies } from "../../../test/verifies.ts";
import { denialOf, guardTools, policyMiddleware } from "./index.ts";

/** As {@link FIVE_TOOLS}, and `look` takes no order above 99. */
const POLICY = {
  ...FIVE_TOOLS,
  tools: {
    ...FIVE_TOOLS.tools,
    ...toolPolicy({
      look: {
        arguments: {
          type: "object",
          properties: { order: { type: "number", maximum: 99 }, fails: { type: "boolean" } },
        },
      },
    }).tools,
  },
};
const schema = z.object({
  order: z.number().optional(),
  size: z.number().optional(),
  fails: z.boolean().optional(),
});
const HELLO = { messages: [new HumanMessage("mail ann@example.com, then go")] };
const TURN = [
  call("look", { order: 1 }, "c1"),
  call("refund", {}, "c2"),
  call("quote", {}, "c3"),
  call("export_data", { size: 50 }, "c4"),
];
const FAILING = [...TURN, call("look", { fails: true }, "c5")];

const LOOKED = 'look {"order":1}';
const EXPORTED = 'export_data {"size":10}';
const FAILED = 'look {"fails":true}';

/** A stock middleware. Their types are not made for `exactOptionalPropertyTypes`: options become `never`. */
function stock(middleware: unknown, options: object): unknown {
  return (middleware as (options: object) => unknown)(options);
}

interface Neighbour {
  readonly make: () => unknown;
  /** What runs with it before ours in the list, where that is not all that the policy allows. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

const NEIGHBOURS: Readonly<Record<string, Neighbour>> = {
  "asks people": {
    make: () => stock(humanInTheLoopMiddleware, { interruptOn: { export_data: true } }),
  },
  "retries tools": {
    make: () => toolRetryMiddleware({ maxRetries: 1, initialDelayMs: 0 }),
    // Behind ours it sees the tool throw; before ours it sees a message.
    after: [EXPORTED, FAILED, FAILED, LOOKED],
  },
  "limits tool calls": {
    // It answers all calls beyond its limit, also those that were denied before.
    make: () => stock(toolCallLimitMiddleware, { runLimit: 1 }),
    before: [LOOKED],
    after: [LOOKED],
  },
  "limits model calls": { make: () => stock(modelCallLimitMiddleware, { runLimit: 5 }) },
  "words errors": { make: () => toolErrorMiddleware({ onError: () => "failed" }) },
  "takes out personal data": {
    make: () => piiMiddleware("email", { applyToToolResults: true, applyToOutput: true }),
  },
  "sums up": {
    make: () =>
      stock(summarizationMiddleware, { model: new ScriptedModel([]), trigger: { messages: 100 } }),
  },
  "clears old results": {
    make: () =>
      contextEditingMiddleware({
        edits: [new ClearToolUsesEdit({ trigger: { tokens: 1 }, keep: { messages: 0 } })],
      }),
  },
  "picks tools": {
    make: () =>
      stock(llmToolSelectorMiddleware, {
        model: fakeModel().structuredResponse({ tools: ["look", "export_data"] }),
      }),
  },
  "keeps a list": { make: () => todoListMiddleware() },
  "has another model": { make: () => modelFallbackMiddleware(new ScriptedModel([])) },
  "retries models": { make: () => modelRetryMiddleware({ maxRetries: 1 }) },
  "words the prompt": { make: () => dynamicSystemPromptMiddleware(() => "be brief") },
  "changes arguments": {
    make: () =>
      createMiddleware({
        name: "meddler",
        wrapToolCall: (request, handler) =>
          handler({ ...request, toolCall: { ...request.toolCall, args: { order: 666 } } }),
      }),
    // No order above 99, and no export without a size.
    before: [],
    after: [],
  },
  "swallows errors": {
    make: () =>
      createMiddleware({
        name: "swallows",
        wrapToolCall: async (request, handler) => {
          const { id = "", name } = request.toolCall;
          try {
            return await handler(request);
          } catch {
            return new ToolMessage({ content: "never mind", tool_call_id: id, name });
          }
        },
      }),
  },
  "jumps to the tools": {
    make: () =>
      createMiddleware({
        name: "jumps",
        afterModel: {
          canJumpTo: ["tools"],
          hook: ({ messages }) =>
            messages.at(-1)?.text === "done" ? undefined : { jumpTo: "tools" as const },
        },
      }),
  },
  "brings a tool": {
    make: () =>
      createMiddleware({
        name: "brings",
        tools: [tool(() => "never", { name: "unheard_of", schema })],
      }),
  },
};

interface Setting {
  readonly turn?: readonly ReturnType<typeof call>[];
  readonly guarded?: boolean;
}

async function agentFor(
  arrange: (policy: AgentMiddleware) => unknown[],
  { turn = FAILING, guarded = false }: Setting = {},
) {
  const guard = await testGuard(POLICY);
  const ran: string[] = [];
  const tools = ["look", "refund", "quote", "export_data"].map((name) =>
    tool(
      (args) => {
        ran.push(`${name} ${JSON.stringify(args)}`);
        if (args.fails === true) throw new Error("out of order");
        return "ok";
      },
      { name, schema },
    ),
  );
  const model = new ScriptedModel([turn]);
  const middleware = arrange(policyMiddleware(guard, { reviews: "tool" })) as AgentMiddleware[];
  const agent = createAgent({
    model,
    tools: guarded ? guardTools(tools, guard) : tools,
    middleware,
    checkpointer: new MemorySaver(),
  });
  const config = { configurable: { interlatch: guard.ticket(), thread_id: "t1" }, context: {} };
  return { agent, config, guard, ran, memory: model.memory };
}

/** Runs the agent to its end; where a neighbour asks a person about its one call, they agree. */
async function came(arrange: (policy: AgentMiddleware) => unknown[], setting?: Setting) {
  const { agent, config, guard, ran, memory } = await agentFor(arrange, setting);
  const yes = new Command({ resume: { decisions: [{ type: "approve" }] } });
  const first = await agent.invoke(HELLO, config);
  const { messages } = "__interrupt__" in first ? await agent.invoke(yes, config) : first;
  const recorded = guard.audit.records.filter(
    (one) => one.type === "outcome" && (one.outcome === "executed" || one.outcome === "error"),
  );
  return { ran: ran.toSorted(), recorded: recorded.length, messages, shown: memory.seen.at(-1) };
}

function answeredIn(messages: readonly BaseMessage[] = []): readonly string[] {
  return messages
    .filter((one) => ToolMessage.isInstance(one))
    .map((one) => one.tool_call_id)
    .toSorted();
}

describe("beside a middleware that", () => {
  const orders = {
    before: (ours: unknown, other: unknown) => [other, ours],
    after: (ours: unknown, other: unknown) => [ours, other],
  };
  for (const [what, { make, ...expected }] of Object.entries(NEIGHBOURS)) {
    for (const order of ["before", "after"] as const) {
      verifies("lc.x.neighbours", `${what}, ${order} ours in the list`, async () => {
        const { ran, recorded, messages, shown } = await came((ours) =>
          orders[order](ours, make()),
        );
        expect(ran).toEqual(expected[order] ?? [EXPORTED, FAILED, LOOKED]);
        // Nothing ran that was not decided, and nothing was recorded that did not run.
        expect(recorded).toBe(ran.length);
        expect(answeredIn(shown)).toEqual(["c1", "c2", "c3", "c4", "c5"]);
        expect(messages.at(-1)?.text).toBe("done");
      });
    }
  }

  verifies(
    "lc.x.runs-it-itself",
    "runs the tool itself, guarded tools are decided all the same, each once",
    async () => {
      const rogue = (): AgentMiddleware =>
        createMiddleware({
          name: "rogue",
          wrapToolCall: async ({ tool: found, toolCall, runtime }) => {
            const configurable = { ...runtime.configurable };
            const made: unknown = await (found as ClientTool).invoke(toolCall, { configurable });
            return made as ToolMessage; // of a tool call
          },
        });
      for (const arrange of [
        (ours: unknown) => [rogue(), ours],
        (ours: unknown) => [ours, rogue()],
      ]) {
        const { ran, recorded, messages } = await came(arrange, { turn: TURN, guarded: true });
        expect(ran).toEqual([EXPORTED, LOOKED]);
        expect(recorded).toBe(2);
        expect(answeredIn(messages)).toEqual(["c1", "c2", "c3", "c4"]);
      }
      // Unguarded ones it reaches, where it stands before ours: why the README says to hand over guarded ones.
      const { ran, recorded } = await came((ours) => [rogue(), ours], { turn: [TURN[0]!] });
      expect([ran, recorded]).toEqual([[LOOKED], 0]);
    },
  );
});

describe("an agent that is streamed", () => {
  verifies("lc.x.stream", "shows the denial in every mode, and nothing of it runs", async () => {
    for (const streamMode of ["updates", "messages", "values", "tasks", "debug"] as const) {
      const { agent, config, ran } = await agentFor((ours) => [ours], { turn: TURN });
      const parts: string[] = [];
      for await (const part of await agent.stream(HELLO, { ...config, streamMode })) {
        parts.push(JSON.stringify(part));
      }
      expect(parts.join(), streamMode).toContain("Refunds are made by people.");
      expect(ran.toSorted()).toEqual([EXPORTED, LOOKED]);
    }
    const { agent, config, ran } = await agentFor((ours) => [ours], { turn: TURN });
    const outputs: unknown[] = [];
    for await (const { event, data } of agent.streamEvents(HELLO, { ...config, version: "v2" })) {
      if (event === "on_chain_end") outputs.push(...(data.output?.messages ?? []));
    }
    expect(outputs.map((one) => denialOf(one)?.code)).toContain("rule_denied");
    expect(ran.toSorted()).toEqual([EXPORTED, LOOKED]);
  });
});
