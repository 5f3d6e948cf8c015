import { readdir, readFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../../../../test/verifies.ts";
import { vectorsFolder } from "./read.ts";
import { checkVectorFile } from "./shape.ts";

const identity = { agent: { id: "a1", roles: [] } };
const call = { id: "c1", tool: "tool", arguments: { n: 1 } };

/** A file with one vector of each kind, and what it takes to break it: what stands at a path in its place. */
const WHOLE = {
  topic: "t",
  vectors: [
    {
      id: "v1",
      policy: "p",
      cases: [
        { id: "c1", why: "w", identity, call, expect: { effect: "allow", retryAfter: [1, 2] } },
        {
          id: "c2",
          why: "w",
          sequence: [
            { at: 0, call, preview: true },
            { at: 1, batch: [{ call }] },
          ],
        },
      ],
    },
    { id: "v2", policy: "p", expect: { error: true, errors: [{ line: 1, mentions: ["x"] }] } },
    { id: "v3", generate: { text: "a", times: 2, then: "b" }, expect: { error: true } },
  ],
};

const BREAKS: readonly (readonly [path: string, value: unknown])[] = [
  ["topic", 1],
  ["vectors", {}],
  ["extra", true],
  ["vectors.0.extra", true],
  ["vectors.0.cases.0.extra", true],
  ["vectors.0.cases.0.expect.effects", "allow"],
  ["vectors.0.cases.0.expect.effect", "block"],
  ["vectors.0.cases.0.expect.retryAfter", [1]],
  ["vectors.0.cases.0.expect.fallback", {}],
  ["vectors.0.cases.0.expect.fallback", { message: "m", value: 1 }],
  ["vectors.0.cases.0.call.arguments", []],
  ["vectors.0.cases.0.identity", {}],
  ["vectors.0.cases.0.session", [{ turn: "unrecorded" }]],
  ["vectors.0.cases.0.sequence", []],
  ["vectors.0.cases.1.sequence.0.preview", false],
  ["vectors.0.cases.1.sequence.1.preview", true],
  ["vectors.1.expect.error", false],
  ["vectors.1.expect.errors.0.mentions", "x"],
  ["vectors.1.cases", []],
  ["vectors.2.generate.times", "2"],
];

/** A copy with this value at this path. */
function broken(path: string, value: unknown): unknown {
  const copy = structuredClone(WHOLE);
  const names = path.split(".");
  // Each name but the last leads to an object or a list.
  let at = copy as unknown as Record<string, unknown>;
  for (const name of names.slice(0, -1)) at = at[name] as Record<string, unknown>;
  at[names.at(-1) ?? ""] = value;
  return copy;
}

describe("the schema of the files", async () => {
  const text = await readFile(new URL("schema/vectors.schema.json", vectorsFolder), "utf8");
  const schema = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);

  verifies("vectors.schema", "fits every file, and there are 300 cases or more", async () => {
    const names = (await readdir(vectorsFolder)).filter((name) => name.endsWith(".json"));
    expect(names.length).toBeGreaterThan(10);
    let cases = 0;
    for (const name of names) {
      const file: unknown = JSON.parse(await readFile(new URL(name, vectorsFolder), "utf8"));
      expect(schema.safeParse(file).error, name).toBeUndefined();
      const { vectors } = checkVectorFile(file, name);
      for (const vector of vectors) cases += "cases" in vector ? vector.cases.length : 1;
    }
    expect(cases).toBeGreaterThanOrEqual(300);
  });

  verifies("vectors.schema", "refuses what the reader refuses", () => {
    expect(schema.safeParse(WHOLE).success).toBe(true);
    checkVectorFile(WHOLE, "whole");
    for (const [path, value] of BREAKS) {
      const file = broken(path, value);
      expect(() => checkVectorFile(file, "broken"), path).toThrow(/must be/);
      expect(schema.safeParse(file).success, path).toBe(false);
    }
  });
});
