import { json, type SchemaCase } from "./schema-case.ts";

/** What is refused because nothing describes it. */
export const CLOSED: readonly SchemaCase[] = [
  {
    what: "allOf: all parts describe one object, and nothing beside them is open",
    schema:
      "{ allOf: [ { type: object, properties: { a: { type: number } }, required: [a] }, { properties: { b: { type: string } } } ] }",
    fits: [{ a: 1 }, { a: 1, b: "x" }],
    refused: [{ a: 1, b: "x", c: 1 }, { b: "x" }, {}, { a: 1, b: 1 }, { a: 1, A: 1 }],
  },
  {
    what: "anyOf: a branch that does not hold describes nothing",
    schema:
      "{ type: object, anyOf: [ { properties: { kind: { const: a }, x: { type: number } }, required: [kind] }, { properties: { kind: { const: b }, y: { type: number } }, required: [kind] } ] }",
    fits: [
      { kind: "a", x: 1 },
      { kind: "b", y: 1 },
    ],
    refused: [
      { kind: "a", y: 1 },
      { kind: "b", x: 1 },
      { x: 1, kind: "b" },
      { y: 1, kind: "a" },
      { kind: "a", x: 1, y: 1 },
      { kind: "c" },
      { kind: ["a"] },
      { x: 1 },
      {},
    ],
  },
  {
    what: "a branch that fails describes nothing, under `not` and `if` either",
    schema:
      "{ type: object, properties: { kind: { type: string } }, if: { properties: { x: { type: number }, kind: { const: a } }, required: [kind] }, then: { properties: { y: { type: number } } }, not: { properties: { z: { type: number }, kind: { const: c } }, required: [kind] } }",
    fits: [{ x: 1, kind: "a", y: 1 }, { kind: "b" }],
    refused: [
      { x: 1, kind: "b" },
      { y: 1, kind: "b" },
      { z: 1, kind: "b" },
      { kind: "c" },
      { x: "1", kind: "a" },
    ],
  },
  {
    what: "unevaluatedProperties and unevaluatedItems: what is left over is judged, and only that",
    schema:
      "{ type: object, allOf: [ { properties: { a: { type: string } } } ], anyOf: [ { properties: { b: { type: string } }, required: [b] }, true ], unevaluatedProperties: { type: number }, properties: { l: { type: array, prefixItems: [ { const: x } ], unevaluatedItems: false } } }",
    fits: [{ a: "x", b: "y", more: 1, l: ["x"] }, { b: 1 }],
    refused: [
      { more: "1" },
      { a: 1 },
      { b: null },
      { more: { n: 1 } },
      { l: ["x", "x"] },
      { l: ["y"] },
      json('{"__proto__":{"a":"x"}}'),
    ],
  },
  {
    what: "oneOf: what two branches describe is neither",
    schema:
      "{ type: object, oneOf: [ { properties: { small: { maximum: 10 } }, required: [small] }, { properties: { large: { minimum: 10 } }, required: [large] } ] }",
    fits: [{ small: 1 }, { large: 11 }],
    refused: [{ small: 1, large: 11 }, { small: 11 }, {}, { small: 1, large: 1 }],
  },
  {
    what: "not: an argument that may not be there may not be there as null either",
    schema:
      "{ type: object, properties: { a: { type: number }, force: { type: boolean }, admin: false }, not: { required: [force] } }",
    fits: [{ a: 1 }, {}, { admin: undefined }],
    refused: [{ admin: null }, { admin: false }, { a: 1, force: true }, { force: null }],
  },
  {
    what: "if: an argument that is left out is no way past `then`",
    schema:
      "{ type: object, properties: { kind: { type: string }, iban: { type: string } }, if: { properties: { kind: { const: wire } } }, then: { required: [iban] }, else: { properties: { note: { type: string } } } }",
    fits: [
      { kind: "wire", iban: "x" },
      { kind: "cash", note: "x" },
    ],
    refused: [
      {},
      { kind: "wire" },
      { kind: "wire", iban: "x", note: "y" },
      { kind: "wire", note: "y" },
    ],
  },
  {
    what: "$ref: closed at every depth of a recursive schema",
    schema:
      '{ type: object, properties: { node: { $ref: "#/$defs/node" } }, required: [node], $defs: { node: { type: object, properties: { value: { type: number, maximum: 5 }, next: { $ref: "#/$defs/node" } } } } }',
    fits: [{ node: { value: 1, next: { value: 2, next: {} } } }],
    refused: [
      { node: { next: { next: { next: { evil: 1 } } } } },
      { node: { next: { next: { value: 6 } } } },
      { node: { next: [{ value: 1 }] } },
      json('{"node":{"__proto__":{"value":1}}}'),
      json('{"node":{"next":{"__proto__":{"value":6}}}}'),
    ],
  },
  {
    what: "$ref beside other keywords: both hold",
    schema:
      '{ type: object, properties: { n: { $ref: "#/$defs/positive", maximum: 5 } }, required: [n], $defs: { positive: { type: number, exclusiveMinimum: 0 } } }',
    fits: [{ n: 5 }],
    refused: [{ n: 6 }, { n: 0 }, { n: -0 }, { n: "5" }, {}],
  },
  {
    what: "patternProperties: held at both ends, and nothing else is open",
    schema: '{ type: object, patternProperties: { "^x-[a-z]{1,8}$": { type: string } } }',
    fits: [{ "x-a": "1" }, {}],
    refused: [
      { "ax-a": "1" },
      { "x-a": 1 },
      { "X-a": "1" },
      { "x-a\n": "1" },
      { "\nx-a": "1" },
      { "x-": "1" },
      { "x-\u212a": "1" },
      { "x-\u0430": "1" },
      { "x-aaaaaaaaa": "1" },
    ],
  },
  {
    what: "properties and patternProperties: both hold where both are about a key",
    schema:
      '{ type: object, properties: { "x-a": { maxLength: 3 } }, patternProperties: { "^x-": { type: string } } }',
    fits: [{ "x-a": "abc", "x-b": "abcd" }],
    refused: [{ "x-a": "abcd" }, { "x-a": 1 }],
  },
  {
    what: "additionalProperties as a schema: also for keys of prototypes",
    schema:
      "{ type: object, properties: { a: { type: string } }, additionalProperties: { type: number } }",
    fits: [{ a: "x", b: 1 }, { toString: 1 }],
    refused: [
      { a: 1 },
      { b: "1" },
      { toString: "1" },
      json('{"__proto__":{"a":1}}'),
      json('{"__proto__":null}'),
    ],
  },
  {
    what: "additionalProperties true: open where it stands, not below and not beside it",
    schema:
      "{ type: object, properties: { open: { type: object, properties: { n: { type: number } }, additionalProperties: true }, shut: { type: object, properties: { n: { type: number } } } } }",
    fits: [{ open: { n: 1, more: "x" }, shut: { n: 1 } }],
    refused: [{ shut: { more: "x" } }, { more: "x" }, { open: { n: "1" } }],
  },
  {
    what: "required and dependentRequired: what is inherited is not there",
    schema:
      "{ type: object, properties: { toString: { type: string }, constructor: { type: string }, a: { type: number } }, required: [toString], dependentRequired: { a: [constructor] } }",
    fits: [{ toString: "x" }, { toString: "x", a: 1, constructor: "y" }],
    refused: [
      {},
      { a: 1 },
      { toString: "x", a: 1 },
      { constructor: "y" },
      json('{"__proto__":{"toString":"x"}}'),
    ],
  },
  {
    what: "propertyNames and maxProperties: keys are judged, however they are written",
    schema:
      '{ type: object, additionalProperties: { type: number }, propertyNames: { pattern: "^[a-z]{1,4}$" }, maxProperties: 2 }',
    fits: [{ a: 1, b: 2 }],
    refused: [
      { A: 1 },
      { "a ": 1 },
      { "a\n": 1 },
      { abcde: 1 },
      { a: 1, b: 2, c: 3 },
      json('{"__proto__":1}'),
    ],
  },
  {
    what: "objects in lists are closed as well",
    schema:
      "{ type: object, properties: { l: { type: array, items: { type: object, properties: { k: { type: number } } } }, p: { type: array, prefixItems: [ { type: string } ], items: false } } }",
    fits: [{ l: [{ k: 1 }, {}], p: ["a"] }, { p: [] }],
    refused: [
      { l: [{ k: 1, z: 1 }] },
      { l: [{ z: 1 }] },
      { l: { 0: { k: 1 } } },
      { p: ["a", "b"] },
      { p: [1] },
      { l: [[{ k: 1 }]] },
    ],
  },
  {
    what: "an object that is described by its type alone has no keys",
    schema: "{ type: object, properties: { a: { type: object } } }",
    fits: [{ a: {} }],
    refused: [{ a: { b: 1 } }, { a: [] }, { a: null }],
  },
];
