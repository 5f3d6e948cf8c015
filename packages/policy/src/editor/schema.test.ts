import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { POLICY_NOTES } from "./notes.ts";
import { type EditorSchema, editorSchema, type EditorSchemaKind } from "./schema.ts";
import { verifies } from "../../../../test/verifies.ts";

const FILES = [
  ["policy", "policy", "policy"],
  ["tests", "policy-test", "test"],
] as const;

function at(schema: EditorSchema, ...steps: readonly string[]): EditorSchema {
  let node: EditorSchema = schema;
  for (const step of steps) {
    const next = node[step];
    if (typeof next !== "object" || next === null) throw new Error(`no ${steps.join(".")}`);
    node = next as EditorSchema; // an object of a schema
  }
  return node;
}

describe("the schema for editors", () => {
  it.each(FILES)("of %s is published as it is", (kind, file, command) => {
    const path = new URL(`../../schema/${file}.schema.json`, import.meta.url);
    const published: unknown = JSON.parse(readFileSync(path, "utf8"));
    const advice = `write it anew: pnpm interlatch schema ${command} --output packages/policy/schema/${file}.schema.json`;
    expect(published, advice).toEqual(JSON.parse(JSON.stringify(editorSchema(kind))));
  });

  it.each(FILES)("of %s is closed wherever it names keys", (kind) => {
    const open: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties, additionalProperties } = node as EditorSchema; // read, whatever it is
      if (properties !== undefined && additionalProperties === undefined) open.push(path);
      for (const [key, value] of Object.entries(node))
        if (key !== "examples") visit(value, `${path}/${key}`);
    };
    visit(editorSchema(kind), "");
    expect(open).toEqual([]);
  });

  verifies("editor.schema", "has neither keys nor words that this engine does not run yet", () => {
    const text = JSON.stringify(editorSchema("policy"));
    expect(text).not.toContain("not run by this engine yet");
    expect(text).not.toContain("x-absent");
    const rule = at(editorSchema("policy"), "properties", "rules", "items", "properties");
    expect(Object.keys(rule)).toEqual(expect.arrayContaining(["name", "when", "action"]));
    expect(Object.keys(at(editorSchema("policy"), "properties"))).not.toContain("detectors");
    expect(at(rule, "by", "items")["enum"]).toEqual(["agent", "user", "session"]);
    expect(at(rule, "action")["enum"]).toContain("review");
  });

  it("describes every key of the grammar", () => {
    const bare: string[] = [];
    const visit = (node: EditorSchema, path: string): void => {
      const { properties, items, additionalProperties, anyOf } = node;
      for (const [key, value] of Object.entries(properties ?? {})) {
        if (typeof value.description !== "string") bare.push(`${path}.${key}`);
        visit(value, `${path}.${key}`);
      }
      for (const inner of [items, additionalProperties, ...(Array.isArray(anyOf) ? anyOf : [])])
        if (typeof inner === "object" && inner !== null) visit(inner as EditorSchema, path);
    };
    visit(editorSchema("policy"), "");
    expect(bare).toEqual([]);
  });

  it("has its examples where they belong", () => {
    const rule = at(editorSchema("policy"), "properties", "rules", "items", "properties");
    expect(at(rule, "rate_limit")["examples"]).toEqual(
      POLICY_NOTES["rules.[].rate_limit"]?.examples,
    );
  });

  it("is another object each time", () => {
    const kind: EditorSchemaKind = "policy";
    expect(editorSchema(kind)).not.toBe(editorSchema(kind));
  });
});
