import { INVISIBLE } from "../definitions/invisible.ts";
import { NO_ARGUMENTS } from "../snapshot/snapshot.ts";
import type { LoadedBundle } from "./bundles.ts";
import { factsFor } from "./judge.ts";
import type { RunIdentity } from "./tickets.ts";

/** The tools an agent could ever be allowed or asked about, with readable descriptions. Without a ticket or a bundle: none. */
export function visibleTools<Tool extends { readonly name: string; readonly description?: string }>(
  run: RunIdentity | undefined,
  bundle: LoadedBundle | null,
  time: number,
  tools: readonly Tool[],
): readonly Tool[] {
  if (run === undefined || bundle === null) return [];
  const { agent, delegation, user, tenant, session, context } = run;
  const facts = factsFor(run, bundle);
  // In shadow nothing is withheld.
  const isOpen = bundle.status.mode === "shadow";
  const seen = tools.filter(
    (tool) =>
      isOpen ||
      bundle.evaluator.mayEver(
        bundle.evaluator.request({
          tool: tool.name,
          arguments: NO_ARGUMENTS,
          agent,
          delegation,
          user,
          tenant,
          session,
          facts,
          context,
          time,
        }),
      ),
  );
  return seen.map((tool) => {
    // A description comes from whoever made the tool, and is not always the text its type says.
    if (typeof tool.description !== "string") return tool;
    const description = tool.description.replace(INVISIBLE, "");
    return description === tool.description ? tool : withDescription(tool, description);
  });
}

/** A tool of the same class with the same members, but for its description. */
function withDescription<Tool extends object>(tool: Tool, description: string): Tool {
  const members = {
    ...Object.getOwnPropertyDescriptors(tool),
    description: { value: description, enumerable: true, writable: true, configurable: true },
  };
  return Object.create(Object.getPrototypeOf(tool), members) as Tool; // the same members as before
}
