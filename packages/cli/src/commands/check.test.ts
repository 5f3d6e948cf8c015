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
    [["check", "."], ". holds no policy: no file in it ends in .yaml or .yml."],
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

  const BROKEN = `interlatch: 1
id: a
agents: { all: { when: "true", tools: "*" } }
tools: { t: { operation: read, resources: none } }
define:
  # Used below.
  used: risk > 1
  unused: risk > 2
rules:
  - name: r
    tool: t
    when: !used # why
    action: deny
`;
  const MENDED = BROKEN.replace("!used", "'!used'").replace("  unused: risk > 2\n", "");

  it("puts right what it can with --fix, shows it, and leaves every other byte", async () => {
    const { run, read, write } = workplace();
    write("a.yaml", BROKEN);
    const { code, stdout } = await run(["check", "a.yaml", "--fix"]);
    expect(stdout)
      .toBe(`a.yaml:12:11 fixed yaml_feature Quotes the condition, so that YAML reads it as it was written.
a.yaml:8:3 fixed unused_define Removes the condition \`unused\`, which nothing uses.

a.yaml
      8 -   unused: risk > 2
     12 -     when: !used # why
     11 +     when: '!used' # why

a.yaml: no errors, 0 warnings
`);
    expect(read("a.yaml")).toBe(MENDED);
    expect(code).toBe(0);
  });

  it("writes nothing with --dry-run, and answers for the files as they are", async () => {
    const { run, json, read, write } = workplace();
    write("a.yaml", BROKEN);
    const { code, stdout } = await run(["check", "a.yaml", "--fix", "--dry-run"]);
    expect(stdout).toContain("     11 +     when: '!used' # why\n");
    expect(stdout).toContain("a.yaml: 1 error, 0 warnings\n");
    expect(code).toBe(1);
    const { document } = await json(["check", "a.yaml", "--fix", "--dry-run"]);
    expect(document).toMatchObject({
      ok: false,
      fixed: [
        { code: "yaml_feature", line: 12 },
        { code: "unused_define", line: 8 },
      ],
      diagnostics: [
        { code: "yaml_feature", fix: { edits: [{ line: 12, column: 11, text: "'!used'" }] } },
      ],
    });
    expect(read("a.yaml")).toBe(BROKEN);
    expect((await run(["check", "a.yaml", "--dry-run"])).code).toBe(2);
  });

  it("mends files that another one includes where they lie", async () => {
    const { run, read, write } = workplace();
    write(
      "a.yaml",
      'interlatch: 1\nid: a\ninclude: [parts/tools.yaml]\nagents: { all: { when: "true", tools: "*" } }\n',
    );
    write(
      "parts/tools.yaml",
      "interlatch: 1\ntools: { t: { operation: read, resources: none } }\nrules:\n  - name: r\n    tool: t\n    when: !has(arguments.n)\n    action: deny\n",
    );
    expect((await run(["check", "a.yaml", "--fix"])).code).toBe(0);
    expect(read("parts/tools.yaml")).toContain("    when: '!has(arguments.n)'\n");
  });

  it("says how many findings --fix would put right", async () => {
    const { run, write } = workplace();
    write("a.yaml", MENDED.replace("  used: risk > 1\n", "  used: risk > 1\n  unused: risk > 2\n"));
    const { stdout, code } = await run(["check", "a.yaml"]);
    expect(stdout).toContain(
      "a.yaml: no errors, 1 warning\n1 of them can be put right by --fix.\n",
    );
    expect(code).toBe(0);
  });

  it("fails beyond --max-warnings", async () => {
    const { run, json, write } = workplace();
    write("a.yaml", MENDED.replace("when: '!used' # why", "until: 2031-01-01"));
    expect((await run(["check", "a.yaml", "--max-warnings", "2"])).code).toBe(0);
    const { code, stderr } = await run(["check", "a.yaml", "--max-warnings", "1"]);
    expect(stderr).toBe("2 warnings, more than --max-warnings 1.\n");
    expect(code).toBe(1);
    expect((await json(["check", "a.yaml", "--max-warnings", "0"])).document.ok).toBe(false);
    expect((await run(["check", "a.yaml", "--max-warnings", "some"])).code).toBe(2);
  });

  it("writes SARIF to a file beside its words, or alone to standard output", async () => {
    const { run, read, write } = workplace();
    write("a.yaml", BROKEN);
    const beside = await run(["check", "a.yaml", "--sarif", "out.sarif"]);
    expect(beside.stdout).toContain("a.yaml: 1 error, 0 warnings");
    const alone = await run(["check", "a.yaml", "--sarif", "-"]);
    expect(alone.stdout).toBe(read("out.sarif"));
    expect(JSON.parse(alone.stdout)).toMatchObject({
      version: "2.1.0",
      runs: [{ results: [{ ruleId: "yaml_feature", level: "error" }] }],
    });
    expect([beside.code, alone.code]).toEqual([1, 1]);
    expect((await run(["check", "a.yaml", "--sarif", "-", "--json"])).code).toBe(2);
  });

  it("annotates a change on GitHub, one line a finding and nothing else", async () => {
    const { run, write } = workplace();
    write("a.yaml", BROKEN);
    const { code, stdout } = await run(["check", "a.yaml", "--github"]);
    expect(stdout).toBe(
      "::error file=a.yaml,line=12,col=11,endColumn=15,title=interlatch yaml_feature::YAML reads `!used` as a tag, so `!used` is not read as the condition that was written.%0AQuote it: '!used'\n",
    );
    expect(code).toBe(1);
  });
});
