import type { Operation } from "@interlatch/core";
import { isMap, type JsonMap, own } from "./json-values.ts";
import type { Note, ToolSource } from "./tool-source.ts";

/** Whether a document looks like the result of `tools/list`. */
export function isToolList(document: unknown): boolean {
  return toolsOf(document) !== undefined;
}

/**
 * Reads the result of `tools/list` of the Model Context Protocol, alone or within its JSON-RPC answer.
 *
 * A server describes its tools itself, and its annotations are hints that the protocol says not to trust: they make
 * an operation, which a reader of the policy confirms, and never a grant.
 *
 * @param note - is told of what was left out, with its place
 * @returns `undefined` for any other document
 *
 * @example
 * ```ts
 * import { readToolList } from "@interlatch/policy";
 * const tools = readToolList({ tools: [{ name: "search", inputSchema: { type: "object" } }] }, console.warn);
 * console.log(tools?.[0]?.name);
 * ```
 */
export function readToolList(document: unknown, note: Note): readonly ToolSource[] | undefined {
  const tools = toolsOf(document);
  if (tools === undefined) return undefined;
  const result = isMap(document) ? own(document, "result") : undefined;
  const page = isMap(result) ? result : document;
  if (isMap(page) && own(page, "nextCursor") !== undefined) {
    note("/nextCursor", "The list goes on: the server has tools that are not in this file.");
  }
  return tools.flatMap((tool, index) => {
    if (isMap(tool)) return [toolOf(tool)];
    note(`/tools/${index}`, "Is no tool; left out.");
    return [];
  });
}

function toolsOf(document: unknown): readonly unknown[] | undefined {
  if (!isMap(document)) return undefined;
  const result = own(document, "result");
  const tools = own(isMap(result) ? result : document, "tools");
  return Array.isArray(tools) ? tools : undefined;
}

function toolOf(tool: JsonMap): ToolSource {
  const annotations = own(tool, "annotations");
  const { operation, remark } = operationOf(isMap(annotations) ? annotations : {});
  const output = own(tool, "outputSchema");
  return {
    name: own(tool, "name"),
    description: own(tool, "description"),
    arguments: own(tool, "inputSchema"),
    ...(output === undefined ? {} : { output }),
    operation,
    remark,
  };
}

function operationOf(hints: JsonMap): {
  readonly operation: Operation;
  readonly remark: string;
} {
  // Both at once is what a server says that wants to be taken for harmless.
  if (own(hints, "destructiveHint") === true) {
    return { operation: "delete", remark: "delete: the server says that it destroys" };
  }
  if (own(hints, "readOnlyHint") === true) {
    return { operation: "read", remark: "read: the server's own claim; confirm it" };
  }
  return { operation: "write", remark: "write: the server claims nothing else" };
}
