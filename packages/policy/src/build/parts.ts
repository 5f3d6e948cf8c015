import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { textsAt } from "../document/fields.ts";
import type { SourceFile, Span } from "../yaml/source.ts";
import { entryOf, type YamlEntry, type YamlMap, type YamlNode } from "../yaml/tree.ts";

/** One read file: its tree, and the nodes the schema found fault with. */
export interface PolicyFile {
  readonly file: SourceFile;
  readonly root: YamlNode;
  readonly faulty: ReadonlySet<YamlNode>;
}

/**
 * Reports every `include` that was not followed.
 *
 * @returns whether everything that is named is there
 */
function checkIncludes(files: readonly PolicyFile[], reporter: Reporter): boolean {
  const paths = new Set(files.map(({ file }) => file.path));
  let isComplete = true;
  for (const { file, root } of files) {
    for (const { value: entry, at } of root.kind === "map" ? textsAt(root, "include") : []) {
      const outcome = file.includes?.get(entry);
      const isFollowed =
        outcome !== undefined &&
        "files" in outcome &&
        outcome.files.every((path) => paths.has(path));
      if (isFollowed) continue;
      isComplete = false;
      const message =
        outcome !== undefined && "refused" in outcome
          ? outcome.refused
          : `\`${shown(entry)}\` was not read, so the policy would lack what it says.`;
      reporter.error({ code: "bad_include", at, message });
    }
  }
  return isComplete;
}

/** The files of a policy as one: sections are united, single keys may stand once. */
export interface PolicyParts {
  /** The first file's `interlatch`, for what is missing from all. */
  readonly at: Span;
  readonly single: ReadonlyMap<SingleKey, YamlEntry>;
  /** `undefined`: no file has the section. */
  readonly agents: readonly YamlEntry[] | undefined;
  readonly tools: readonly YamlEntry[];
  readonly pins: readonly YamlEntry[];
  readonly facts: readonly YamlEntry[];
  readonly shapes: readonly YamlEntry[];
  readonly define: readonly YamlEntry[];
  readonly rules: readonly YamlNode[];
  /** Whether a section could not be read, so that names may be missing that were written. */
  readonly incomplete: boolean;
  /** Top-level keys of any file. */
  readonly keys: ReadonlySet<string>;
  isFaulty(node: YamlNode): boolean;
}

/** Keys that one file of a policy may have. */
export type SingleKey = "id" | "description" | "mode" | "fallback";
const SINGLE: readonly SingleKey[] = ["id", "description", "mode", "fallback"];

/** Merges the files by union and reports what two of them define. */
export function mergeFiles(
  files: readonly PolicyFile[],
  at: Span,
  reporter: Reporter,
): PolicyParts {
  const isComplete = checkIncludes(files, reporter);
  const roots = files.map((file) => file.root).filter((root) => root.kind === "map");
  const single = new Map<SingleKey, YamlEntry>();
  for (const key of SINGLE) {
    for (const root of roots) {
      const entry = entryOf(root, key);
      if (entry === undefined) continue;
      const first = single.get(key);
      if (first === undefined) single.set(key, entry);
      else reportTwice(reporter, entry.keyAt, first.keyAt, `\`${key}\``);
    }
  }
  const section = (name: string): readonly YamlEntry[] => union(roots, name, reporter);
  const [firstRoot] = roots;
  return {
    at: (firstRoot === undefined ? undefined : entryOf(firstRoot, "interlatch")?.keyAt) ?? at,
    single,
    agents: roots.some((root) => entryOf(root, "agents") !== undefined)
      ? section("agents")
      : undefined,
    tools: section("tools"),
    pins: section("pins"),
    facts: section("facts"),
    shapes: section("shapes"),
    define: section("define"),
    rules: roots.flatMap((root) => {
      const rules = entryOf(root, "rules")?.value;
      return rules?.kind === "list" ? rules.items : [];
    }),
    incomplete: !isComplete || roots.length < files.length || roots.some(hasUnreadSection),
    keys: new Set(roots.flatMap((root) => root.entries.map((entry) => entry.key))),
    isFaulty: (node) => files.some((file) => file.faulty.has(node)),
  };
}

const SECTIONS: readonly string[] = ["agents", "tools", "pins", "facts", "shapes", "define"];

function hasUnreadSection(root: YamlMap): boolean {
  return root.entries.some(({ key, value }) => SECTIONS.includes(key) && value.kind !== "map");
}

function union(
  roots: readonly YamlMap[],
  section: string,
  reporter: Reporter,
): readonly YamlEntry[] {
  const entries = new Map<string, YamlEntry>();
  for (const root of roots) {
    const node = entryOf(root, section)?.value;
    if (node?.kind !== "map") continue;
    for (const entry of node.entries) {
      const look = entry.key.normalize("NFKC");
      const first = entries.get(look);
      if (first === undefined) entries.set(look, entry);
      else reportTwice(reporter, entry.keyAt, first.keyAt, `\`${entry.key}\` (\`${section}\`)`);
    }
  }
  return [...entries.values()];
}

/** Reports a second definition and names the place of the first. */
export function reportTwice(reporter: Reporter, at: Span, first: Span, what: string): void {
  const { line } = first.file.positionOf(first.start);
  const place = first.file === at.file ? `on line ${line}` : `in ${first.file.path}:${line}`;
  reporter.error({
    code: "duplicate_name",
    at,
    message: `${what} is defined a second time; the first is ${place}.`,
  });
}
