import { HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { MemorySaver } from "@langchain/langgraph";
import { policyMiddleware } from "@interlatch/langchain";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { createDeepAgent, FilesystemBackend, GENERAL_PURPOSE_SUBAGENT } from "deepagents";
import { z } from "zod";
import { call, ScriptedModel, type ScriptedTurn } from "../scripted-model.ts";
import { toolPolicy } from "../tool-policy.ts";

const text = { type: "string" } as const;
/** Files are read freely, `/note.txt` is written freely, edits take a person; commands, refunds and all else are denied. */
const POLICY = toolPolicy(
  {
    ls: {},
    read_file: {},
    write_todos: {},
    task: { arguments: { type: "object", properties: { description: text, subagent_type: text } } },
    write_file: {
      operation: "write",
      arguments: {
        type: "object",
        properties: {
          file_path: { type: "string", enum: ["/note.txt"] },
          content: text,
        },
      },
    },
    edit_file: { operation: "write" },
    execute: { operation: "write" },
    refund: { operation: "write" },
    look: {},
    own: {},
  },
  [
    { name: "no_commands", tools: ["execute"], action: "deny" },
    { name: "no_refunds", tools: ["refund"], action: "deny" },
    { name: "edits", tools: ["edit_file"], action: "review" },
  ],
);

const HELLO = { messages: [new HumanMessage("go")] };
export const write = (file_path: string, id: string) =>
  call("write_file", { file_path, content: "hello" }, id);
export const task = (subagent_type: string, id: string) =>
  call("task", { description: "do it", subagent_type }, id);

/** What else the agent is made with. */
type Params = (
  policy: ReturnType<typeof policyMiddleware>,
  model: ScriptedModel,
  guard: TestGuard,
) => object;

/**
 * A deep agent as the README sets it up, or as these parameters do. One script is for it and its sub-agents.
 *
 * @param root - the folder that it works in
 */
export async function deepAgent(
  root: string,
  turns: readonly ScriptedTurn[],
  params: Params = (policy) => ({
    middleware: [policy],
    subagents: [{ ...GENERAL_PURPOSE_SUBAGENT, middleware: [policy] }],
  }),
) {
  const guard = await testGuard(POLICY);
  const ran: string[] = [];
  const model = new ScriptedModel(turns);
  const reviewer = () => ({ id: "rita", groups: ["reviewer"] });
  const refund = tool(() => `refunded ${ran.push("refund")}`, {
    name: "refund",
    description: "gives money back",
    schema: z.object({}),
  });
  const given = {
    model,
    tools: [refund],
    backend: new FilesystemBackend({ rootDir: root, virtualMode: true }),
    checkpointer: new MemorySaver(),
    ...params(policyMiddleware(guard, { reviewer }), model, guard),
  };
  const agent = createDeepAgent(given as unknown as Parameters<typeof createDeepAgent>[0]); // its types infer each part
  const config = { configurable: { interlatch: guard.ticket(), thread_id: "t1" } };
  const go = async (input: unknown = HELLO): Promise<{ readonly messages: BaseMessage[] }> =>
    (await agent.invoke(input as typeof HELLO, config)) as { messages: BaseMessage[] };
  /** Everything that any of the agents was told of its calls. */
  const told = (): ReadonlyMap<string, ToolMessage> =>
    new Map(
      model.memory.seen
        .flat()
        .filter((one) => ToolMessage.isInstance(one))
        .map((one) => [one.tool_call_id, one]),
    );
  const records = () =>
    guard.audit.records.flatMap((one) =>
      one.type === "outcome" ? [`${one.tool} ${one.outcome}`] : [],
    );
  return { go, guard, ran, told, records, model };
}
