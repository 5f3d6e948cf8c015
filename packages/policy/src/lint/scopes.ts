import type { Access, ToolPolicy, ValueTemplate } from "@interlatch/core";
import type { BuiltProfile } from "../build/agents.ts";
import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import type { Span } from "../yaml/source.ts";
import { entryOf, type YamlMap } from "../yaml/tree.ts";

/** Profiles that let agents touch more than any tool of theirs does. */
export function lintScopes(compiled: Compiled, reporter: Reporter): void {
  const tools = new Map(compiled.tools.map(({ name, policy }) => [name, policy]));
  for (const built of compiled.profiles) {
    const entry = compiled.parts.agents?.find(({ keyAt }) => keyAt === built.at);
    const node = entry?.value.kind === "map" ? entry.value : undefined;
    const own = built.profile.tools.flatMap((name) => tools.get(name) ?? []);
    new ScopeLint(built, own, node, reporter).run();
  }
}

const DIMENSIONS = ["databases", "endpoints", "network", "paths"] as const;
type Dimension = (typeof DIMENSIONS)[number];

/** What stands in a profile as one thing that may be touched. */
interface Grant {
  readonly dimension: Dimension;
  readonly name: string;
  readonly access?: Access;
}

/** What a tool of the profile touches: a text that is known, or one that each call gives. */
interface Touch {
  readonly name: string | undefined;
  readonly access?: Access;
}

class ScopeLint {
  readonly #built: BuiltProfile;
  readonly #touches: Readonly<Record<Dimension, readonly Touch[]>>;
  readonly #node: YamlMap | undefined;
  readonly #reporter: Reporter;

  constructor(
    built: BuiltProfile,
    tools: readonly ToolPolicy[],
    node: YamlMap | undefined,
    reporter: Reporter,
  ) {
    this.#built = built;
    this.#touches = touchesOf(tools);
    this.#node = node;
    this.#reporter = reporter;
  }

  run(): void {
    for (const grant of grantsOf(this.#built)) {
      const everything = isEverything(grant);
      if (everything !== undefined) this.#tooWide(grant, everything);
      else this.#unused(grant);
    }
  }

  #tooWide(grant: Grant, everything: string): void {
    this.#reporter.warning({
      code: "scope_too_wide",
      at: this.#placeOf(grant),
      message: `\`${shown(grant.name)}\` in the agent profile \`${this.#built.name}\` is ${everything}.`,
      hint: "Name what these agents need.",
    });
  }

  #unused(grant: Grant): void {
    const { dimension, name, access } = grant;
    const touches = this.#touches[dimension];
    const mayUse = touches.filter(
      (touch) => touch.name === undefined || mayCover(grant, touch.name),
    );
    const profile = `the agent profile \`${this.#built.name}\``;
    if (mayUse.length === 0) {
      const message = `No tool of ${profile} touches \`${shown(name)}\` (\`${dimension}\`).`;
      this.#warn(grant, message, "Leave it out, or say in the tool's `resources` that it does.");
    } else if (access === "write" && mayUse.every((touch) => touch.access === "read")) {
      const message = `No tool of ${profile} writes to \`${shown(name)}\` (\`${dimension}\`).`;
      this.#warn(grant, message, "`read` is enough.");
    }
  }

  #warn(grant: Grant, message: string, hint: string): void {
    this.#reporter.warning({ code: "scope_unused", at: this.#placeOf(grant), message, hint });
  }

  #placeOf({ dimension, name }: Grant): Span {
    const entry = this.#node === undefined ? undefined : entryOf(this.#node, dimension);
    const value = entry?.value;
    if (value?.kind === "map") return entryOf(value, name)?.keyAt ?? value.at;
    if (value?.kind === "list") {
      const item = value.items.find((one) => one.kind === "scalar" && one.value === name);
      return item?.at ?? value.at;
    }
    return value?.at ?? this.#built.at;
  }
}

function grantsOf({ profile }: BuiltProfile): readonly Grant[] {
  const { databases = {}, endpoints = [], network = [], paths = {} } = profile;
  const access = (
    dimension: "databases" | "paths",
    names: { readonly [name: string]: Access },
  ): readonly Grant[] =>
    Object.entries(names).map(([name, one]) => ({ dimension, name, access: one }));
  return [
    ...access("databases", databases),
    ...endpoints.map((name) => ({ dimension: "endpoints", name }) as const),
    ...network.map((name) => ({ dimension: "network", name }) as const),
    ...access("paths", paths),
  ];
}

function touchesOf(tools: readonly ToolPolicy[]): Readonly<Record<Dimension, readonly Touch[]>> {
  const touches: Record<Dimension, Touch[]> = {
    databases: [],
    endpoints: [],
    network: [],
    paths: [],
  };
  for (const { resources } of tools) {
    const { databases = {}, endpoints = [], network = [], paths = [] } = resources ?? {};
    touches.databases.push(
      ...Object.entries(databases).map(([name, access]) => ({ name, access })),
    );
    touches.endpoints.push(...endpoints.flatMap(namesOf));
    touches.network.push(...network.flatMap(namesOf));
    touches.paths.push(
      ...paths.flatMap(({ path, access }) => namesOf(path).map((touch) => ({ ...touch, access }))),
    );
  }
  return touches;
}

function namesOf(template: ValueTemplate): readonly Touch[] {
  if (template.kind !== "literal") return [{ name: undefined }];
  const values: readonly unknown[] = Array.isArray(template.value)
    ? template.value
    : [template.value];
  return values.map((value) => ({ name: typeof value === "string" ? value : undefined }));
}

/** What an entry stands for where it stands for all there is. */
function isEverything({ dimension, name }: Grant): string | undefined {
  switch (dimension) {
    case "databases":
      return undefined;
    case "endpoints":
      return /^(?:\*\*?|\*\*?:\/\/.*|[a-z][a-z0-9+.-]*:\/\/\*\*?(?::\*)?(?:\/\*\*?)?)$/i.test(name)
        ? "every endpoint there is"
        : undefined;
    case "network":
      if (/^(?:\*\*|\*)$/.test(name)) return "every host there is";
      return /\/0+$/.test(name) ? "every address there is" : undefined;
    case "paths":
      return /^\/+$/.test(name) ? "the whole file system" : undefined;
  }
}

/** Whether an entry may cover a text; a `true` too many only keeps a warning back. */
function mayCover({ dimension, name }: Grant, touched: string): boolean {
  if (name === touched) return true;
  switch (dimension) {
    case "databases":
      return false;
    case "paths":
      return (
        touched.includes("..") ||
        touched.includes("%") ||
        touched.startsWith(name.replace(/\/+$/, ""))
      );
    case "network":
      // Which address lies in which range is for the engine to say.
      return name.includes("/") || name.includes(":") || mayMatch(name, touched);
    case "endpoints":
      return mayMatch(name, touched) || mayMatch(name, `${touched}/`) || touched.includes("%");
  }
}

/** Matches every star against anything, so more than the run time does. */
function mayMatch(glob: string, text: string): boolean {
  const [first = "", ...rest] = glob.toLowerCase().split(/\*+/);
  const whole = text.toLowerCase();
  if (rest.length === 0) return first === whole;
  if (!whole.startsWith(first)) return false;
  let from = first.length;
  for (const piece of rest) {
    const at = whole.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return whole.endsWith(rest.at(-1) ?? "");
}
