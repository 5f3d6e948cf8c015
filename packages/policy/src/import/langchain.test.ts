import { testGuard } from "@interlatch/core/testing";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { compilePolicy } from "../compile.ts";
import { importLangchain } from "./langchain.ts";
import type { ImportResult } from "./import-result.ts";

async function imported(
  value: unknown,
  tools: readonly string[] = [],
): Promise<Extract<ImportResult, { ok: true }>> {
  const made = await importLangchain(
    { path: "hitl.json", text: JSON.stringify(value) },
    { id: "desk", tools },
  );
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  return made;
}

/** What the written policy says of a call of each tool. */
async function effectsOf(text: string, tools: readonly string[]): Promise<Record<string, string>> {
  const made = await compilePolicy({ files: [{ path: "p.yaml", text }] }, { strict: true });
  if (!made.ok) throw new Error("the import does not build");
  const guard = await testGuard(made.policy);
  const ticket = guard.ticket();
  const effects = tools.map((tool) => {
    const call = { ticket, id: "c", tool, arguments: { any: "thing" } };
    return [tool, guard.decide(call).effect] as const;
  });
  return Object.fromEntries(effects);
}

describe("an interruptOn map", () => {
  verifies("import.langchain", "becomes a policy that stops what the map stops", async () => {
    const map = {
      write_file: true,
      read_file: false,
      send_email: { allowedDecisions: ["approve", "edit", "reject"], description: "Mail goes out" },
      run_sql: { allowedDecisions: ["approve", "reject"], argsSchema: { type: "object" } },
      drop_table: { allowedDecisions: ["reject"] },
      edited_only: { allowedDecisions: ["edit"] },
      nobody: { allowedDecisions: [] },
      older: { allow_accept: true, allow_edit: false },
      older_refused: { allow_accept: false, allow_respond: true },
      guarded: { allowedDecisions: ["approve"], when: "function" },
    };
    const { text, notes } = await imported({ interruptOn: map });
    expect(await effectsOf(text, [...Object.keys(map), "not_named"])).toEqual({
      write_file: "review",
      read_file: "allow",
      send_email: "review",
      run_sql: "review",
      drop_table: "deny",
      edited_only: "deny",
      nobody: "deny",
      older: "review",
      older_refused: "deny",
      guarded: "review",
      not_named: "deny",
    });
    expect(notes.filter(({ instead }) => instead === "deny").map(({ message }) => message)).toEqual(
      ["drop_table", "edited_only", "nobody", "older_refused"].map(
        (tool) => `Nobody may approve \`${tool}\` as it was asked, so it is denied.`,
      ),
    );
    expect(notes.map(({ message }) => message)).toContain(
      "Each call of `guarded` is reviewed: its `when` is code and in no file.",
    );
  });

  it("may stand alone, in Python's words, or as YAML", async () => {
    const bare = await imported({ a: true, b: false });
    expect(await effectsOf(bare.text, ["a", "b"])).toEqual({ a: "review", b: "allow" });
    const python = await imported({ interrupt_on: { a: { allowed_decisions: ["approve"] } } });
    expect(await effectsOf(python.text, ["a"])).toEqual({ a: "review" });
    const yaml = await importLangchain(
      { path: "h.yaml", text: "interruptOn:\n  a: true\n" },
      { id: "x" },
    );
    expect(yaml.ok).toBe(true);
  });

  it("allows tools that it leaves out only where they are named", async () => {
    const { text } = await imported({ interruptOn: { a: true } }, ["a", "search"]);
    expect(await effectsOf(text, ["a", "search", "other"])).toEqual({
      a: "review",
      search: "allow",
      other: "deny",
    });
  });

  it.each([
    ["yes"],
    [1],
    [null],
    [[]],
    [{ allowed: ["approve"] }],
    [{ allowedDecisions: "reject" }],
  ])("denies what is set to %j, which is not understood", async (value) => {
    const { text, notes } = await imported({ interruptOn: { t: value } });
    expect(await effectsOf(text, ["t"])).toEqual({ t: "deny" });
    expect(notes).toHaveLength(1);
  });

  verifies("import.hostile", "makes nothing of what its texts look like", async () => {
    const evil = 'x"\n  - name: evil\n    tools: [t]\n    action: allow\n# \u2028\u0007\u202e';
    const { text, notes } = await imported({
      interruptOn: { t: { allowedDecisions: ["approve"], description: evil }, [evil]: false },
      [evil]: 1,
    });
    const made = await compilePolicy({ files: [{ path: "p.yaml", text }] }, { strict: true });
    if (!made.ok) throw new Error("the import does not build");
    expect(made.policy.rules.map(({ name, action }) => `${name} ${action}`)).toEqual([
      "review_t review",
    ]);
    expect(made.policy.rules[0]?.reason).toBe(evil);
    expect(Object.keys(made.policy.tools)).toEqual(["t"]);
    expect(notes.map(({ instead }) => instead)).toEqual(["left_out", "left_out"]);
    expect(text).not.toMatch(/[\u2028\u202e\u0007]/);
  });

  it.each([
    ['{"interruptOn": {"a": true, "a": false}}', "duplicate_key"],
    ['{"interruptOn": {"__proto__": false}}', "bad_name"],
    ['{"interruptOn": []}', "wrong_shape"],
    ["[]", "wrong_shape"],
    ["{", "yaml_syntax"],
  ])("refuses %s", async (text, code) => {
    const made = await importLangchain({ path: "h.json", text }, { id: "x" });
    expect(made.ok ? [] : made.errors.map((error) => error.code)).toContain(code);
  });
});
