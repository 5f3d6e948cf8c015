import {
  DynamicStructuredTool,
  DynamicTool,
  isRunnableToolLike,
  StructuredTool,
  Tool,
  type ClientTool,
  type ServerTool,
} from "@langchain/core/tools";

/** A call as a model makes it. `type` tells it from a tool's plain arguments. */
export interface ToolCallInput {
  readonly type: "tool_call";
  readonly name: string;
  readonly args: unknown;
  readonly id?: string;
}

/** Tells a call from plain arguments the way the framework does: by its `type`. */
export function isToolCall(input: unknown): input is ToolCallInput {
  return (
    typeof input === "object" && input !== null && "type" in input && input.type === "tool_call"
  );
}

/** A tool that this process runs. What a provider runs is a description without an `invoke`. */
export function isClientTool(tool: ClientTool | ServerTool): tool is ClientTool {
  return "invoke" in tool && typeof tool.invoke === "function";
}

/** The name by which a policy knows a tool; provider tools have one of several forms. */
export function nameOf(tool: ClientTool | ServerTool): string {
  const described = tool as { name?: unknown; type?: unknown; function?: { name?: unknown } };
  return String(described.name ?? described.function?.name ?? described.type ?? "");
}

const FRAMEWORK_CALLS: ReadonlySet<unknown> = new Set(
  [StructuredTool, Tool, DynamicTool, DynamicStructuredTool].map(({ prototype }) => prototype.call),
);

/** Whether a `call` is a class's own. One of another copy of the framework counts as such, which is safe. */
export function overridesCall(call: unknown): boolean {
  return !FRAMEWORK_CALLS.has(call);
}

/** Whether a class brings its own `invoke`. */
export function overridesInvoke(tool: ClientTool): boolean {
  return !isRunnableToolLike(tool) && tool.invoke !== StructuredTool.prototype.invoke;
}
