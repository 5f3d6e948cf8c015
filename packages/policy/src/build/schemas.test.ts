import { describe, expect, it } from "vitest";
import type { Policy } from "@interlatch/core";
import { compilePolicy, type CompileResult } from "../compile.ts";

function compile(tool: string, rest = ""): Promise<CompileResult> {
  const text = `interlatch: 1\nid: x\ntools:\n  t: { operation: read, resources: none, ${tool} }\n${rest}`;
  return compilePolicy({ files: [{ path: "p.yaml", text }] });
}

/** The errors of a schema of arguments: line, column in the schema, code, message, hint. */
async function errorsOf(schema: string): Promise<readonly string[]> {
  const result = await compile(`arguments: ${schema}`);
  if (result.ok) return [];
  const before = "  t: { operation: read, resources: none, arguments: ".length;
  return result.errors.map(({ column, code, message, hint }) =>
    [`${column - before} ${code}: ${message}`, ...(hint === undefined ? [] : [hint])].join(" | "),
  );
}

async function argumentsOf(schema: string): Promise<Policy["tools"][string]["arguments"]> {
  const result = await compile(`arguments: ${schema}`);
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join("\n"));
  return result.policy.tools["t"]?.arguments;
}

describe("a schema of arguments", () => {
  it("keeps what judges and drops what only describes", async () => {
    expect(
      await argumentsOf(
        '{ $schema: "https://json-schema.org/draft/2020-12/schema", $comment: x, title: T, properties: { a: { type: string, default: q, examples: [z], readOnly: true, contentEncoding: base64, format: uuid, pattern: "^a" } } }',
      ),
    ).toEqual({
      type: "object",
      title: "T",
      properties: { a: { type: "string", format: "uuid", pattern: "^a" } },
    });
  });

  it("names the targets of all local references at its root", async () => {
    expect(
      await argumentsOf(
        '{ properties: { a: { type: string }, b: { $ref: "#/properties/a" }, c: { $ref: "#here" }, d: { $ref: "#/properties/e/$defs/in%20er" }, e: { $defs: { "in er": { $anchor: here, minLength: 1 } } }, f: { $ref: "#/$defs/g~1h" } }, $defs: { g/h: { items: { $ref: "#" } } } }',
      ),
    ).toEqual({
      type: "object",
      properties: {
        a: { type: "string" },
        b: { $ref: "#/$defs/properties.a" },
        c: { $ref: "#/$defs/here" },
        d: { $ref: "#/$defs/here" },
        e: {},
        f: { $ref: "#/$defs/g/h" },
      },
      $defs: {
        "properties.a": { type: "string" },
        here: { minLength: 1 },
        "g/h": { items: { $ref: "#" } },
      },
    });
  });

  it("puts its patterns into the table of the policy", async () => {
    const result = await compile(
      'arguments: { properties: { a: { pattern: "^a$" } }, patternProperties: { "^x-": true }, $defs: { unused: { pattern: "b+" } } }',
    );
    expect(result.ok && result.policy.patterns?.programs.map(({ pattern }) => pattern)).toEqual([
      "^a$",
      "^x-",
      "b+",
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    [
      "a reference to another document",
      "{ properties: { a: { $ref: 'https://a.test/s' } } }",
      [
        "28 bad_schema: `$ref` leads to `https://a.test/s`; a policy follows references within one schema only. | Copy the schema into `$defs` and refer to it: `$ref: '#/$defs/NAME'`.",
      ],
    ],
    [
      "a reference that leads nowhere",
      "{ properties: { a: { $ref: '#/$defs/adress' } }, $defs: { address: {} } }",
      ["28 bad_schema: There is no schema at `#/$defs/adress`. | Did you mean `#/$defs/address`?"],
    ],
    [
      "a reference into a value",
      "{ properties: { a: { $ref: '#/properties/b/const' }, b: { const: { type: string } } } }",
      ["28 bad_schema: There is no schema at `#/properties/b/const`."],
    ],
    [
      "a reference that turns in place",
      "{ properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } } }",
      [
        "28 bad_schema: The schema refers to itself without a step into the value: #/$defs/a -> #/$defs/b -> #/$defs/a.",
      ],
    ],
    [
      "an address of its own",
      "{ $id: 'https://a.test/s', properties: {} }",
      [
        "3 bad_schema: `$id` leads out of the policy: what it means depends on other documents. | Leave it out; refer within the schema: `$ref: '#/$defs/NAME'`.",
      ],
    ],
    [
      "a dynamic reference",
      "{ properties: { a: { $dynamicRef: '#x' } } }",
      [
        "22 bad_schema: `$dynamicRef` leads out of the policy: what it means depends on other documents. | Write out what it stands for, with `$ref` and `$defs`.",
      ],
    ],
    [
      "another dialect",
      "{ $schema: 'http://json-schema.org/draft-07/schema#', properties: {} }",
      [
        "12 bad_value: `$schema` is `http://json-schema.org/draft-07/schema#`; expected `https://json-schema.org/draft/2020-12/schema`. | Did you mean `https://json-schema.org/draft/2020-12/schema`?",
      ],
    ],
    [
      "an unknown format",
      "{ properties: { a: { format: e-mail } } }",
      [
        "30 bad_value: `format` is `e-mail`; expected `date`, `date-time`, `email`, `hostname`, `ipv4`, `ipv6`, `uri` or `uuid`. | Did you mean `email`?",
      ],
    ],
    [
      "a pattern that is no RE2",
      "{ properties: { a: { pattern: '(?=a)' } } }",
      [
        '31 pattern_refused: The pattern "(?=a)" is not RE2: error parsing regexp: invalid or unsupported Perl syntax: `(?=` | RE2 has no look-around; ask twice instead: `x.matches(...) && !x.matches(...)`.',
      ],
    ],
    [
      "values of another type",
      "{ properties: { a: { type: integer, enum: [1, '2', 1.5, [3]] }, b: { type: [string, 'null'], const: 4 } } }",
      [
        '47 bad_schema: `enum` holds `"2"`, which does not fit `type: integer`.',
        "52 bad_schema: `enum` holds `1.5`, which does not fit `type: integer`.",
        "57 bad_schema: `enum` holds a value, which does not fit `type: integer`.",
        "101 bad_schema: `const` holds `4`, which does not fit `type: string, null`.",
      ],
    ],
    [
      "bounds that contradict each other",
      "{ properties: { a: { minContains: 3, maxContains: 2 }, b: { exclusiveMinimum: 2, maximum: 2 }, c: { minimum: 2, exclusiveMaximum: 2 } } }",
      [
        "51 bad_schema: `maxContains` (2) is below `minContains` (3), so nothing could fit.",
        "91 bad_schema: `maximum` (2) is not above `exclusiveMinimum` (2), so nothing could fit.",
        "131 bad_schema: `exclusiveMaximum` (2) is not above `minimum` (2), so nothing could fit.",
      ],
    ],
    [
      "a list of no values",
      "{ properties: { a: { enum: [] } } }",
      ["28 bad_schema: `enum` is an empty list, so nothing could fit."],
    ],
    [
      "a key that no schema admits",
      "{ properties: { a: { type: object, required: [b] }, c: { allOf: [{ additionalProperties: false, required: [d] }] } } }",
      [
        "47 bad_schema: `b` is required but is not among the `properties`, so no call could fit: objects are closed.",
        "108 bad_schema: `d` is required but is not among the `properties`, so no call could fit: objects are closed.",
      ],
    ],
    [
      "anchors that are none or stand twice",
      "{ properties: { a: { $anchor: '1' }, b: { $anchor: x }, c: { $anchor: x } } }",
      [
        "31 bad_schema: `1` is no anchor: a letter or `_`, then letters, digits, `-`, `_`, `.`.",
        "71 bad_schema: The anchor `x` stands twice in this schema.",
      ],
    ],
    [
      "a text for a schema",
      "{ properties: { a: string } }",
      ["20 wrong_shape: `a` is `string`; expected `true` or `false` or a map."],
    ],
    [
      "a misspelt keyword deep inside",
      "{ anyOf: [{ items: { maxlength: 3 } }] }",
      ["22 unknown_key: `maxlength` is not a key of a JSON Schema. | Did you mean `maxLength`?"],
    ],
    [
      "branches that are none",
      "{ anyOf: [] }",
      ["10 bad_value: `anyOf` is an empty list; expected a list of at least one item."],
    ],
    ["no object", "true", ["1 bad_schema: The arguments of a tool are an object: `type: object`."]],
  ])("refuses %s", async (_what, schema, errors) => {
    expect(await errorsOf(schema)).toEqual(errors);
  });

  it("may ask for keys that another schema admits", async () => {
    for (const schema of [
      "{ allOf: [{ properties: { a: {} } }], required: [a] }",
      "{ anyOf: [{ required: [a] }, { required: [b] }], properties: { a: {}, b: {} } }",
      "{ patternProperties: { '^a': {} }, required: [ab] }",
      "{ additionalProperties: { type: string }, required: [a] }",
      "{ unevaluatedProperties: true, required: [a] }",
      "{ properties: { a: { type: object, properties: { b: {} } } }, if: { properties: { a: { required: [b] } } }, then: { properties: { a: { required: [c] } } }, else: true }",
      "{ properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { required: [b] } } }",
    ]) {
      expect(await errorsOf(schema), schema).toEqual([]);
    }
  });
});

describe("a schema of a result", () => {
  const output =
    "output: { type: object, properties: { price: { type: number } }, required: [price] }";

  it("stands in the policy, and is open", async () => {
    const result = await compile(`${output}, fallback: { value: { price: 0, note: x } }`);
    expect(result.ok && result.policy.tools["t"]?.output).toEqual({
      type: "object",
      properties: { price: { type: "number" } },
      required: ["price"],
    });
  });

  it.each<[string, string, string, string]>([
    ["the tool's fallback", "fallback: { value: { price: '0' } }", "", "4:"],
    [
      "a rule's fallback",
      "default: deny",
      "rules: [{ name: r, tool: t, action: deny, fallback: { value: { note: x } } }]\n",
      "5:",
    ],
    ["the policy's fallback", "default: deny", "fallback: { value: none }\n", "5:"],
  ])("is what %s must fit", async (_whose, tool, rest, at) => {
    const result = await compile(`${output}, ${tool}`, rest);
    const errors = result.ok ? [] : result.errors;
    expect(errors.map(({ line, code }) => `${line}: ${code}`)).toEqual([`${at} bad_value`]);
    expect(errors[0]?.message).toMatch(
      /^The value does not fit the `output` of the tool `t`: value.*(must be an? (number|object)|is required)\.$/,
    );
  });

  it("is asked of no value that is made at run time, and of no tool that has another fallback", async () => {
    const made = await compile(
      `${output}, arguments: { properties: { a: {} }, required: [a] }, fallback: { value: { price: '{arguments.a}' } }`,
      "fallback: { value: none }\n",
    );
    expect(made.ok).toBe(true);
  });
});
