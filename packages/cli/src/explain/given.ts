import type { Denial, FallbackTool, Json } from "@interlatch/core";

/** What an agent gets in place of a denied call, as people read and write it. */
export type Given =
  | { readonly message: string }
  | { readonly value: Json }
  | { readonly tool: string; readonly arguments: Json }
  | { readonly route: string };

/** Stands in for every lesser tool where nothing is run: it gives back what the tool would get. */
export const TRIAL: { readonly fallbackTool: () => FallbackTool } = {
  fallbackTool: () => ({ execute: (args: Json) => args }),
};

/** What a denial gives, where {@link TRIAL} stood in for lesser tools. */
export function givenBy(denial: Denial): Given {
  switch (denial.kind) {
    case "value":
      return { value: denial.value };
    case "tool":
      return { tool: denial.tool, arguments: denial.result as Json }; // what `TRIAL` gave back
    case "route":
      return { route: denial.route };
    // Where it is thrown or not is the host's to say; the words are the same.
    case "throw":
    case "message":
      return { message: denial.message };
  }
}
