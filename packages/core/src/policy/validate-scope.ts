import type { WrittenDimension } from "../scopes/entries.ts";
import type { Access, AgentProfile, Resources, ValueTemplate } from "./ir.ts";
import {
  type Check,
  type FieldChecks,
  closed,
  found,
  optional,
  quote,
  refuse,
  variants,
} from "./shape.ts";
import { listOf, mapOf, name, oneOf, text } from "./shape-values.ts";
import { expression } from "./validate-expression.ts";

/** Entries of one dimension of a profile, and resources of one dimension of a tool. */
const MAX_ENTRIES = 1_000;
const MAX_PARTS = 1_000;
const LONGEST = 8_192;

const access: Check<Access> = oneOf(["read", "write"]);

/** An entry that can be read. One that cannot would never match, and nobody would be told. */
function entry(dimension: WrittenDimension): Check<string> {
  const short = text(LONGEST);
  return (value, at) => {
    const written = short(value, at);
    const { isScopeEntry } = at.about;
    if (isScopeEntry === null) return refuse(at, "what reads entries of profiles was not loaded");
    return isScopeEntry(dimension, written)
      ? written
      : refuse(at, `${quote(written)} cannot be read as an entry of \`${dimension}\``);
  };
}

/** The dimensions of an agent profile. */
export const profileDimensions: Pick<
  FieldChecks<AgentProfile>,
  "databases" | "endpoints" | "network" | "paths"
> = {
  databases: optional(mapOf(name, access, MAX_ENTRIES)),
  endpoints: optional(listOf(entry("endpoints"), 0, MAX_ENTRIES)),
  network: optional(listOf(entry("network"), 0, MAX_ENTRIES)),
  paths: optional(mapOf(entry("paths"), access, MAX_ENTRIES)),
};

type Template<Kind extends ValueTemplate["kind"]> = Extract<ValueTemplate, { readonly kind: Kind }>;

const words = text(LONGEST);

/** A text, with expressions in it or not. Lists and objects of templates are none of a resource. */
const texts = variants<Template<"literal"> | Template<"expression"> | Template<"text">>({
  literal: closed<Template<"literal">>({ kind: oneOf(["literal"]), value: words }),
  expression: closed<Template<"expression">>({ kind: oneOf(["expression"]), expression }),
  text: closed<Template<"text">>({
    kind: oneOf(["text"]),
    parts: listOf(
      (value, at) => (typeof value === "string" ? words(value, at) : expression(value, at)),
      1,
      MAX_PARTS,
    ),
  }),
});

/** What a call of a tool touches. */
export const resources: Check<Resources> = closed<Resources>({
  databases: optional(mapOf(name, access, MAX_ENTRIES)),
  endpoints: optional(listOf(texts, 0, MAX_ENTRIES)),
  network: optional(listOf(texts, 0, MAX_ENTRIES)),
  paths: optional(
    listOf(
      closed<NonNullable<Resources["paths"]>[number]>({ path: texts, access }),
      0,
      MAX_ENTRIES,
    ),
  ),
});

/** Names on the way to what a rule hides. */
const LONGEST_PATH = 64;

const redactedPath: Check<readonly string[]> = listOf(
  (value, at) => {
    const step = text(1_024)(value, at);
    return step === "" ? refuse(at, `expected a name or *, found ${found(value)}`) : step;
  },
  1,
  LONGEST_PATH,
);

/** What a rule hides of the arguments. */
export const redactedPaths: Check<readonly (readonly string[])[]> = listOf(
  redactedPath,
  1,
  MAX_ENTRIES,
);
