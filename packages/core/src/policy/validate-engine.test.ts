import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { ENGINE } from "./ir.ts";
import { validatePolicy } from "./validate.ts";
import { runsEngine } from "./validate-engine.ts";

const at = { file: "policy.yaml", line: 1 };
const TRUE = { kind: "literal", value: true };

/** JSON as whoever can sign may write it. */
type Loose = { readonly [field: string]: unknown };

/** What a compiler of semantics 0 wrote. */
function old(changes: Loose = {}): Loose {
  return {
    engine: 0,
    id: "p",
    mode: "enforce",
    agents: null,
    tools: { t: tool() },
    facts: {},
    rules: [rule()],
    ...changes,
  };
}

function tool(changes: Loose = {}): Loose {
  return { operation: "read", reversible: true, default: "deny", at, ...changes };
}

function rule(changes: Loose = {}): Loose {
  return { name: "r", tools: ["t"], action: "deny", at, ...changes };
}

function refusal(value: unknown): string {
  try {
    validatePolicy(value);
  } catch (error) {
    if (isInterlatchError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("semantics of a policy", () => {
  verifies("language.engine", "are this run time's or those before, and no others", () => {
    expect([ENGINE - 2, ENGINE - 1, ENGINE, ENGINE + 1].map(runsEngine)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(refusal(old())).toBe("accepted");
    expect(refusal(old({ engine: ENGINE }))).toBe("accepted");
    expect(refusal(old({ engine: ENGINE + 1 }))).toBe(
      `ERR_BUNDLE_ENGINE policy.engine: needs semantics ${ENGINE + 1}; this run time has ${ENGINE}`,
    );
  });

  it.each([-1, 0.5, "0", null, NaN])("are a whole number: %j is refused", (engine) => {
    expect(refusal(old({ engine }))).toMatch(/^ERR_BUNDLE_POLICY policy\.engine/);
  });

  it("are looked at first: a later policy is refused as such, whatever else it holds", () => {
    expect(refusal(old({ engine: 9, later: true, rules: "none" }))).toMatch(/^ERR_BUNDLE_ENGINE/);
  });

  it("say to build again where an old policy asks for a pattern, which was compiled at load", () => {
    const when = { kind: "matches", of: { kind: "literal", value: "a" }, pattern: "a" };
    expect(refusal(old({ rules: [rule({ when })] }))).toBe(
      'ERR_BUNDLE_POLICY policy.rules[0].when.pattern: the policy holds no program for the pattern "a"; build it again',
    );
  });

  it("of an old policy with all that it could hold load", () => {
    const schema = {
      type: "object",
      title: "T",
      properties: {
        a: { type: ["array", "null"], items: { enum: [1] }, minItems: 1, maxItems: 2 },
        b: { const: 1 },
      },
      required: ["a"],
      minProperties: 1,
    };
    const whole = old({
      description: "All",
      agents: { some: { when: TRUE, tools: ["t"], at } },
      tools: { t: tool({ arguments: schema, batch: { argument: "a" }, data: "public" }) },
      rules: [rule({ when: TRUE, maxBatchSize: 1, until: 0, reason: "no" })],
    });
    expect(refusal(whole)).toBe("accepted");
  });

  const profile = { when: TRUE, tools: ["t"], at };
  it.each<[string, Loose]>([
    ["mode", { mode: "shadow" }],
    ["hostFacts", { hostFacts: { type: "object" } }],
    ["agents.some.databases", { agents: { some: { ...profile, databases: { d: "read" } } } }],
    ["agents.some.network", { agents: { some: { ...profile, network: ["*.acme.test"] } } }],
    ["tools.t.output", { tools: { t: tool({ output: { type: "string" } }) } }],
    ["tools.t.resources", { tools: { t: tool({ resources: { databases: { d: "read" } } }) } }],
    [
      "tools.t.arguments.anyOf",
      { tools: { t: tool({ arguments: { anyOf: [{ type: "object" }] } }) } },
    ],
    [
      "tools.t.arguments.properties.a.items.format",
      {
        tools: {
          t: tool({
            arguments: { properties: { a: { items: { type: "string", format: "email" } } } },
          }),
        },
      },
    ],
    [
      "tools.t.arguments.properties.a",
      { tools: { t: tool({ arguments: { properties: { a: true } } }) } },
    ],
    ["rules[0].redact", { rules: [rule({ redact: { paths: [["a"]], as: "mark" } })] }],
  ])("0 have no %s: such a policy is not what it says", (path, changes) => {
    expect(refusal(old(changes))).toBe(
      `ERR_BUNDLE_POLICY policy.${path}: semantics 0 have no ${JSON.stringify(laterOf(path))}; build the policy again`,
    );
    expect(refusal({ ...old(changes), engine: 1 })).toBe("accepted");
  });
});

/** The key, or the value that is new. */
function laterOf(path: string): string {
  if (path === "mode") return "shadow";
  return path.endsWith("properties.a") ? "true" : (path.split(".").at(-1) ?? "");
}
