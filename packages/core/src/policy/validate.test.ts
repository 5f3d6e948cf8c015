import { describe, expect, it } from "vitest";
import { exactly, many, sequence, tableOf } from "../../test/patterns.ts";
import type { ErrorCode } from "../errors/errors.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { ENGINE, type Policy } from "./ir.ts";
import { validatePolicy } from "./validate.ts";

const at = { file: "policy.yaml", line: 1 };
const TRUE = { kind: "literal", value: true };

/** JSON as whoever can sign may write it. */
type Loose = { [field: string]: unknown };

function rule(changes: Loose = {}): Loose {
  return { name: "r", tools: ["t"], action: "deny", at, ...changes };
}

function tool(changes: Loose = {}): Loose {
  return { operation: "read", reversible: true, default: "deny", at, ...changes };
}

function policy(changes: Loose = {}): Loose {
  return {
    engine: ENGINE,
    id: "p",
    mode: "enforce",
    agents: null,
    tools: { t: tool() },
    facts: {},
    rules: [rule()],
    ...changes,
  };
}

/** A policy whose one rule has this condition. */
function when(condition: unknown): Loose {
  return policy({ rules: [rule({ when: condition })] });
}

function refusal(value: unknown): { readonly code: ErrorCode; readonly message: string } {
  try {
    validatePolicy(value);
  } catch (error) {
    if (isInterlatchError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: "ERR_POLICY", message: "accepted" };
}

/** One condition with every kind of node in it. */
const EVERY_KIND = {
  kind: "and",
  operands: [
    { kind: "or", operands: [TRUE, { kind: "not", of: TRUE }] },
    {
      kind: "comprehension",
      macro: "map",
      over: { kind: "list", items: [{ kind: "negate", of: { kind: "literal", value: 1 } }] },
      as: "x",
      where: {
        kind: "compare",
        operator: "in",
        left: { kind: "local", name: "x" },
        right: { kind: "variable", name: "facts" },
      },
      body: {
        kind: "comprehension",
        macro: "exists_one",
        over: { kind: "local", name: "x" },
        as: "y",
        body: {
          kind: "arithmetic",
          operator: "%",
          left: { kind: "local", name: "x" },
          right: { kind: "local", name: "y" },
        },
      },
    },
    { kind: "if", test: TRUE, then: TRUE, else: { kind: "literal", value: null } },
    { kind: "has", of: { kind: "variable", name: "arguments" }, name: "a" },
    { kind: "field", of: { kind: "variable", name: "arguments" }, name: "a" },
    {
      kind: "index",
      of: { kind: "map", entries: [[{ kind: "literal", value: "k" }, TRUE]] },
      at: { kind: "literal", value: "k" },
    },
    { kind: "matches", of: { kind: "variable", name: "tool" }, pattern: "^a+$" },
    {
      kind: "call",
      function: "startsWith",
      arguments: [
        { kind: "variable", name: "tool" },
        { kind: "literal", value: "a" },
      ],
    },
  ],
};

const EVERYTHING = policy({
  description: "All there is",
  patterns: tableOf({ "^a+$": sequence(exactly("a"), many(exactly("a"))) }),
  agents: { desk: { when: TRUE, tools: ["t"], at } },
  tools: {
    t: tool({
      description: "A tool",
      data: "secret",
      arguments: {
        type: ["object", "null"],
        description: "d",
        title: "t",
        properties: {
          size: {
            type: "integer",
            minimum: 1,
            maximum: 2,
            exclusiveMinimum: 0,
            exclusiveMaximum: 3,
          },
          price: { type: "number", multipleOf: 0.01 },
          text: { type: "string", minLength: 0, maxLength: 9, enum: ["a", null, { b: [1] }] },
          list: { type: "array", items: { const: { deep: [true] } }, minItems: 0, maxItems: 2 },
        },
        required: ["size"],
        minProperties: 1,
        maxProperties: 4,
      },
      batch: { argument: "size" },
      fallback: {
        kind: "message",
        message: ["No: ", { name: "reason" }, { name: "tool" }, { name: "rule" }],
      },
    }),
  },
  facts: { partners: ["a.test", { n: [1, null, true] }] },
  rules: [
    rule({
      when: EVERY_KIND,
      reason: "because",
      until: 1_800_000_000_000,
      maxBatchSize: 10,
      rateLimit: {
        max: 100,
        windowMs: 60_000,
        onExceed: "review",
        by: ["agent", "user", "session"],
      },
      review: { by: ["dpo", "legal"], quorum: 2, expiresMs: 60_000, priority: "high" },
      fallback: {
        kind: "value",
        value: {
          kind: "object",
          entries: [
            ["a", { kind: "literal", value: { b: [1] } }],
            ["b", { kind: "expression", expression: TRUE }],
            ["c", { kind: "text", parts: ["x ", TRUE] }],
            ["d", { kind: "list", items: [{ kind: "literal", value: null }] }],
          ],
        },
      },
    }),
  ],
  fallback: { kind: "message", message: [] },
});

describe("validatePolicy", () => {
  it("accepts every construct and gives back the same JSON", () => {
    const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    expect(json(validatePolicy(EVERYTHING))).toEqual(json(EVERYTHING));
    expect(validatePolicy(JSON.parse(JSON.stringify(EVERYTHING)))).toEqual(
      validatePolicy(EVERYTHING),
    );
  });

  it("freezes everything and shares nothing with what it was given", () => {
    const given = structuredClone(EVERYTHING);
    const checked = validatePolicy(given);
    const walk = (value: unknown, original: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      expect(value).not.toBe(original);
      for (const [key, item] of Object.entries(value)) {
        walk(item, Reflect.get(Object(original), key));
      }
    };
    walk(checked, given);
  });

  it("lets no lookup find what is inherited", () => {
    const checked = validatePolicy(EVERYTHING);
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"]) {
      for (const object of [
        checked,
        checked.tools,
        checked.agents,
        checked.facts,
        checked.rules[0],
      ]) {
        expect(Reflect.get(object ?? {}, name), name).toBeUndefined();
      }
    }
  });

  it("takes no field from a polluted Object.prototype", () => {
    const polluted: Loose = Object.prototype as object as Loose;
    polluted["default"] = "allow";
    polluted["when"] = TRUE;
    try {
      const { default: _, ...incomplete } = tool();
      expect(refusal(policy({ tools: { t: incomplete } })).message).toMatch(/default: is missing/);
      const [first] = validatePolicy(policy()).rules;
      expect(first?.when).toBeUndefined();
    } finally {
      delete polluted["default"];
      delete polluted["when"];
    }
  });

  it("reads each field once, so that a second look cannot see another value", () => {
    let looks = 0;
    const shifty = rule();
    Object.defineProperty(shifty, "action", {
      enumerable: true,
      get: () => (looks++ === 0 ? "deny" : "allow"),
    });
    expect(validatePolicy(policy({ rules: [shifty] })).rules[0]?.action).toBe("deny");
    expect(looks).toBe(1);
  });

  it("names the path of what is wrong", () => {
    const bad = {
      kind: "and",
      operands: [TRUE, { kind: "not", of: { kind: "literal", value: {} } }],
    };
    expect(refusal(when(bad))).toEqual({
      code: "ERR_BUNDLE_POLICY",
      message: "policy.rules[0].when.operands[1].of.value: expected a number, found an object",
    });
    const odd = policy({ tools: { "a/b": tool({ operation: "fly" }) }, rules: [] });
    expect(refusal(odd).message).toMatch(/^policy\.tools\["a\/b"\]\.operation: expected read or/);
  });

  it.each<[string, unknown, RegExp]>([
    ["not an object", null, /policy: expected an object/],
    ["a list", [], /policy: expected an object, found a list/],
    ["an instance of a class", new Map(), /plain object/],
    ["an unknown field", policy({ extra: 1 }), /policy: has the unknown field "extra"/],
    ["a missing field", policy({ rules: undefined }), /rules/],
    ["tools that are a list", policy({ tools: [] }), /tools: expected an object/],
    ["a bad id", policy({ id: "a b" }), /"a b" is not a name/],
    ["a name with a line end", policy({ rules: [rule({ name: "a\n" })] }), /not a name/],
    ["a name that is too long", policy({ rules: [rule({ name: "a".repeat(129) })] }), /not a name/],
    ["the name __proto__", policy({ rules: [rule({ name: "__proto__" })] }), /not a name/],
    ["a bad tool name", policy({ tools: { "a b": tool() }, rules: [] }), /not a name/],
    [
      "an unknown tool in a rule",
      policy({ rules: [rule({ tools: ["t", "u"] })] }),
      /unknown tool "u"/,
    ],
    [
      "an inherited tool in a rule",
      policy({ rules: [rule({ tools: ["constructor"] })] }),
      /unknown tool/,
    ],
    ["a rule for no tool", policy({ rules: [rule({ tools: [] })] }), /expected 1 to/],
    [
      "two rules of one name",
      policy({ rules: [rule(), rule()] }),
      /rules\[1\]: a second rule named "r"/,
    ],
    [
      "a hole in a list",
      policy({ rules: Array.from({ length: 1 }) }),
      /rules\[0\]: expected an object/,
    ],
    [
      "an unknown action",
      policy({ rules: [rule({ action: "auto_approve" })] }),
      /action: expected allow/,
    ],
    ["an action of another type", policy({ rules: [rule({ action: ["deny"] })] }), /action/],
    [
      "an unknown rule field",
      policy({ rules: [rule({ unless: TRUE })] }),
      /unknown field "unless"/,
    ],
    ["a fraction as batch size", policy({ rules: [rule({ maxBatchSize: 1.5 })] }), /maxBatchSize/],
    ["a batch size of zero", policy({ rules: [rule({ maxBatchSize: 0 })] }), /maxBatchSize/],
    ["an infinite time", policy({ rules: [rule({ until: Number.POSITIVE_INFINITY })] }), /until/],
    ["no position", policy({ rules: [rule({ at: undefined })] }), /at/],
    ["line zero", policy({ rules: [rule({ at: { file: "x", line: 0 } })] }), /line/],
    [
      "a limit of zero",
      policy({ rules: [rule({ rateLimit: limit({ max: 0 }) })] }),
      /rateLimit\.max/,
    ],
    [
      "a limit by nobody knows what",
      policy({ rules: [rule({ rateLimit: limit({ by: ["ip"] }) })] }),
      /by\[0\]/,
    ],
    [
      "a limit twice by one",
      policy({ rules: [rule({ rateLimit: limit({ by: ["user", "user"] }) })] }),
      /twice/,
    ],
    [
      "an exceeded limit that allows",
      policy({ rules: [rule({ rateLimit: limit({ onExceed: "allow" }) })] }),
      /onExceed/,
    ],
    ...[
      ["by nobody", { by: [] }, /review\.by/],
      ["by somebody else", { by: "everybody" }, /review\.by/],
      ["by a group twice", { by: ["a", "a"] }, /twice/],
      ["by a group without a name", { by: [""] }, /by\[0\]/],
      ["by two users", { by: "user", quorum: 2 }, /quorum/],
      ["of nobody", { quorum: 0 }, /quorum/],
      ["that is over at once", { expiresMs: 0 }, /expiresMs/],
      ["of a year", { expiresMs: 31_536_000_000 }, /expiresMs/],
      ["without an end", { expiresMs: undefined }, /expiresMs/],
      ["of another urgency", { priority: "urgent" }, /priority/],
      ["that escalates", { escalate: ["boss"] }, /escalate/],
    ].map(([how, parts, fault]): [string, unknown, RegExp] => [
      `a review ${String(how)}`,
      policy({
        rules: [rule({ review: { by: ["a"], quorum: 1, expiresMs: 1_000, ...Object(parts) } })],
      }),
      fault as RegExp, // the third of each
    ]),
    ["a default of review", policy({ tools: { t: tool({ default: "review" }) } }), /default/],
    ["an unknown data class", policy({ tools: { t: tool({ data: "top" }) } }), /data/],
    ["truth that is not boolean", policy({ tools: { t: tool({ reversible: 1 }) } }), /reversible/],
    ["__proto__ among tools", withProto("tools"), /__proto__/],
    ["__proto__ among facts", withProto("facts"), /__proto__/],
    ["a function among facts", policy({ facts: { f: () => 1 } }), /facts\.f/],
    ["NaN among facts", policy({ facts: { n: Number.NaN } }), /facts\.n/],
    ["undefined among facts", policy({ facts: { n: undefined } }), /facts\.n/],
    ["facts that are too deep", policy({ facts: { a: deepList(40) } }), /nested deeper than 32/],
  ])("refuses %s", (_, value, words) => {
    const { code, message } = refusal(value);
    expect(message).toMatch(words);
    expect(code).toBe("ERR_BUNDLE_POLICY");
  });

  it.each<[string, unknown, RegExp]>([
    ["an unknown kind", { kind: "eval", code: "1" }, /kind: expected one of/],
    ["an inherited kind", { kind: "constructor" }, /kind: expected one of/],
    ["a kind that is no text", { kind: ["literal"], value: true }, /kind: expected one of/],
    ["no kind", { value: true }, /kind: expected one of/],
    ["text instead of a node", "true", /expected an object, found "true"/],
    ["a field too many", { ...TRUE, comment: "" }, /unknown field "comment"/],
    ["a field too few", { kind: "compare", operator: "==", left: TRUE }, /right: is missing/],
    [
      "an unknown operator",
      { kind: "compare", operator: "===", left: TRUE, right: TRUE },
      /operator/,
    ],
    ["an unknown variable", { kind: "variable", name: "process" }, /name: expected tool or/],
    ["an inherited variable", { kind: "variable", name: "constructor" }, /name: expected tool or/],
    ["a local nobody binds", { kind: "local", name: "x" }, /no comprehension around it binds "x"/],
    ["a local read before it is bound", comprehension({ over: X }), /over\.name: no comprehension/],
    [
      "a local read after it is gone",
      { kind: "and", operands: [comprehension(), X] },
      /operands\[1\]/,
    ],
    ["a local named __proto__", comprehension({ as: "__proto__", body: TRUE }), /identifier/],
    ["a local that is no identifier", comprehension({ as: "a b", body: TRUE }), /identifier/],
    ["an unknown macro", comprehension({ macro: "reduce" }), /macro/],
    ["an unknown function", call("eval", []), /function: expected size or/],
    ["an inherited function", call("toString", []), /function: expected size or/],
    ["too few arguments", call("startsWith", [TRUE]), /startsWith takes 2 arguments, found 1/],
    ["too many arguments", call("host", [TRUE, TRUE]), /host takes 1 arguments, found 2/],
    ["a pattern that is too long", matches("a".repeat(513)), /longer than 512/],
    ["a pattern that is a node", matches(TRUE), /pattern: expected text/],
    ["an infinite number", { kind: "literal", value: Number.POSITIVE_INFINITY }, /number/],
    ["a list as a literal", { kind: "literal", value: [] }, /number/],
    ["no operands", { kind: "and", operands: [] }, /expected 1 to/],
    ["an entry of three", { kind: "map", entries: [[TRUE, TRUE, TRUE]] }, /a key and a value/],
    [
      "too many nodes",
      { kind: "or", operands: Array.from({ length: 2_000 }, () => TRUE) },
      /2000 nodes/,
    ],
    ["too deep a nest", deep(65), /nested deeper than 64/],
    ["a nest without end", deep(100_000), /nested deeper than 64/],
  ])("refuses a condition with %s", (_, condition, words) => {
    const { code, message } = refusal(when(condition));
    expect(message).toMatch(words);
    expect(message).toMatch(/^policy\.rules\[0\]\.when/);
    expect(code).toBe("ERR_BUNDLE_POLICY");
  });

  it("accepts a condition at each bound", () => {
    expect(refusal(when(deep(64))).message).toBe("accepted");
    const wide = { kind: "or", operands: Array.from({ length: 1_999 }, () => TRUE) };
    expect(refusal(when(wide)).message).toBe("accepted");
    const longest = "a".repeat(512);
    const patterns = tableOf({ [longest]: exactly(longest) });
    expect(refusal({ ...when(matches(longest)), patterns }).message).toBe("accepted");
  });

  it("counts nodes for each condition on its own", () => {
    const wide = { kind: "or", operands: Array.from({ length: 1_500 }, () => TRUE) };
    const rules = [rule({ name: "a", when: wide }), rule({ name: "b", when: wide })];
    expect(refusal(policy({ rules })).message).toBe("accepted");
  });

  it.each<[string, unknown, RegExp]>([
    ["an unknown keyword", { $dynamicRef: "#a" }, /unknown field "\$dynamicRef"/],
    ["a pattern without its program", { pattern: "a*" }, /no program for the pattern "a\*"/],
    ["a pattern of keys without its program", { patternProperties: { "a*": {} } }, /no program/],
    ["a reference to itself", { $ref: "#" }, /"#" leads back to itself/],
    ["a reference to nothing", { $ref: "#/$defs/a" }, /there is no schema "#\/\$defs\/a"/],
    ["a reference to what is inherited", { $ref: "#/$defs/toString", $defs: {} }, /no schema/],
    ["a reference to another document", { $ref: "https://a.test/s" }, /there is no schema/],
    ["a reference of another form", { $ref: "#/properties/a" }, /there is no schema/],
    [
      "references that turn in place",
      {
        properties: { a: { $ref: "#/$defs/a" } },
        $defs: { a: { allOf: [{ $ref: "#/$defs/b" }] }, b: { if: { $ref: "#/$defs/a" } } },
      },
      /"#\/\$defs\/a" leads back to itself/,
    ],
    ["a chain of references", chainOfReferences(40), /more than 32 references follow each other/],
    ["a chain without end", chainOfReferences(9_999), /more than 32 references/],
    ["named schemas below the root", { items: { $defs: {} } }, /\$defs below its root/],
    ["no branches", { anyOf: [] }, /anyOf: expected 1 to 10000 items/],
    ["a branch that is none", { oneOf: [null] }, /oneOf\[0\]: expected an object, found null/],
    ["an unknown format", { format: "regex" }, /format: expected date or/],
    ["__proto__ as a named schema", JSON.parse('{"$defs":{"__proto__":{}}}'), /__proto__/],
    ["__proto__ as a dependent", JSON.parse('{"dependentRequired":{"__proto__":[]}}'), /__proto__/],
    ["an unknown type", { type: "date" }, /type/],
    ["no type of a list of types", { type: [] }, /type/],
    ["a type twice", { type: ["null", "null"] }, /twice/],
    ["a negative length", { minLength: -1 }, /minLength/],
    ["a multiple of zero", { multipleOf: 0 }, /above 0/],
    ["a bound that is text", { minimum: "1" }, /minimum/],
    ["required twice", { required: ["a", "a"] }, /twice/],
    ["__proto__ as a property", JSON.parse('{"properties":{"__proto__":{}}}'), /__proto__/],
    ["too deep a nest", deepSchema(33), /nested deeper than 32/],
    ["a nest without end", deepSchema(10_000), /nested deeper than 32/],
  ])("refuses a schema with %s", (_, schema, words) => {
    const { code, message } = refusal(policy({ tools: { t: tool({ arguments: schema }) } }));
    expect(message).toMatch(words);
    expect(code).toBe("ERR_BUNDLE_POLICY");
  });

  it.each<[string, unknown, RegExp]>([
    ["an unknown kind", { kind: "exit" }, /kind: expected one of message, value/],
    ["a lesser tool without arguments", { kind: "tool", tool: "t" }, /arguments: is missing/],
    ["a lesser tool without a name", { kind: "tool", tool: "a b", arguments: {} }, /not a name/],
    ["a route that is no name", { kind: "route", route: "" }, /not a name/],
    ["words of another kind", { kind: "throw", message: "no" }, /message: expected a list/],
    ["an unknown name", { kind: "message", message: [{ name: "secret" }] }, /name/],
    ["a template without end", { kind: "value", value: deepTemplate(10_000) }, /deeper than 32/],
    ["__proto__ as a name", { kind: "value", value: objectTemplate("__proto__") }, /__proto__/],
    [
      "a bad condition",
      { kind: "value", value: { kind: "expression", expression: X } },
      /binds "x"/,
    ],
  ])("refuses a fallback with %s", (_, fallback, words) => {
    const { code, message } = refusal(policy({ fallback }));
    expect(message).toMatch(words);
    expect(code).toBe("ERR_BUNDLE_POLICY");
  });

  it("refuses newer semantics and other modes by codes of their own", () => {
    expect(refusal(policy({ engine: ENGINE + 1 })).code).toBe("ERR_BUNDLE_ENGINE");
    expect(refusal(policy({ engine: -1 })).code).toBe("ERR_BUNDLE_POLICY");
    expect(refusal(policy({ mode: "off" })).code).toBe("ERR_BUNDLE_MODE");
    expect(refusal(policy({ mode: undefined })).code).toBe("ERR_BUNDLE_MODE");
  });

  it("takes twenty thousand rules and not one more", () => {
    const rules = Array.from({ length: 20_001 }, (_, index) => rule({ name: `r${index}` }));
    expect(refusal(policy({ rules })).message).toMatch(/expected 0 to 20000 items/);
    const most: Policy = validatePolicy(policy({ rules: rules.slice(1) }));
    expect(most.rules).toHaveLength(20_000);
  });
});

