import { describe, expect, it } from "vitest";
import { compilePolicy } from "../compile.ts";

/** The errors of a condition about arguments of a schema. */
async function errorsOf(schema: string, condition: string): Promise<readonly string[]> {
  const text = `interlatch: 1
id: x
tools:
  t:
    operation: read
    resources: none
    arguments: ${schema}
rules:
  - name: r
    tool: t
    action: deny
    when: ${JSON.stringify(condition)}
`;
  const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  return result.ok ? [] : result.errors.map(({ code, message }) => `${code}: ${message}`);
}

const PAY =
  "{ allOf: [{ properties: { amount: { type: number } }, required: [amount] }], oneOf: [{ properties: { kind: { const: iban }, iban: { type: string } }, required: [kind, iban] }, { properties: { kind: { const: card }, pan: { type: string } }, required: [kind, pan] }] }";

describe("the type of arguments of a combined schema", () => {
  it.each<[string, string, string]>([
    ["what allOf requires is there", PAY, "arguments.amount > 1"],
    ["what every branch requires is there", PAY, "arguments.kind == 'iban'"],
    [
      "what one branch has is asked for",
      PAY,
      "has(arguments.iban) && arguments.iban.startsWith('DE')",
    ],
    [
      "a reference is followed",
      "{ properties: { a: { $ref: '#/$defs/n' } }, required: [a], $defs: { n: { type: number } } }",
      "arguments.a > 1",
    ],
    [
      "a branch may add fields to an object that others describe",
      "{ properties: { a: { type: object, properties: { b: {} } } }, required: [a], anyOf: [{ properties: { a: { properties: { c: {} } } } }, true] }",
      "has(arguments.a.c)",
    ],
    [
      "both sides of `if` add fields",
      "{ properties: { k: {} }, if: { required: [k] }, then: { properties: { x: {} } }, else: { properties: { y: {} } } }",
      "has(arguments.x) || has(arguments.y) || has(arguments.k)",
    ],
    [
      "other keys are of the type they must have",
      "{ additionalProperties: { type: number } }",
      "has(arguments.z) && arguments.z > 1",
    ],
    [
      "keys by pattern are anything",
      "{ patternProperties: { '^x': { type: number } } }",
      "has(arguments.x1) && arguments.x1 == 'a'",
    ],
    [
      "a schema within itself ends somewhere",
      "{ properties: { child: { $ref: '#' }, n: { type: number } } }",
      "has(arguments.child) && has(arguments.child.child) && has(arguments.child.child.n) && arguments.child.child.n > 1",
    ],
    [
      "a field that a branch names may be another one's as well",
      "{ properties: { f: {} }, anyOf: [{ properties: { f: { type: number } } }, { properties: { g: {} } }] }",
      "has(arguments.f) && arguments.f == 'text'",
    ],
    [
      "tuples have items of several types",
      "{ properties: { p: { prefixItems: [{ type: number }], items: { type: string } } }, required: [p] }",
      "arguments.p[0] == 'a' || arguments.p[0] == 1",
    ],
    ["an open location has any field", "{ unevaluatedProperties: true }", "has(arguments.q)"],
  ])("%s", async (_what, schema, condition) => {
    expect(await errorsOf(schema, condition)).toEqual([]);
  });

  it.each<[string, string, string, RegExp]>([
    [
      "an unknown key of a union",
      PAY,
      "has(arguments.ibann)",
      /unknown_field: .*no argument `ibann`/,
    ],
    [
      "what one branch alone has, without asking",
      PAY,
      "arguments.iban == 'x'",
      /optional_without_has/,
    ],
    ["a word that no branch has", PAY, "arguments.kind == 'cash'", /never_equal/],
    ["a wrong type in a branch", PAY, "has(arguments.pan) && arguments.pan > 1", /wrong_type/],
    [
      "a wrong type behind a reference",
      "{ $ref: '#/$defs/o', $defs: { o: { properties: { a: { type: number } }, required: [a] } } }",
      "arguments.a == 'x'",
      /never_equal|wrong_type/,
    ],
    [
      "what only `then` requires",
      "{ properties: { a: {}, b: {} }, if: { required: [a] }, then: { required: [b] } }",
      "arguments.b == 1",
      /optional_without_has/,
    ],
    [
      "other keys of another type",
      "{ additionalProperties: { type: number } }",
      "has(arguments.z) && arguments.z.startsWith('a')",
      /bad_call|wrong_type/,
    ],
    [
      "items of a tuple and no others",
      "{ properties: { p: { prefixItems: [{ type: number }], items: false } }, required: [p] }",
      "arguments.p[0].startsWith('a')",
      /bad_call|wrong_type/,
    ],
  ])("says of %s that it is wrong", async (_what, schema, condition, words) => {
    expect((await errorsOf(schema, condition)).join("\n")).toMatch(words);
  });

  it("is found in a moment, however branches are nested in branches", async () => {
    const defs = Array.from(
      { length: 40 },
      (_, index) =>
        `d${index}: { anyOf: [{ $ref: '#/$defs/d${index + 1}' }, { $ref: '#/$defs/d${index + 1}' }], properties: { k${index}: {} } }`,
    );
    // Forty references in a row are more than a run time follows, so the build says no, and soon.
    const start = performance.now();
    await errorsOf(
      `{ $ref: '#/$defs/d0', $defs: { ${defs.join(", ")}, d40: { type: object } } }`,
      "has(arguments.k3)",
    );
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
