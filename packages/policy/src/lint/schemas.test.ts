import { describe, expect, it } from "vitest";
import { findingsOf } from "../../test/warnings.ts";

/** What is found in the schema of one argument, columns counted in it. */
async function found(schema: string, definitions = ""): Promise<readonly string[]> {
  const before = "    arguments: { properties: { a: ";
  const text = `interlatch: 1
id: x
agents: { all: { when: "true", tools: "*" } }
tools:
  t:
    operation: read
    resources: none
    default: allow
${before}${schema} }${definitions} }
`;
  return (await findingsOf(text)).map(({ line, column, code, message, hint }) => {
    expect(line).toBe(9);
    return `${column - before.length} ${code}: ${message} | ${hint}`;
  });
}

const untyped = (column: number, keyword: string, kind: string, type: string): string =>
  `${column} untyped_keyword: \`${keyword}\` is asked of ${kind} alone, and without a \`type\` every value of another kind fits. | Say of what kind it is: \`type: ${type}\`.`;

describe("a keyword that is asked of one kind of value", () => {
  it.each([
    ["{ maximum: 5 }", [untyped(3, "maximum", "numbers", "number")]],
    ["{ title: A, minimum: 1, maximum: 5 }", [untyped(13, "minimum", "numbers", "number")]],
    ["{ multipleOf: 5 }", [untyped(3, "multipleOf", "numbers", "number")]],
    ["{ minLength: 1 }", [untyped(3, "minLength", "texts", "string")]],
    ['{ pattern: "^a$" }', [untyped(3, "pattern", "texts", "string")]],
    ["{ format: email }", [untyped(3, "format", "texts", "string")]],
    ["{ items: { type: string } }", [untyped(3, "items", "lists", "array")]],
    ["{ maxItems: 3 }", [untyped(3, "maxItems", "lists", "array")]],
    ["{ properties: { b: { type: string } } }", [untyped(3, "properties", "objects", "object")]],
    ["{ type: array, items: { maxLength: 3 } }", [untyped(25, "maxLength", "texts", "string")]],
    [
      "{ type: object, properties: { b: { minimum: 0 } }, additionalProperties: { maxLength: 1 } }",
      [untyped(36, "minimum", "numbers", "number"), untyped(76, "maxLength", "texts", "string")],
    ],
    [
      "{ anyOf: [{ type: string }, { minimum: 0 }] }",
      [untyped(31, "minimum", "numbers", "number")],
    ],
  ])("lets in all others where there is no type: %s", async (schema, expected) => {
    expect(await found(schema)).toEqual(expected);
  });

  it("is found in a named schema", async () => {
    expect(await found('{ $ref: "#/$defs/n" }', ", $defs: { n: { minimum: 1 } }")).toEqual([
      untyped(40, "minimum", "numbers", "number"),
    ]);
  });

  it.each([
    "{ type: integer, maximum: 5 }",
    '{ type: [string, "null"], maxLength: 5 }',
    "{ enum: [1, 2], maximum: 1 }",
    "{ type: string, allOf: [{ minLength: 1 }, { maxLength: 3 }] }",
    "{ allOf: [{ type: string }], maxLength: 3 }",
    "{ anyOf: [{ type: string }, { type: integer }], maxLength: 3, minimum: 1 }",
    "{ type: object, propertyNames: { maxLength: 3 }, additionalProperties: true }",
    "{ type: string, if: { maxLength: 3 }, then: { minLength: 1 } }",
    "{ type: array, items: { type: string }, contains: { minLength: 3 } }",
    "{ title: A }",
    "true",
  ])("lets in nothing else: %s", async (schema) => {
    expect(await found(schema)).toEqual([]);
  });
});

const unanchored = (column: number, how: string, pattern: string, meant: string): string =>
  `${column} unanchored_pattern: A text that only ${how === "anywhere" ? "holds" : "begins with"} \`${pattern}\` passes here: the pattern is ${how === "anywhere" ? "searched anywhere" : "held at the beginning alone"}. | Hold it at both ends: \`${meant}\`.`;

describe("a pattern of a schema", () => {
  it.each([
    ['{ type: string, pattern: "[a-z]+" }', [unanchored(26, "anywhere", "[a-z]+", "^[a-z]+$")]],
    ['{ type: string, pattern: "^a|b" }', [unanchored(26, "anywhere", "^a|b", "^(?:a|b)$")]],
    ['{ type: string, pattern: "^SELECT" }', [unanchored(26, "start", "^SELECT", "^SELECT$")]],
    [
      '{ type: object, patternProperties: { "x-": { type: string } } }',
      [unanchored(38, "anywhere", "x-", "^x-$")],
    ],
  ])("is told where it is not held at both ends: %s", async (schema, expected) => {
    expect(await found(schema)).toEqual(expected);
  });

  it.each([
    '{ type: string, pattern: "^[a-z]+$" }',
    '{ type: string, not: { pattern: "evil" } }',
    '{ type: string, if: { pattern: "a" }, then: { maxLength: 3 } }',
  ])("is not: %s", async (schema) => {
    expect(await found(schema)).toEqual([]);
  });
});
