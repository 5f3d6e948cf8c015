import type { Expression } from "@interlatch/core";
import type { Compiled } from "../compile.ts";
import type { Finding, Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { everyExpression } from "../expressions/parts.ts";
import { argumentOf } from "./free-text.ts";
import type { Judged, Judges } from "./judges.ts";
import { type LooseningAtom, looseningAtoms } from "./loosening.ts";

/**
 * Tests that let calls through and go through a value of unknown kind. CEL goes through the keys of an object as
 * through the items of a list, so that `{"ok@acme.test": "evil@x.test"}` passes for a list of good addresses.
 */
export function lintKinds(compiled: Compiled, judges: Judges, reporter: Reporter): void {
  const { notes } = compiled.conditions;
  for (const { rule } of compiled.rules) {
    if (rule.when === undefined) continue;
    const judged = judges.ofRule(rule, rule.when);
    for (const { atom, locals } of looseningAtoms(rule.when, rule.action))
      for (const one of everyExpression(atom.expression)) {
        const found = findingOf(one, locals, judged, (of) => `\`${shown(notes.textOf(of))}\``);
        if (found !== undefined) reporter.warning({ ...found, at: notes.spanOf(one) });
      }
  }
}

/** What goes through a value, and the value. */
function reading(
  expression: Expression,
): { readonly name: string; readonly of: Expression } | undefined {
  if (expression.kind === "comprehension") return { name: expression.macro, of: expression.over };
  if (expression.kind === "compare" && expression.operator === "in")
    return { name: "in", of: expression.right };
  const [of] =
    expression.kind === "call" && expression.function === "size" ? expression.arguments : [];
  return of === undefined ? undefined : { name: "size", of };
}

function findingOf(
  expression: Expression,
  locals: LooseningAtom["locals"],
  { judges }: Judged,
  text: (of: Expression) => string,
): Omit<Finding, "at"> | undefined {
  const read = reading(expression);
  const argument = read === undefined ? undefined : argumentOf(read.of, locals);
  if (read === undefined || argument === undefined) return undefined;
  const isEither = judges.some((judge) => {
    const { kinds } = judge.known(read.of);
    return kinds.has("list") && kinds.has("map");
  });
  if (!isEither) return undefined;
  const what =
    read.name === "size"
      ? "`size` counts the keys of an object and the characters of a text as it counts the items of a list"
      : `\`${read.name}\` goes through the keys of an object as through the items of a list`;
  return {
    code: "kind_unknown",
    message: `${what}, and nothing says which ${text(read.of)} is.`,
    hint: `Describe the argument under \`tools\`: \`${argument.name}: { type: array, items: { type: string } }\`.`,
  };
}
