import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import type { YamlEntry, YamlMap } from "../yaml/tree.ts";
import { entryOf } from "../yaml/tree.ts";
import { COLUMNS } from "./schema.ts";

const IDENTITY_PARTS: readonly string[] = ["agent", "user", "tenant", "context"];
/** What a column may name a part of by its path. */
const ROOTS = ["arguments", "call", "identity", "agent", "user", "context", "facts", "expect"];

/**
 * Lays defaults, a case and a row of its table over each other. Nodes keep their places, so whatever is wrong with a
 * row is said where the row has it. A key replaces what was there whole, but for `arguments`, which are laid key by
 * key; `agent` and its siblings replace that part of the `identity`; a path replaces what it names.
 *
 * @param layers - the later ones win
 */
export function layOver(base: YamlMap, layers: readonly YamlMap[]): YamlMap {
  let made: YamlMap = { ...base, entries: [] };
  for (const layer of layers) {
    // From the whole to its parts: `identity` first, then `agent`, then `agent.roles`.
    const entries = layer.entries
      .filter(({ key }) => key !== "table")
      .map((entry) => ({ entry, path: pathOf(entry.key) }))
      .sort((a, b) => a.path.length - b.path.length);
    for (const { entry, path } of entries) made = lay(made, path, entry);
  }
  return made;
}

function lay(map: YamlMap, path: readonly string[], entry: YamlEntry): YamlMap {
  if (entry.key !== "arguments" || entry.value.kind !== "map") return set(map, path, entry);
  // Also where it is empty there are arguments from now on.
  const start = set(map, path, { ...entry, value: { ...entry.value, entries: [] } }, "keep");
  return entry.value.entries.reduce((made, one) => set(made, [...path, one.key], one), start);
}

function set(
  map: YamlMap,
  [first = "", ...rest]: readonly string[],
  entry: YamlEntry,
  there: "replace" | "keep" = "replace",
): YamlMap {
  const known = entryOf(map, first);
  const inner: YamlMap =
    known?.value.kind === "map" ? known.value : { kind: "map", at: entry.keyAt, entries: [] };
  const value =
    rest.length > 0
      ? set(inner, rest, entry, there)
      : there === "keep" && known !== undefined
        ? known.value
        : entry.value;
  const keyAt = rest.length > 0 ? (known?.keyAt ?? entry.keyAt) : entry.keyAt;
  const made = { key: first, keyAt, value };
  const entries =
    known === undefined
      ? [...map.entries, made]
      : map.entries.map((one) => (one.key === first ? made : one));
  return { ...map, entries };
}

function pathOf(key: string): readonly string[] {
  const [first = "", ...rest] = key.split(".");
  if (first === "arguments") return ["call", first, ...rest];
  return IDENTITY_PARTS.includes(first) ? ["identity", first, ...rest] : [first, ...rest];
}

/** A row without the columns that name nothing, which are reported. */
export function knownColumns(row: YamlMap, reporter: Reporter): YamlMap {
  const entries = row.entries.filter((entry) => {
    const [first = "", ...rest] = entry.key.split(".");
    const isKnown = rest.length === 0 ? COLUMNS.includes(first) : isPath(first, rest);
    if (!isKnown) reportColumn(entry, first, rest, reporter);
    return isKnown;
  });
  return { ...row, entries };
}

function reportColumn(
  { key, keyAt }: YamlEntry,
  first: string,
  rest: readonly string[],
  reporter: Reporter,
): void {
  const near = reporter.nearest(first, rest.length === 0 ? COLUMNS : ROOTS);
  const hint =
    near === undefined || near === first
      ? `A column is ${COLUMNS.join(", ")}, or a path into one, like arguments.size.`
      : `Did you mean \`${[near, ...rest].join(".")}\`?`;
  const message = `\`${shown(key)}\` is not a column of a table.`;
  reporter.error({ code: "unknown_key", at: keyAt, message, hint });
}

function isPath(first: string, rest: readonly string[]): boolean {
  return ROOTS.includes(first) && rest.every((part) => part !== "");
}
