import type { ClientTool } from "@langchain/core/tools";

/** Whether this is a tool of an MCP server, as `@langchain/mcp-adapters` makes them. */
export function isMcpTool(tool: ClientTool): boolean {
  const { metadata, responseFormat } = tool as {
    readonly metadata?: unknown;
    readonly responseFormat?: unknown;
  };
  return (
    typeof metadata === "object" &&
    metadata !== null &&
    Object.hasOwn(metadata, "annotations") &&
    responseFormat === "content_and_artifact"
  );
}

/**
 * The arguments of a call to an MCP server, so that nothing changes them any more. Its client has a `beforeToolCall`
 * hook that writes other arguments over them, after they were judged: that then throws, and nothing is sent.
 */
export function unchangeable(value: unknown): unknown {
  // Bytes cannot be frozen; JavaScript throws.
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  Object.values(value).forEach(unchangeable);
  return Object.freeze(value);
}
