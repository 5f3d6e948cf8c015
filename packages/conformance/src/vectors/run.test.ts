import { readFile } from "node:fs/promises";
import { testGuard } from "@interlatch/core/testing";
import { describe, expect, it } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { vectorFiles, vectorsJson } from "../../../../test/tasks/vectors-json.ts";
import { verifies } from "../../../../test/verifies.ts";
import type { Compiled, VectorHost } from "./host.ts";
import { readVectors } from "./read.ts";
import { runVectors } from "./run.ts";
import { sameJson } from "./same.ts";
import { checkVectorFile } from "./shape.ts";
import type { VectorFile } from "./vector.ts";

/** A host whose policies are what the texts name: `allow`, `deny`, `review`, `refuse LINE WORDS`, `later KEY`. */
const host: VectorHost = {
  compile(text): Compiled {
    const [what = "", line, ...words] = text.split(" ");
    if (what === "refuse") {
      return { ok: false, errors: [{ code: "bad", line: Number(line), message: words.join(" ") }] };
    }
    if (what === "later") {
      const message = `\`${line}\` is for later`;
      return { ok: false, errors: [{ code: "not_supported_yet", line: 1, message }] };
    }
    return { ok: true, policy: policyOf({ rules: [{ action: what as "allow" }] }) };
  },
  makeGuard: (policy, options) => testGuard(policy, options),
};

const identity = { agent: { id: "a1", roles: [] } };
const call = { id: "c1", tool: "tool", arguments: { n: 1 } };

function fileOf(vector: object): VectorFile {
  return checkVectorFile({ topic: "t", vectors: [{ id: "v", ...vector }] }, "test");
}

async function differencesOf(policy: string, one: object): Promise<readonly string[]> {
  const cases = [{ id: "c", why: "", identity, ...one }];
  const { files } = await runVectors([fileOf({ policy, cases })], host);
  return files.flatMap(({ failures }) => failures.flatMap(({ differences }) => differences));
}

describe("the runner finds what differs", () => {
  const wrong: readonly (readonly [string, object, string])[] = [
    ["allow", { effect: "deny" }, 'effect: expected "deny", got "allow"'],
    ["deny", { code: "no_match" }, 'code: expected "no_match", got "rule_denied"'],
    ["deny", { rule: null }, 'rule: expected null, got "rule-1"'],
    ["allow", { arguments: { n: 2 } }, 'arguments: expected {"n":2}, got {"n":1}'],
    ["allow", { riskAtLeast: 21 }, 'risk: expected "21 or more", got 20'],
    ["allow", { obligations: ["rate_limit"] }, 'obligations: expected "rate_limit", got []'],
    ["deny", { retryAfter: [0, 9] }, "retryAfter: expected [0,9], got undefined"],
    ["deny", { fallback: { message: "no" } }, "fallback: expected"],
    ["deny", { fallback: { value: 1 } }, "fallback: expected"],
    ["deny", { fallback: { tool: "x", id: "c1#fallback", arguments: {} } }, "fallback: expected"],
    ["review", { effect: "deny" }, 'effect: expected "deny", got "review"'],
  ];
  for (const [policy, expect_, text] of wrong) {
    it(`for ${policy}: ${JSON.stringify(expect_)}`, async () => {
      expect(await differencesOf(policy, { call, expect: expect_ })).toEqual(
        expect.arrayContaining([expect.stringContaining(text)]),
      );
    });
  }

  it("and is content where nothing differs", async () => {
    const right = {
      effect: "allow",
      code: "allowed",
      rule: "rule-1",
      arguments: { n: 1 },
      riskAtLeast: 20,
    };
    expect(await differencesOf("allow", { call, expect: right })).toEqual([]);
    const denied = {
      effect: "deny",
      fallback: { message: "A rule forbids this call as it is." },
    };
    expect(await differencesOf("deny", { call, expect: denied })).toEqual([]);
    expect(
      await differencesOf("review", {
        call,
        expect: { effect: "review", code: "review_required" },
      }),
    ).toEqual([]);
  });

  it("in every step of a sequence, with its place", async () => {
    const sequence = [
      { at: 0, call, expect: { effect: "allow" } },
      { at: 1, times: 2, every: 1, call: { ...call, id: "r{n}" }, expect: { effect: "deny" } },
      { at: 5, preview: true, call, expect: { effect: "review" } },
      { at: 6, batch: [{ call, expect: { effect: "deny" } }, { call: { ...call, id: "c2" } }] },
    ];
    expect(await differencesOf("allow", { sequence })).toEqual([
      'step 2, call 1: effect: expected "deny", got "allow"',
      'step 2, call 2: effect: expected "deny", got "allow"',
      'step 3: effect: expected "review", got "allow"',
      'step 4: 1 of the batch: effect: expected "deny", got "allow"',
    ]);
  });

  it("when a history cannot be put on record", async () => {
    const expectation = { effect: "deny" };
    const history = [{ call, result: "x" }];
    expect(await differencesOf("deny", { session: history, call, expect: expectation })).toEqual([
      "the history has a call that is denied: tool: rule_denied",
    ]);
    const turn = [{ turn: "unrecorded", role: "user", text: "x" }];
    expect(await differencesOf("allow", { session: turn, call, expect: expectation })).toEqual([
      "this guard takes no unrecorded turns",
    ]);
  });
});

