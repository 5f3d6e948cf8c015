import { z } from "zod";
import { policyTestDocument } from "../cases/schema.ts";
import { FOREIGN_KEYWORDS } from "../document/argument-schema.ts";
import { policyDocument } from "../document/schema.ts";
import { isNotYet, wordsOf } from "../document/shape.ts";
import { type EditorNotes, POLICY_NOTES, TEST_NOTES } from "./notes.ts";

/** A JSON Schema, or a part of one. */
export interface EditorSchema {
  [keyword: string]: unknown;
}

/** What a file is, as editors tell files apart. */
export type EditorSchemaKind = "policy" | "tests";

/**
 * The line at the head of a file by which the YAML language server (VS Code's YAML extension, and others) finds its
 * schema, for a file in the folder that `@interlatch/policy` is installed in.
 */
export const EDITOR_LINES: Readonly<Record<EditorSchemaKind, string>> = {
  policy:
    "# yaml-language-server: $schema=./node_modules/@interlatch/policy/schema/policy.schema.json",
  tests:
    "# yaml-language-server: $schema=./node_modules/@interlatch/policy/schema/policy-test.schema.json",
};

/**
 * The JSON Schema (draft 7) of policy files, or of files of tests: what an editor completes and checks by. It
 * comes from the grammar that `compilePolicy` reads by; keys and words that this engine does not run yet are absent.
 * It judges shapes alone, so a file that it accepts may still have errors.
 *
 * @example
 * ```ts
 * import { editorSchema } from "@interlatch/policy";
 * console.log(JSON.stringify(editorSchema("policy"), null, 2));
 * ```
 */
export function editorSchema(kind: EditorSchemaKind): EditorSchema {
  const [document, notes, title] =
    kind === "policy"
      ? ([policyDocument, POLICY_NOTES, "interlatch policy"] as const)
      : ([policyTestDocument, TEST_NOTES, "Tests of an interlatch policy"] as const);
  const schema: EditorSchema = z.toJSONSchema(document, {
    target: "draft-07",
    io: "output",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (isNotYet(zodSchema)) jsonSchema[ABSENT] = true;
      const words = wordsOf(zodSchema);
      if (words !== undefined) {
        jsonSchema.type = "string";
        jsonSchema.enum = [...words];
      }
    },
  });
  tidy(schema);
  for (const [place, note] of Object.entries(notes)) addNote(schema, place, note);
  addMarkdown(schema);
  const { $schema, ...rest } = schema;
  return { $schema, title, ...rest };
}

/** Marks what is taken out again. */
const ABSENT = "x-absent";

/** Takes out what this engine does not run, and what only makes the schema longer. */
function tidy(node: unknown): void {
  if (Array.isArray(node)) {
    for (const one of node) tidy(one);
    return;
  }
  if (!isSchema(node)) return;
  const { properties } = node;
  if (isSchema(properties)) {
    const isArgumentSchema = Object.hasOwn(properties, "prefixItems");
    for (const [key, value] of Object.entries(properties)) {
      const isForeign = isArgumentSchema && FOREIGN.has(key);
      if (isForeign || (isSchema(value) && value[ABSENT] === true)) delete properties[key];
    }
  }
  // Every key of YAML that is no text is an error already.
  if (JSON.stringify(node["propertyNames"]) === '{"type":"string"}') delete node["propertyNames"];
  for (const value of Object.values(node)) tidy(value);
}

const FOREIGN: ReadonlySet<string> = new Set(FOREIGN_KEYWORDS);

/** Editors show backticks and stars of a plain description as they are, and those of this key as they are meant. */
function addMarkdown(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  if (isSchema(node) && typeof node["description"] === "string" && /[`*]/.test(node["description"]))
    node["markdownDescription"] = node["description"];
  for (const [key, value] of Object.entries(node)) if (key !== "examples") addMarkdown(value);
}

/** Adds a note. @throws where the grammar has no such place: a note on nothing was forgotten when a key went */
function addNote(root: EditorSchema, place: string, note: EditorNotes[string]): void {
  const at = place.split(".").reduce<EditorSchema | undefined>(stepInto, root);
  if (at === undefined) throw new Error(`There is no ${place} to make a note on.`);
  const { description, examples } = note;
  if (description !== undefined) at["description"] = description;
  if (examples !== undefined) at["examples"] = examples;
}

function stepInto(at: EditorSchema | undefined, step: string): EditorSchema | undefined {
  if (at === undefined) return undefined;
  if (step === "[]") return asSchema(at["items"]);
  if (step === "*") return asSchema(at["additionalProperties"]);
  const { properties } = at;
  return isSchema(properties) ? asSchema(properties[step]) : undefined;
}

function asSchema(value: unknown): EditorSchema | undefined {
  return isSchema(value) ? value : undefined;
}

function isSchema(value: unknown): value is EditorSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
