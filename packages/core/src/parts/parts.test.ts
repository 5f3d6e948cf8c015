import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { image } from "../../test/json.ts";
import { EVERY_PART, partsWith } from "../../test/parts.ts";
import { POLICIES_USING } from "../../test/parts-policies.ts";
import { createEvaluator, type Evaluator } from "../decision/evaluator.ts";
import { createPatterns } from "../evaluate/pattern.ts";
import { compileRichSchema } from "../evaluate/schema/compiler.ts";
import { compilePlainSchema, isPlainSchema } from "../evaluate/schema/plain.ts";
import { Run } from "../evaluate/schema/run.ts";
import { factsOf } from "../guard/bundles.ts";
import type { ArgumentSchema, Policy } from "../policy/ir.ts";
import { validatePolicy } from "../policy/validate.ts";
import { validatePolicyBy } from "../policy/validate-policy.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { loadParts, loadScopeReader, loadTokens } from "./load.ts";
import { NO_PARTS, type Parts } from "./parts.ts";
import { partsUsed } from "./uses.ts";

const ARGUMENTS = [
  {},
  { x: "a" },
  { x: "a", n: 2 },
  { x: "b@acme.test", n: [1, 1] },
  { x: "https://acme.test/", n: ["a"] },
  { y: null },
].map(image);

/** All that a policy says of some calls: verdicts, what is done to the arguments, and what stands in for a result. */
function answers(policy: Policy, parts: Parts): unknown {
  const evaluator = createEvaluator(policy, parts, { tokens: (content) => `token of ${content}` });
  const facts = factsOf(policy, parts);
  const made = ARGUMENTS.map((args) => answersTo(evaluator, args));
  return [made, facts(image({ mail: "no mail" })), facts(image({ mail: "a@acme.test" }))];
}

function answersTo(evaluator: Evaluator, args: JsonObject): unknown {
  const request = evaluator.request({
    tool: "tool",
    arguments: args,
    agent: image({ id: "a", roles: [] }),
    user: undefined,
    tenant: undefined,
    session: "s",
    facts: image({}),
    time: Date.UTC(2026, 10, 22),
    context: image({}),
  });
  const { tools, rules, fallback } = evaluator.policy;
  const values = [fallback, tools["tool"]?.fallback, rules[0]?.fallback].map((each) =>
    each?.kind === "value" ? evaluator.value(each.value, request) : null,
  );
  return [evaluator.evaluate(request), evaluator.explainScope(request), values];
}

describe("the parts of the run time", () => {
  verifies("parts.used", "are found wherever a policy uses them", () => {
    for (const { what, policy, parts } of POLICIES_USING) {
      expect([...partsUsed(policy)].sort(), what).toEqual([...parts].sort());
    }
  });

  verifies("parts.same", "decide with what a policy uses as with all there is", async () => {
    for (const { what, policy } of POLICIES_USING) {
      const all = partsWith(createPatterns(policy.patterns));
      expect(answers(policy, await loadParts(policy)), what).toEqual(answers(policy, all));
    }
  });

  verifies("parts.missing", "refuse a policy where one that it uses is not there", () => {
    const missed = new Set<string>();
    for (const { what, policy, parts } of POLICIES_USING) {
      for (const name of parts) {
        const all = partsWith(createPatterns(policy.patterns));
        const run = (): unknown => answers(policy, { ...all, [name]: null });
        expect(run, what).toThrow(`The policy uses ${name}, and that part of the run time`);
        missed.add(name);
      }
    }
    expect([...missed].sort()).toEqual(Object.keys(NO_PARTS).sort());
  });

  it("are not loaded for what only looks like a name of theirs", () => {
    const { policy } = POLICIES_USING[0]!; // there is one
    const facts = { function: "host", format: "email" };
    expect([...partsUsed({ ...policy, facts })]).toEqual(["facts"]);
  });
});

