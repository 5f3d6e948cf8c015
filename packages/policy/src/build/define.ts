import type { Definition } from "../conditions/conditions.ts";
import { ALL_FUNCTIONS, isVariable, LATER_VARIABLES } from "../conditions/vocabulary.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { isText } from "../document/fields.ts";
import { IDENTIFIER } from "../document/names.ts";
import type { YamlEntry } from "../yaml/tree.ts";

/** Words that the grammar of conditions keeps for itself. */
const RESERVED: readonly string[] = [
  ..."true false null in as break const continue else for function if import let loop package".split(
    " ",
  ),
  ..."namespace return var void while prototype".split(" "),
];

/** The named conditions, by name. */
export function definitionsOf(
  entries: readonly YamlEntry[],
  reporter: Reporter,
): ReadonlyMap<string, Definition> {
  const definitions = new Map<string, Definition>();
  for (const { key: name, keyAt, value } of entries) {
    const why = refusal(name);
    if (why === undefined)
      definitions.set(name, { name, keyAt, scalar: isText(value) ? value : undefined });
    else
      reporter.error({
        code: "bad_name",
        at: keyAt,
        message: `\`${shown(name)}\` cannot name a condition: ${why}.`,
      });
  }
  return definitions;
}

function refusal(name: string): string | undefined {
  if (!IDENTIFIER.test(name)) return "letters, digits and `_`, not a digit first, at most 64";
  if (isVariable(name) || LATER_VARIABLES.includes(name)) return "it is a variable of the language";
  if (ALL_FUNCTIONS.includes(name)) return "it is a function of the language";
  return RESERVED.includes(name) ? "it is a reserved word" : undefined;
}
