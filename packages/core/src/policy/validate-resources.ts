import type { Resources, ValueTemplate } from "./ir.ts";
import { type Check, closed, found, optional, refuse, variants } from "./shape.ts";
import { listOf, mapOf, name, oneOf, text } from "./shape-values.ts";
import { expression } from "./validate-expression.ts";
import { access, LONGEST_ENTRY, MAX_ENTRIES } from "./validate-scope.ts";

const MAX_PARTS = 1_000;

type Template<Kind extends ValueTemplate["kind"]> = Extract<ValueTemplate, { readonly kind: Kind }>;

const words = text(LONGEST_ENTRY);

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