const word = fc.constantFrom("a", "b", "long text", "");
const number = fc.constantFrom(0, 1, 2, 3.5, -1);
const keyword = fc.record(
  {
    type: fc.constantFrom("object", "array", "string", "integer", "number", "null"),
    enum: fc.array(fc.oneof(word, number), { maxLength: 2 }),
    minimum: number,
    multipleOf: fc.constantFrom(1, 2, 0.5),
    maxLength: fc.nat(3),
    minItems: fc.nat(2),
    required: fc.uniqueArray(word, { maxLength: 2 }),
    maxProperties: fc.nat(2),
    additionalProperties: fc.constant(false),
    format: fc.constantFrom("email", "date", "ipv4"),
  },
  { requiredKeys: [] },
);
const { schema } = fc.letrec<{ schema: ArgumentSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4 },
    fc.boolean(),
    fc
      .tuple(keyword, tie("schema"), fc.dictionary(word, tie("schema"), { maxKeys: 3 }), fc.nat(2))
      .map(([keywords, items, properties, which]): ArgumentSchema => {
        const inside = which === 0 ? {} : which === 1 ? { items } : { properties };
        return Object.freeze({ ...keywords, ...inside }) as ArgumentSchema; // made of its keywords
      }),
  ),
}));
const value = fc.jsonValue({ maxDepth: 3 }).map((each) => image({ value: each })["value"] ?? null);
const fitting = fc.oneof(
  value,
  word,
  number,
  fc.array(fc.oneof(word, number), { maxLength: 3 }).map((list) => image({ list })["list"] ?? null),
  fc.dictionary(word, fc.oneof(word, number)).map(image),
);

describe("a plain schema", () => {
  verifies("parts.plain", "is checked as the part for all schemas would check it", () => {
    let accepted = 0;
    fc.assert(
      fc.property(schema, fitting, fc.boolean(), (made, data, closed) => {
        expect(isPlainSchema(made)).toBe(true);
        const options = { parts: EVERY_PART, closed, formats: true };
        const [plain, rich] = [compilePlainSchema, compileRichSchema].map((compile) => {
          const run = new Run();
          run.begin({ left: 100_000 });
          return [compile(made, options)(data, run), run.left];
        });
        expect(plain).toEqual(rich);
        if (plain?.[0] === null) accepted++;
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it("is none with a keyword that nobody has said to be plain", () => {
    const keywords: readonly string[] = ["$ref", "not", "uniqueItems", "someLaterKeyword"];
    for (const key of keywords) {
      const odd = { properties: { x: { items: { [key]: true } } } } as ArgumentSchema; // it is odd
      expect(isPlainSchema(odd), key).toBe(false);
    }
  });
});

describe("what reads the entries of profiles", () => {
  const scoped = (entry: string): unknown => ({
    ...POLICIES_USING[0]?.policy,
    agents: {
      a: {
        when: { kind: "literal", value: true },
        tools: ["tool"],
        network: [entry],
        at: { file: "p", line: 1 },
      },
    },
  });

  it("is loaded for any document that may hold one", async () => {
    for (const without of [null, 5, "x", [], {}, { agents: null }, { agents: undefined }]) {
      expect(await loadScopeReader(without)).toBeNull();
    }
    for (const agents of [{}, [], 5, "x", true]) {
      expect(await loadScopeReader({ agents })).toBeTypeOf("function");
    }
  });

  verifies(
    "parts.entries",
    "refuses an entry where it is missing, and what it cannot read",
    async () => {
      const good = scoped("10.0.0.0/8");
      expect(() => validatePolicyBy(good, null)).toThrow("policy.agents.a.network[0]: what reads");
      expect(validatePolicyBy(good, await loadScopeReader(good))).toEqual(validatePolicy(good));
      const bad = scoped("10.0.0.0/33");
      const reader = await loadScopeReader(bad);
      expect(() => validatePolicyBy(bad, reader)).toThrow(
        "cannot be read as an entry of `network`",
      );
    },
  );
});

describe("the key of tokens", () => {
  it("is copied before anything is waited for", async () => {
    const key = new Uint8Array(32).fill(7);
    const loading = loadTokens(key);
    key.fill(0);
    const [made, expected] = [await loading, await loadTokens(new Uint8Array(32).fill(7))];
    expect(made?.("x")).toBe(expected?.("x"));
    expect(await loadTokens(undefined)).toBeUndefined();
  });

  it("is refused when it is none", async () => {
    await expect(loadTokens(new Uint8Array(31))).rejects.toMatchObject({ code: "ERR_OPTIONS" });
    const text = "a key of thirty-two letters, a text" as unknown as Uint8Array; // as JavaScript may
    await expect(loadTokens(text)).rejects.toMatchObject({ code: "ERR_OPTIONS" });
  });
});