const X = { kind: "local", name: "x" };

function comprehension(changes: Loose = {}): Loose {
  return {
    kind: "comprehension",
    macro: "all",
    over: { kind: "list", items: [] },
    as: "x",
    body: X,
    ...changes,
  };
}

function call(name: string, args: readonly unknown[]): Loose {
  return { kind: "call", function: name, arguments: args };
}

function matches(pattern: unknown): Loose {
  return { kind: "matches", of: TRUE, pattern };
}

function limit(changes: Loose): Loose {
  return { max: 1, windowMs: 1, onExceed: "deny", by: [], ...changes };
}

function deep(depth: number): Loose {
  let node: Loose = TRUE;
  for (let level = 1; level < depth; level += 1) node = { kind: "not", of: node };
  return node;
}

function deepList(depth: number): unknown {
  let list: unknown = 1;
  for (let level = 0; level < depth; level += 1) list = [list];
  return list;
}

/** Named schemas of which each is the next one. */
function chainOfReferences(count: number): unknown {
  const $defs = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `d${index}`,
      index === count - 1 ? {} : { $ref: `#/$defs/d${index + 1}` },
    ]),
  );
  return { properties: { a: { $ref: "#/$defs/d0" } }, $defs };
}

function deepSchema(depth: number): Loose {
  let schema: Loose = {};
  for (let level = 1; level < depth; level += 1) schema = { items: schema };
  return schema;
}

function objectTemplate(name: string): Loose {
  return { kind: "object", entries: [[name, { kind: "literal", value: 1 }]] };
}

function deepTemplate(depth: number): Loose {
  let template: Loose = { kind: "literal", value: 1 };
  for (let level = 1; level < depth; level += 1) template = { kind: "list", items: [template] };
  return template;
}

/** A policy one of whose maps has an own entry named `__proto__`, as the platform's parser makes it. */
function withProto(field: "tools" | "facts"): unknown {
  const entry = JSON.stringify(field === "tools" ? tool() : 1);
  return JSON.parse(
    JSON.stringify(policy({ rules: [], [field]: {} })).replace(
      `"${field}":{}`,
      `"${field}":{"__proto__":${entry}}`,
    ),
  );
}
