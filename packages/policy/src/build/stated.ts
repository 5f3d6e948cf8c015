import type { Dimension } from "@interlatch/core";
import type { Reporter } from "../diagnostics/reporter.ts";
import { allOf } from "../diagnostics/words.ts";
import type { BuiltProfile } from "./agents.ts";
import type { BuiltTool } from "./tools.ts";

const EXAMPLES: Readonly<Record<Dimension, string>> = {
  databases: "{ databases: { NAME: read } }",
  endpoints: '{ endpoints: ["{arguments.url}"] }',
  network: '{ network: ["{arguments.host}"] }',
  paths: '{ paths: { "{arguments.path}": read } }',
};

/**
 * Reports tools in profiles that do not say what they touch. Where a profile restricts anything, silence would let
 * such a tool past the ceiling and is an error; elsewhere it counts as `none`, with a warning.
 */
export function checkStated(
  profiles: readonly BuiltProfile[],
  tools: Iterable<BuiltTool>,
  reporter: Reporter,
): void {
  const dimensions = restrictedBy(profiles);
  const holders = holdersByTool(profiles);
  for (const { name, at, resources, implicit } of tools) {
    const profile = holders.get(name);
    if (resources.isStated || profile === undefined) continue;
    const [first] = dimensions;
    if (first === undefined) {
      // Of a tool that only a rule names all is taken for granted, which is said already.
      if (implicit) continue;
      reporter.warning({
        code: "resources_left_out",
        at,
        message: `The tool \`${name}\` does not say what it touches; it is taken to touch nothing.`,
        hint: "Write `resources: none`, or what it touches.",
      });
      continue;
    }
    reporter.error({
      code: "missing_key",
      at,
      message: `The tool \`${name}\` has no \`resources\`. It is in the agent profile \`${profile}\`, and profiles restrict ${allOf(dimensions)}, so it must say what it touches.`,
      hint: `Write \`resources: none\`, or what it touches, such as \`resources: ${EXAMPLES[first]}\`.`,
    });
  }
}

function restrictedBy(profiles: readonly BuiltProfile[]): readonly Dimension[] {
  return (["databases", "endpoints", "network", "paths"] as const).filter((dimension) =>
    profiles.some(({ profile }) => profile[dimension] !== undefined),
  );
}

/** The first profile that holds each tool. */
function holdersByTool(profiles: readonly BuiltProfile[]): ReadonlyMap<string, string> {
  const holders = new Map<string, string>();
  for (const { name, profile } of profiles) {
    for (const tool of profile.tools) if (!holders.has(tool)) holders.set(tool, name);
  }
  return holders;
}
