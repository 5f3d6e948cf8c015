import type { BuiltRule } from "../build/rules.ts";
import type { Compiled } from "../compile.ts";

/** The rules for each tool. Made once for a policy: asking every rule about every tool takes minutes for thousands. */
export function rulesByTool({ rules }: Compiled): ReadonlyMap<string, readonly BuiltRule[]> {
  const byTool = new Map<string, BuiltRule[]>();
  for (const built of rules) {
    for (const tool of built.rule.tools) {
      const there = byTool.get(tool);
      if (there === undefined) byTool.set(tool, [built]);
      else there.push(built);
    }
  }
  return byTool;
}
