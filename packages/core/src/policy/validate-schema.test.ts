import fc from "fast-check";
import { describe, expect } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { exactly, tableOf } from "../../test/patterns.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { createPatterns } from "../evaluate/pattern.ts";
import { compileArguments } from "../evaluate/schema.ts";
import { takeSnapshot } from "../snapshot/snapshot.ts";
import { ENGINE, type Policy } from "./ir.ts";
import { validatePolicy } from "./validate.ts";
import { partsWith } from "../../test/parts.ts";

/** A tenth of what a decision has, so that schemas that use it up do not take long. */
const BUDGET = 10_000;

const at = { file: "policy.yaml", line: 1 };

/** The policy, or `null` where loading refuses it with its code. */
function loaded(schema: unknown): Policy | null {
  try {
    return validatePolicy({
      engine: ENGINE,
      id: "p",
      mode: "enforce",
      agents: null,
      tools: { t: { operation: "read", reversible: true, arguments: schema, default: "deny", at } },
      facts: {},
      rules: [],
      patterns: tableOf({ a: exactly("a") }),
    });
  } catch (error) {
    if (isInterlatchError(error, "ERR_BUNDLE_POLICY")) return null;
    throw error;
  }
}

const KEYWORDS = [
  ..."$defs $ref allOf anyOf oneOf not if then else items prefixItems contains properties".split(
    " ",
  ),
  ..."patternProperties additionalProperties unevaluatedProperties unevaluatedItems required".split(
    " ",
  ),
  ..."propertyNames dependentSchemas dependentRequired type enum const minimum multipleOf".split(
    " ",
  ),
  ..."minItems uniqueItems pattern format minContains maxLength __proto__ constructor title".split(
    " ",
  ),
];

/** What keywords hold, right and wrong. */
const TEXTS = ["#", "#/$defs/a", "#/$defs/b", "#/$defs/toString", "a", "object", "string", "uri"];
const OTHERS = [true, false, null, 0, 1, -1, 0.5, 1e300, [], {}, ["a"], ["object", "null"], [{}]];
const leaf = fc.constantFrom<unknown>(...TEXTS, ...OTHERS);

const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    leaf,
    fc.dictionary(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...KEYWORDS) }, fc.constantFrom("a", "b")),
      tie("schema"),
      {
        maxKeys: 4,
      },
    ),
    fc.array(tie("schema"), { maxLength: 3 }),
  ),
}));

const REFERENCES = ["#", "#/$defs/a", "#/$defs/b"].map(($ref) => ({ $ref }));
const SMALL = [
  {},
  { type: "string" },
  { pattern: "a" },
  { uniqueItems: true },
  { const: [1] },
  { required: ["a"] },
  { format: "uri" },
];

/** Mostly schemas, so that many of them load. */
const likely = fc.letrec<{ schema: object; map: object }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<object>(...REFERENCES, ...SMALL),
    fc.record(
      {
        properties: tie("map"),
        additionalProperties: tie("schema"),
        items: tie("schema"),
        contains: tie("schema"),
        allOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
        anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
        oneOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
        not: tie("schema"),
        if: tie("schema"),
        then: tie("schema"),
        unevaluatedProperties: tie("schema"),
        unevaluatedItems: tie("schema"),
        dependentSchemas: tie("map"),
      },
      { requiredKeys: [] },
    ),
  ),
  map: fc.dictionary(fc.constantFrom("a", "b", "constructor"), tie("schema"), { maxKeys: 2 }),
})).schema;

const hostile = fc.oneof(
  schema,
  fc.tuple(likely, likely, likely).map(([root, a, b]) => ({ ...root, $defs: { a, b } })),
);

const value = fc.dictionary(
  fc.constantFrom("a", "b", "constructor", "x"),
  fc.jsonValue({ maxDepth: 4 }),
);

describe("a schema that somebody could sign", () => {
  verifies(
    "schema.hostile",
    "is refused, or judges any arguments without a throw, in its budget",
    () => {
      let judged = 0;
      fc.assert(
        fc.property(hostile, value, (candidate, args) => {
          const policy = loaded(candidate);
          const checked = policy?.tools["t"]?.arguments;
          if (policy === null || checked === undefined) return;
          const snapshot = takeSnapshot(args);
          if (typeof snapshot === "string") return;
          judged++;
          const budget = { left: BUDGET };
          const check = compileArguments(checked, partsWith(createPatterns(policy.patterns)));
          const first = check(snapshot.image, budget);
          // The same arguments, the same answer.
          expect(check(snapshot.image, { left: BUDGET })).toBe(first);
          expect(budget.left).toBeLessThanOrEqual(BUDGET);
        }),
        { numRuns: 1_500 },
      );
      expect(judged).toBeGreaterThan(150);
    },
  );
});
