import type {
  Access,
  AgentProfile,
  Dimension,
  Resources,
  ToolPolicy,
  ValueTemplate,
} from "@interlatch/core";
import { isScopeEntry, isScopeResource, type WrittenDimension } from "@interlatch/core/build";
import type { Checker } from "../conditions/check.ts";
import type { Conditions } from "../conditions/conditions.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { keyScalar, mapAt, textsAt, type TextScalar, wordAt } from "../document/fields.ts";
import { NAME, nameRefusal } from "../document/names.ts";
import type { Span } from "../yaml/source.ts";
import { entryOf, type YamlEntry, type YamlMap } from "../yaml/tree.ts";
import { resourceTemplate } from "./templates.ts";

/** One thing that a profile lists or a tool touches, and where it was written. */
export interface ScopeEntry {
  readonly dimension: Dimension;
  /** As it was written; of a tool it may hold expressions. */
  readonly text: string;
  /** Of databases and paths. */
  readonly access?: Access;
  readonly at: Span;
}

/** The dimensions of a profile, and its entries for the linter. */
export interface BuiltDimensions {
  readonly dimensions: Pick<AgentProfile, Dimension>;
  readonly entries: readonly ScopeEntry[];
}

/** What a tool says it touches. */
export interface BuiltResources {
  /** Whether it says anything: `none` says that it touches nothing. */
  readonly isStated: boolean;
  /** Absent: nothing, or what it says could not be read. */
  readonly resources?: NonNullable<ToolPolicy["resources"]>;
  readonly entries: readonly ScopeEntry[];
}

const ENTRY_FORMS: Readonly<
  Record<WrittenDimension, { readonly what: string; readonly hint: string }>
> = {
  endpoints: {
    what: "neither the name of an endpoint nor a glob of URLs",
    hint: "Write a name, or a URL such as https://api.acme.test/orders/**, with scheme and host, and without a user, `..`, an encoded slash or a fragment.",
  },
  network: {
    what: "neither a range of addresses nor a glob of host names",
    hint: "Write a range such as 10.0.0.0/8, or hosts such as *.internal.acme.test; a glob never matches an address.",
  },
  paths: {
    what: "no absolute directory",
    hint: "Write one such as /data/reports; all below it is inside, without a star.",
  },
};

/** The dimensions that a profile restricts. What it leaves out is empty. */
export function buildDimensions(profile: YamlMap, reporter: Reporter): BuiltDimensions {
  const databases = databasesOf(profile, reporter);
  const endpoints = textsAt(profile, "endpoints");
  const network = textsAt(profile, "network");
  const paths = accessesAt(profile, "paths");
  const entries: readonly ScopeEntry[] = [
    ...databases,
    ...endpoints.map(({ value, at }): ScopeEntry => ({ dimension: "endpoints", text: value, at })),
    ...network.map(({ value, at }): ScopeEntry => ({ dimension: "network", text: value, at })),
    ...paths.map(({ scalar, access }): ScopeEntry => ({
      dimension: "paths",
      text: scalar.value,
      access,
      at: scalar.at,
    })),
  ];
  for (const { dimension, text, at } of entries) {
    if (dimension === "databases" || isScopeEntry(dimension, text)) continue;
    const { what, hint } = ENTRY_FORMS[dimension];
    reporter.error({ code: "bad_literal", at, message: `\`${shown(text)}\` is ${what}.`, hint });
  }
  const texts = (scalars: readonly TextScalar[]): readonly string[] =>
    scalars.map(({ value }) => value);
  const dimensions = {
    ...(has(profile, "databases") ? { databases: accessByName(databases) } : {}),
    ...(has(profile, "endpoints") ? { endpoints: texts(endpoints) } : {}),
    ...(has(profile, "network") ? { network: texts(network) } : {}),
    ...(has(profile, "paths")
      ? { paths: accessByName(entries.filter(({ dimension }) => dimension === "paths")) }
      : {}),
  };
  return { dimensions, entries };
}