describe("a policy that must not build", () => {
  const run = async (policy: string, expect_: object): Promise<readonly number[]> => {
    const { passed, failed, skipped } = await runVectors(
      [fileOf({ policy, expect: { error: true, ...expect_ } })],
      host,
    );
    return [passed, failed, skipped];
  };

  it("fails when it builds, or an error is missing, at another line or without its words", async () => {
    expect(await run("allow", {})).toEqual([0, 1, 0]);
    expect(
      await run("refuse 3 Bad Word", { errors: [{ line: 3, mentions: ["bad", "WORD"] }] }),
    ).toEqual([1, 0, 0]);
    expect(await run("refuse 3 bad word", { errors: [{ line: 4, mentions: ["bad"] }] })).toEqual([
      0, 1, 0,
    ]);
    expect(await run("refuse 3 bad word", { errors: [{ mentions: ["good"] }] })).toEqual([0, 1, 0]);
    expect(await run("refuse 3 bad word", {})).toEqual([1, 0, 0]);
  });
});

describe("what is skipped", () => {
  it("is only what a later engine runs, by key, and is not passed", async () => {
    const cases = [{ id: "c", why: "", identity, call, expect: { effect: "allow" } }];
    const later = await runVectors([fileOf({ policy: "later risk", cases })], host);
    expect(later).toMatchObject({ passed: 0, failed: 0, skipped: 1 });
    expect(later.lines).toContain("skipped, not supported yet: risk: 1 cases of v");
    const broken = await runVectors([fileOf({ policy: "refuse 1 bad", cases })], host);
    expect(broken).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("the files", () => {
  verifies("vectors.kit", "of JSON say what the YAML beside them says", async () => {
    for (const { path, json } of await vectorFiles()) {
      expect(await readFile(path, "utf8"), `run test/tasks/vectors-to-json.ts: ${path}`).toBe(json);
    }
  });

  it("keep numbers as written, and keys that look like prototypes", () => {
    const json = vectorsJson(
      "a: [-0, 100.0, 9007199254740993, 1e3]\n__proto__: { constructor: x }\n",
    );
    expect(json).toBe(
      '{ "a": [ -0, 100.0, 9007199254740993, 1e3 ], "__proto__": { "constructor": "x" } }\n',
    );
    expect(Object.keys(JSON.parse(json))).toEqual(["a", "__proto__"]);
    for (const text of ["a: 1\na: 2\n", "a: &x 1\nb: *x\n", "a: .nan\n", "1: a\n", "a: [", ""]) {
      expect(() => vectorsJson(text)).toThrow();
    }
  });

  verifies("vectors.kit", "are read strictly: what is not known is refused", async () => {
    const files = await readVectors();
    expect(files.length).toBe(12);
    const good = {
      topic: "t",
      vectors: [{ id: "v", policy: "allow", cases: [{ id: "c", why: "", call, expect: {} }] }],
    };
    const spoilt: readonly ((one: typeof good) => unknown)[] = [
      (one) => ({ ...one, extra: 1 }),
      (one) => ({ ...one, vectors: [{ ...one.vectors[0], polciy: "x" }] }),
      (one) => ({
        ...one,
        vectors: [
          {
            id: "v",
            policy: "allow",
            cases: [{ id: "c", why: "", call, expect: { efect: "deny" } }],
          },
        ],
      }),
      (one) => ({
        ...one,
        vectors: [{ id: "v", policy: "allow", cases: [{ id: "c", why: "", call }] }],
      }),
      (one) => ({
        ...one,
        vectors: [
          {
            id: "v",
            policy: "allow",
            cases: [{ id: "c", why: "", call, expect: { effect: "permit" } }],
          },
        ],
      }),
      () => ({ topic: "t" }),
      () => [],
    ];
    expect(() => checkVectorFile(good, "t")).not.toThrow();
    for (const spoil of spoilt) expect(() => checkVectorFile(spoil(good), "t")).toThrow("t");
  });

  it("are the same JSON by own keys, in any order, minus zero or not", () => {
    expect(
      sameJson({ a: -0, b: [1, null] }, Object.assign(Object.create(null), { b: [1, null], a: 0 })),
    ).toBe(true);
    const proto = JSON.parse('{"__proto__":{"a":1}}');
    expect(sameJson(proto, { a: 1 })).toBe(false);
    expect(sameJson(proto, JSON.parse('{"__proto__":{"a":2}}'))).toBe(false);
    for (const [a, b] of [
      [1, "1"],
      [[1], { 0: 1 }],
      [{}, null],
      [{ a: undefined }, {}],
      [
        [1, 2],
        [2, 1],
      ],
    ]) {
      expect(sameJson(a, b)).toBe(false);
    }
  });
});
