import { isMethod, isSearch, ownTool, type AnyTools } from "./bond.ts";
import type { Results } from "./results.ts";

/** A part of a UI message about a tool call, as far as its result is concerned. */
interface ResultPart {
  readonly type: string;
  readonly toolName?: string;
  readonly toolCallId?: string;
  readonly state?: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly approval?: { readonly reason?: string };
}

/** In place of an output that nobody here has given. */
export const UNKNOWN_RESULT =
  "The result of this call is not known here and was left out. Make the call again if it is needed.";

/** In place of the words of an error: they are the client's by now. */
export const FAILED = "The tool failed.";

/**
 * A part of a history whose result the model may read. What a guarded tool is said to have given, and has not, is
 * replaced by a sentence, so that each call still has its answer; so are the words of an error, and those of a denial
 * that were not said here. A tool that runs at the client or at the provider has results that nobody here could know:
 * they stay. Which tools those are the host's own tools say, and not the part.
 */
export async function knownPart<Part extends ResultPart>(
  part: Part,
  tools: AnyTools,
  results: Results,
): Promise<Part> {
  const name = toolOf(part);
  if (name === null || isElsewhere(name, tools)) return part;
  const call = { id: part.toolCallId, tool: name, input: part.input };
  switch (part.state) {
    case "output-available": {
      const { output } = part;
      return (await results.has(call, { output })) ? part : failed(part, UNKNOWN_RESULT);
    }
    case "output-error":
      return failed(part, FAILED);
    case "output-denied": {
      const { reason, ...approval } = part.approval ?? {};
      const isSaid = reason === undefined || (await results.has(call, { reason }));
      return isSaid ? part : { ...part, approval };
    }
    case undefined:
    default:
      return part;
  }
}

function failed<Part extends ResultPart>(part: Part, errorText: string): Part {
  const { output: _, ...rest } = part;
  // As a part of the same call that came to another end; the provider has not run what has a tool here.
  return { ...rest, state: "output-error", errorText, providerExecuted: false } as unknown as Part;
}

function isElsewhere(name: string, tools: AnyTools): boolean {
  const tool = ownTool(tools, name);
  return tool !== undefined && (!isMethod(tool.execute) || isSearch(tool));
}

function toolOf({ type, toolName = "" }: ResultPart): string | null {
  if (type === "dynamic-tool") return toolName;
  return type.startsWith("tool-") ? type.slice("tool-".length) : null;
}
