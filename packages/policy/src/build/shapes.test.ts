import type { Policy } from "@interlatch/core";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { compilePolicy, type CompileResult } from "../compile.ts";

const SHAPES = `shapes:
  agent:
    type: object
    properties: { team: { type: string, enum: [desk, back] }, level: { type: integer } }
    required: [team]
  user: { properties: { country: { type: string } }, required: [country] }
  context: { properties: { channel: { enum: [chat, mail] } }, required: [channel] }
  facts: { properties: { limit: { type: number }, regions: { type: array, items: { type: string } } }, required: [limit] }
`;

function compile(
  when: string,
  shapes = SHAPES,
  facts = "{ partners: [a.test] }",
): Promise<CompileResult> {
  const text = `interlatch: 1
id: x
tools: { t: { operation: read, resources: none, arguments: { properties: { n: { type: number } }, required: [n] } } }
facts: ${facts}
${shapes}rules:
  - { name: r, tool: t, action: deny, when: '${when.replaceAll("'", "''")}' }
`;
  return compilePolicy({ files: [{ path: "p.yaml", text }] });
}

async function errors(when: string, shapes?: string, facts?: string): Promise<readonly string[]> {
  const result = await compile(when, shapes, facts);
  return result.ok
    ? []
    : result.errors.map(({ code, message, hint }) =>
        [code, message, hint].filter(Boolean).join(" | "),
      );
}

async function policy(when: string, shapes?: string): Promise<Policy> {
  const result = await compile(when, shapes);
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join("\n"));
  return result.policy;
}

describe("declared shapes", () => {
  verifies(
    "language.shapes",
    "make a claim that none declares an error, with the nearest right name",
    async () => {
      expect(await errors('agent.tem == "desk"')).toEqual([
        "unknown_field | `agent` has no field `tem`. | Did you mean `team`?",
      ]);
      expect(await errors('user.contry == "de"')).toEqual([
        "unknown_field | `user` has no field `contry`. | Did you mean `country`?",
      ]);
      expect(await errors('context.chanel == "chat"')).toEqual([
        "unknown_field | `context` has no field `chanel`. | Did you mean `channel`?",
      ]);
      expect(await errors("facts.limits > 1")).toEqual([
        "unknown_field | There is no fact `limits` under `facts`. | Did you mean `limit`?",
      ]);
    },
  );

  it("type what conditions read", async () => {
    expect(await errors('agent.team == "dsk"')).toEqual([
      "never_equal | `agent.team` is never `dsk`: it is `desk` or `back`. | Did you mean `desk`?",
    ]);
    expect(await errors("user.country > 5")).toHaveLength(1);
    expect(await errors('facts.limit == "x"')).toHaveLength(1);
  });

  it("demand `has` for an optional claim, and for an optional fact", async () => {
    expect((await errors("agent.level > 2"))[0]).toMatch(
      /^optional_without_has \| `agent.level` may be missing/,
    );
    expect((await errors('"eu" in facts.regions'))[0]).toMatch(/^optional_without_has/);
    expect(
      await errors(
        'has(agent.level) && agent.level > 2 && (!has(facts.regions) || "eu" in facts.regions)',
      ),
    ).toEqual([]);
  });

  it("leave what every agent and user has as it is", async () => {
    expect(
      await errors(
        'agent.id == "a" && agent.role == "admin" && "x" in agent.roles && user.id == "u"',
      ),
    ).toEqual([]);
  });

  it("leave what they do not speak of dynamic", async () => {
    const only = "shapes: { user: { properties: { country: { type: string } } } }\n";
    expect(await errors("agent.anything.at.all == 1 && context.x == 2", only)).toEqual([]);
    expect(await errors("user.anything == 1", only)).toHaveLength(1);
  });

  it("stay open where the schema says so", async () => {
    const open = "shapes: { agent: { type: object, additionalProperties: { type: string } } }\n";
    expect(await errors('agent.whatever == "x"', open)).toEqual([]);
    expect(await errors("agent.whatever > 1", open)).toHaveLength(1);
  });

  it("of facts go into the policy with their patterns; those of claims do not", async () => {
    const shape =
      'shapes: { agent: { properties: { team: { type: string } } }, facts: { properties: { code: { type: string, pattern: "^[A-Z]{2}$" } }, required: [code] } }\n';
    const { hostFacts, patterns, facts } = await policy(
      'facts.code == "DE" && "a.test" in facts.partners',
      shape,
    );
    expect(hostFacts).toEqual({
      type: "object",
      properties: { code: { type: "string", pattern: "^[A-Z]{2}$" } },
      required: ["code"],
    });
    expect(patterns?.programs.map(({ pattern }) => pattern)).toEqual(["^[A-Z]{2}$"]);
    expect(facts).toEqual({ partners: ["a.test"] });
    expect((await policy("true", "shapes: { agent: {} }\n")).hostFacts).toBeUndefined();
  });

  it("refuse a claim `role`, which could never be read", async () => {
    expect(
      await errors("true", "shapes: { agent: { properties: { role: { type: string } } } }\n"),
    ).toEqual([
      "bad_name | `agent.role` asks what is among `agent.roles`; a claim `role` could not be read. | Give the claim another name.",
    ]);
  });

  it("refuse a fact that also stands under `facts`", async () => {
    expect(
      (
        await errors("true", "shapes: { facts: { properties: { partners: { type: array } } } }\n")
      )[0],
    ).toMatch(/^conflicting_keys \| `partners` stands under `facts` and in the shape/);
  });

  it.each([
    [
      "a list",
      "shapes: { agent: { type: array } }\n",
      "bad_schema | What `shapes.agent` describes is an object: `type: object`.",
    ],
    ["something else", "shapes: { tenant: {} }\n", "unknown_key"],
    ["an unknown keyword", "shapes: { user: { propertys: {} } }\n", "unknown_key"],
  ])("refuse the shape of %s", async (_, shapes, message) => {
    expect((await errors("true", shapes))[0]).toContain(message);
  });

  it("of two files unite; one shape twice is an error", async () => {
    const head = "interlatch: 1\n";
    const files = [
      {
        path: "a.yaml",
        text: `${head}id: x\ntools: { t: { operation: read } }\nshapes: { agent: { properties: { team: { type: string } } } }\n`,
      },
      { path: "b.yaml", text: `${head}shapes: { user: {} }\n` },
    ];
    expect((await compilePolicy({ files })).ok).toBe(true);
    const twice = [...files, { path: "c.yaml", text: `${head}shapes: { agent: {} }\n` }];
    const result = await compilePolicy({ files: twice });
    expect(result.ok ? [] : result.errors.map(({ code }) => code)).toEqual(["duplicate_name"]);
  });
});