const RESOURCE_FORMS: Readonly<
  Record<WrittenDimension, { readonly what: string; readonly hint: string }>
> = {
  endpoints: {
    what: "neither the name of an endpoint nor one URL",
    hint: "Write a name, or a URL without a star; `{arguments.url}` takes it from the call.",
  },
  network: {
    what: "neither a host nor the URL of one",
    hint: "Write a host without a star; `{arguments.host}` takes it from the call.",
  },
  paths: {
    what: "no absolute path",
    hint: "Write one such as /data/reports, without a star; `{arguments.path}` takes it from the call.",
  },
};

/** What a call of a tool touches. */
export function buildResources(
  tool: YamlMap,
  checker: Checker,
  conditions: Conditions,
  reporter: Reporter,
): BuiltResources {
  const entry = entryOf(tool, "resources");
  const map = mapAt(tool, "resources");
  if (entry === undefined || map === undefined)
    return { isStated: entry !== undefined, entries: [] };
  if (map.entries.length === 0) {
    reporter.error({
      code: "wrong_shape",
      at: map.at,
      message: "`resources` names nothing that a call touches.",
      hint: "Write `resources: none`.",
    });
  }
  const entries: ScopeEntry[] = [];
  const read = (
    dimension: WrittenDimension,
    scalar: TextScalar,
    access?: Access,
  ): readonly ValueTemplate[] => {
    const { value: text, at } = scalar;
    entries.push({ dimension, text, at, ...(access === undefined ? {} : { access }) });
    const template = resourceTemplate(scalar, conditions, [checker], reporter);
    if (template === undefined) return [];
    if (template.kind === "literal" && !isScopeResource(dimension, String(template.value))) {
      const { what, hint } = RESOURCE_FORMS[dimension];
      reporter.error({ code: "bad_literal", at, message: `\`${shown(text)}\` is ${what}.`, hint });
    }
    return [template];
  };
  const databases = databasesOf(map, reporter);
  entries.push(...databases);
  const resources: Resources = {
    ...(has(map, "databases") ? { databases: accessByName(databases) } : {}),
    ...(has(map, "endpoints")
      ? { endpoints: textsAt(map, "endpoints").flatMap((one) => read("endpoints", one)) }
      : {}),
    ...(has(map, "network")
      ? { network: textsAt(map, "network").flatMap((one) => read("network", one)) }
      : {}),
    ...(has(map, "paths")
      ? {
          paths: accessesAt(map, "paths").flatMap(({ scalar, access }) =>
            read("paths", scalar, access).map((path) => ({ path, access })),
          ),
        }
      : {}),
  };
  return { isStated: true, resources, entries };
}

function has(map: YamlMap, key: Dimension): boolean {
  return entryOf(map, key) !== undefined;
}

function databasesOf(map: YamlMap, reporter: Reporter): readonly ScopeEntry[] {
  return accessesAt(map, "databases").flatMap(({ scalar: { value: text, at }, access }) => {
    if (NAME.test(text)) return [{ dimension: "databases", text, access, at }];
    reporter.error({ code: "bad_name", at, message: nameRefusal(text, "a database") });
    return [];
  });
}

/** The keys of a map, each with the access that it is given. */
function accessesAt(
  map: YamlMap,
  key: Dimension,
): readonly { readonly scalar: TextScalar; readonly access: Access }[] {
  const inner = mapAt(map, key);
  return (inner?.entries ?? []).flatMap((entry: YamlEntry) => {
    const access = inner && wordAt(inner, entry.key, ["read", "write"]);
    return access === undefined ? [] : [{ scalar: keyScalar(entry), access }];
  });
}

/** Nothing is inherited: a database may be called `constructor`. */
function accessByName(entries: readonly ScopeEntry[]): { readonly [name: string]: Access } {
  const byName: Record<string, Access> = Object.create(null);
  for (const { text, access } of entries) if (access !== undefined) byName[text] = access;
  return byName;
}
