import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { checkPolicy, compilePolicy } from "../index.ts";

const DIGEST = `sha256:${"0".repeat(63)}1`;
const HEAD = `interlatch: 1
id: pins
tools: { read_file: { operation: read } }
rules: [{ name: r, tools: [read_file, send], action: allow }]
`;
const pins = (...names: readonly string[]): { path: string; text: string } => ({
  path: "tools.pins.yaml",
  text: `interlatch: 1\npins:\n${names.map((name) => `  ${name}: "${DIGEST}"\n`).join("")}`,
});
const policy = { path: "policy.yaml", text: HEAD };

describe("pins", () => {
  verifies(
    "definition.policy",
    "stand in a file of their own and are signed with the policy",
    async () => {
      const result = await compilePolicy({ files: [policy, pins("read_file", "send")] });
      expect(result).toMatchObject({
        ok: true,
        policy: { pins: { read_file: DIGEST, send: DIGEST } },
      });
      const without = await compilePolicy({ files: [policy] });
      expect(without.ok && Object.hasOwn(without.policy, "pins")).toBe(false);
    },
  );

  it("of one tool may stand in one file alone, and must be digests", async () => {
    const twice = await compilePolicy({
      files: [policy, pins("send"), { ...pins("send"), path: "more.yaml" }],
    });
    expect(twice).toMatchObject({ ok: false, errors: [{ code: "duplicate_name", line: 3 }] });
    for (const bad of [DIGEST.slice(1), DIGEST.toUpperCase(), "5", ""]) {
      const text = `interlatch: 1\npins: { send: "${bad}" }\n`;
      const result = await compilePolicy({ files: [policy, { path: "p.yaml", text }] });
      expect(result.ok, bad).toBe(false);
    }
  });

  it("of a tool that the policy does not have are told and left out", async () => {
    const files = [policy, pins("read_files")];
    const { warnings } = await checkPolicy({ files });
    const found = warnings.filter(({ code }) => code === "unused_pin");
    expect(found).toMatchObject([{ line: 3, hint: "Did you mean `read_file`?" }]);
    const result = await compilePolicy({ files });
    expect(result.ok && result.policy.pins).toBeUndefined();
  });

  verifies(
    "definition.globs",
    "and globs go together: a glob is for declared tools and never for one that is only discovered",
    async () => {
      const text = `interlatch: 1
id: globs
agents: { all: { when: "true", tools: "mcp/*" } }
tools: { mcp/read: { operation: read, resources: none } }
rules: [{ name: r, tools: "mcp/*", action: allow }]
`;
      const result = await compilePolicy({
        files: [{ path: "policy.yaml", text }, pins("mcp/read", "mcp/late")],
      });
      if (!result.ok) throw new Error(result.errors[0]?.message);
      expect(Object.keys(result.policy.tools)).toEqual(["mcp/read"]);
      expect(result.policy.rules[0]?.tools).toEqual(["mcp/read"]);
      expect(Object.keys(result.policy.pins ?? {})).toEqual(["mcp/read"]);
    },
  );
});
