import { shownDefinition } from "@interlatch/core";
import type { Bond } from "./bond.ts";

/** A model middleware of either major: for `wrapLanguageModel({ model, middleware: g.hideTools })`. */
export interface HideTools {
  readonly specificationVersion: "v3";
  /** Takes the tools out of a call of the model, in each step anew. */
  transformParams<Parameters extends object>(given: {
    readonly params: Parameters;
  }): Promise<Parameters>;
}

/** A tool as a model is told of it. */
interface ToldTool {
  readonly type?: unknown;
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
}

/** What is read of a call of the model. */
interface ModelCall {
  readonly tools?: readonly ToldTool[];
  readonly toolChoice?: { readonly type?: unknown; readonly toolName?: unknown };
}

/**
 * Leaves out the tools that the agent could never be allowed, those that the provider runs too, and cleans the words of
 * every tool that the host has not handed to this guard as its own.
 *
 * @param own - the names of tools whose words the host has written itself
 */
export function hideToolsBy({ guard, ticket }: Bond, own: ReadonlySet<string>): HideTools {
  return {
    specificationVersion: "v3",
    transformParams: async ({ params }) => {
      const { tools: _, toolChoice, ...rest }: ModelCall = params;
      const { tools: told = [] }: ModelCall = params;
      const words = new Map(told.map((tool) => [tool.name, tool]));
      const tools = guard.visibleTools(ticket, told).map((tool) => {
        const before = words.get(tool.name);
        if (before === undefined || own.has(tool.name)) return tool;
        // Of the words as they came: those that were approved may hold what `visibleTools` has taken out.
        const shown = shownDefinition(guard, before);
        return shown === before ? tool : shown;
      });
      const wanted = toolChoice?.toolName;
      // A provider refuses a choice among tools that it is not told of.
      const isChoice = wanted === undefined || tools.some(({ name }) => name === wanted);
      const shown: ModelCall = {
        ...rest,
        ...(tools.length === 0 ? {} : { tools }),
        ...(toolChoice === undefined || tools.length === 0 || !isChoice ? {} : { toolChoice }),
      };
      return shown as typeof params; // the same call, with fewer of its optional parts
    },
  };
}
