import type { ModelAnswer, ScriptedCall, ScriptedTool } from "@interlatch/conformance";
import { ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import { tool, type DynamicStructuredTool } from "@langchain/core/tools";
import type { ModelMemory } from "../scripted-model.ts";

/** Takes any object. */
const ANY = { type: "object", properties: {}, additionalProperties: true } as const;

/** LangChain tools for the kit's. */
export function toolsOf(tools: readonly ScriptedTool[]): DynamicStructuredTool[] {
  return tools.map(({ name, execute }) =>
    tool(async (args: unknown) => execute(args), {
      name,
      description: name || "no name",
      schema: ANY,
    }),
  );
}

/** Calls as a LangChain model makes them. */
export function callsOf(calls: readonly ScriptedCall[]): ToolCall[] {
  return calls.map(({ id, tool: name, arguments: args }) => ({
    type: "tool_call",
    id,
    name,
    // Their own mutable copy, as a provider's client would have parsed it; an own __proto__ stays one.
    args: JSON.parse(JSON.stringify(args)) as Record<string, unknown>,
  }));
}

/** The tool messages of the last conversation that the model saw. */
export function answersSeen({ seen }: ModelMemory): readonly ModelAnswer[] {
  const last = seen.length > 1 ? (seen.at(-1) ?? []) : [];
  return last
    .filter((message) => ToolMessage.isInstance(message))
    .map((message) => ({ id: message.tool_call_id, text: message.text }));
}
