import { VARIABLES } from "@interlatch/core";
import { oneOf } from "../diagnostics/words.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { valueOf, type YamlEntry, type YamlMap } from "../yaml/tree.ts";
import { LATER_VARIABLES } from "./vocabulary.ts";

/** Names that other languages have for what this one calls otherwise. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  args: "arguments",
  params: "arguments",
  parameters: "arguments",
  input: "arguments",
  principal: "agent",
  now: "request.time",
  time: "request.time",
  data: "data_type",
  role: "agent.role",
  roles: "agent.roles",
  function: "agent.function",
  True: "true",
  TRUE: "true",
  False: "false",
  FALSE: "false",
  None: "null",
  nil: "null",
  undefined: "null",
  NULL: "null",
  Null: "null",
};

/**
 * The fields that somebody may have meant by their bare name: arguments of tools, and facts.
 *
 * @returns the whole path by the name
 */
export function fieldNames(
  tools: readonly YamlEntry[],
  facts: readonly YamlEntry[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>(facts.map(({ key }) => [key, `facts.${key}`]));
  for (const { value: tool } of tools) {
    const schema = mapIn(tool.kind === "map" ? tool : undefined, "arguments");
    for (const { key } of mapIn(schema, "properties")?.entries ?? [])
      names.set(key, `arguments.${key}`);
  }
  return names;
}

function mapIn(map: YamlMap | undefined, key: string): YamlMap | undefined {
  const value = map === undefined ? undefined : valueOf(map, key);
  return value?.kind === "map" ? value : undefined;
}

/** What to write instead of a name that has no meaning. */
export function nameHint(
  name: string,
  here: readonly string[],
  fields: ReadonlyMap<string, string>,
  reporter: Reporter,
): string {
  const known = [...VARIABLES, ...here];
  const right =
    fields.get(name) ??
    (Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined) ??
    reporter.nearest(name, [...known, ...LATER_VARIABLES]) ??
    fields.get(reporter.nearest(name, [...fields.keys()]) ?? "");
  if (right !== undefined) return `Did you mean \`${right}\`?`;
  return `An argument is read as \`arguments.${name}\`, a text is quoted: \`"${name}"\`. Known here: ${oneOf(known)}.`;
}
