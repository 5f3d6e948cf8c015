import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { project, workplace } from "../../../../test/cli/command-line.ts";

describe("interlatch check", () => {
  it("prints each fault with its line and the fix, and exits 1", async () => {
    const { run, edit } = await project();
    edit("policy.yaml", "action: deny", "acton: deny");
    const { code, stdout } = await run(["check"]);
    expect(stdout).toMatch(/^policy\.yaml:\d+:5 error unknown_key\n/);
    expect(stdout).toContain("|     acton: deny\n");
    expect(stdout).toContain("hint: Did you mean `action`?");
    expect(stdout).toContain("policy.yaml: 1 error, 0 warnings");
    expect(code).toBe(1);
  });

  it("warns without failing, and is silent about warnings with --quiet", async () => {
    const { run, write } = workplace();
    write("a.yaml", "interlatch: 1\nid: a\ntools: { t: { operation: read } }\nrules: []\n");
    const { code, stdout } = await run(["check", "a.yaml"]);
    expect(stdout).toContain("warning");
    expect(code).toBe(0);
    const quiet = await run(["check", "a.yaml", "--quiet"]);
    expect(quiet.stdout).toMatch(/^a\.yaml: no errors, \d warnings\n$/);
  });

  it("takes a tool that only a rule names for an error where the config or --strict says so", async () => {
    const { run, write, edit } = await project();
    edit("policy.yaml", "tool: delete_customer", "tool: delete_custmer");
    expect((await run(["check"])).code).toBe(1);
    expect((await run(["check", "--no-strict"])).code).toBe(0);
    write("a.yaml", "interlatch: 1\nid: a\nrules: [{ name: r, tool: t, action: allow }]\n");
    expect((await run(["check", "a.yaml"])).code).toBe(1);
    expect((await run(["check", "a.yaml", "--no-strict"])).code).toBe(0);
  });

  it("merges several files", async () => {
    const { json, write } = workplace();
    write("tools.yaml", "interlatch: 1\ntools: { t: { operation: read, data: public } }\n");
    write("rules.yaml", "interlatch: 1\nid: a\nrules: [{ name: r, tool: t, action: allow }]\n");
    const { code, document } = await json(["check", "tools.yaml", "rules.yaml"]);
    expect(document).toMatchObject({
      ok: true,
      id: "a",
      tools: 1,
      rules: 1,
      files: ["tools.yaml", "rules.yaml"],
    });
    expect(code).toBe(0);
  });

  it("gives every diagnostic as JSON and nothing else", async () => {
    const { json, edit } = await project();
    edit("policy.yaml", "arguments.amount <= 50", "arguments.amout <= 50");
    const { code, document } = await json(["check"]);
    expect(document.ok).toBe(false);
    expect(document.diagnostics).toMatchObject([{ code: "unknown_field", file: "policy.yaml" }]);
    expect(code).toBe(1);
  });

  it("lets no control character of a policy reach the terminal", async () => {
    const { run, write } = workplace();
    write("a.yaml", "interlatch: 1\nid: a\nx\u202e: 1\n");
    const { stdout, stderr } = await run(["check", "a.yaml"], { isTTY: true });
    expect(stdout + stderr).not.toContain("\u202e");
  });

  it.each([
    [["check", "none.yaml"], "none.yaml cannot be read: there is no such file or folder."],
    [["check", "."], ". cannot be read: it is not an ordinary file."],
    [["check"], "There is no interlatch.config.json here. `interlatch init` makes one"],
    [["check", "--config", "none.json"], "none.json cannot be read"],
  ])("says which file is missing for %j and exits 3", async (argv, words) => {
    const { code, stderr } = await workplace().run(argv);
    expect(stderr).toContain(words);
    expect(code).toBe(3);
  });

  it("refuses a file that is not UTF-8: what is signed would be something else", async () => {
    const { run, path } = workplace();
    writeFileSync(path("a.yaml"), Uint8Array.of(0x69, 0xff, 0xfe));
    const { code, stderr } = await run(["check", "a.yaml"]);
    expect(stderr).toContain("it is not UTF-8");
    expect(code).toBe(3);
  });
});
