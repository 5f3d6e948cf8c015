import type { Expression } from "@interlatch/core";
import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { oneOf } from "../diagnostics/words.ts";
import { find } from "./reads.ts";

/** Conditions that read the class of data of tools of which it is not said. */
export function lintUnknownData(compiled: Compiled, reporter: Reporter): void {
  const unknown = new Set(
    compiled.tools.filter(({ policy }) => policy.data === undefined).map(({ name }) => name),
  );
  for (const { rule } of compiled.rules) {
    if (rule.when === undefined) continue;
    const tools = rule.tools.filter((name) => unknown.has(name));
    warnOfUnknownData(rule.when, tools, compiled, reporter);
  }
}

function warnOfUnknownData(
  when: Expression,
  unknown: readonly string[],
  { conditions }: Compiled,
  reporter: Reporter,
): void {
  if (unknown.length === 0) return;
  const read = find(when, (one) => one.kind === "variable" && one.name === "data_type");
  if (read === undefined) return;
  const message = `\`data_type\` is not known of ${oneOf(unknown)}, so this condition is an error there.`;
  reporter.warning({
    code: "data_unknown",
    at: conditions.notes.spanOf(read),
    message,
    hint: "Say it under `tools`: `data: internal`.",
  });
}
