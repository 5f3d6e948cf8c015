import { describe, expect, it } from "vitest";
import { project, workplace } from "../../../../test/cli/command-line.ts";

const UGLY = "id:   x # the name\ninterlatch:  1\n";
const FINE = "interlatch: 1\nid: x # the name\n";

describe("interlatch fmt", () => {
  it("leaves what `init` writes as it is: it is canonical", async () => {
    const { run } = await project();
    const { code, stdout } = await run(["fmt", "--check"]);
    expect(stdout).toBe("2 files: 0 would change\n");
    expect(code).toBe(0);
  });

  it("writes the files that change, named ones, those of folders and of the project", async () => {
    const { run, read, write } = workplace();
    for (const name of ["a.yaml", "b/c.yml", "b/d.test.yaml"]) write(name, UGLY);
    write("b/fine.yaml", FINE);
    write("b/other.json", UGLY);
    const { code, stdout } = await run(["fmt", "a.yaml", "b"]);
    expect(stdout).toBe("a.yaml\nb/c.yml\nb/d.test.yaml\n4 files: 3 changed\n");
    expect([read("a.yaml"), read("b/c.yml"), read("b/other.json")]).toEqual([FINE, FINE, UGLY]);
    expect(code).toBe(0);
    write("inner/e.yaml", UGLY.replace(/^id.*\n/, ""));
    write("a.yaml", `include: inner/e.yaml\n${UGLY}`);
    write("interlatch.config.json", JSON.stringify({ policy: ["a.yaml"] }));
    expect((await run(["fmt"])).stdout).toBe("a.yaml\ninner/e.yaml\n2 files: 2 changed\n");
  });

  it("lists with --check what would change, writes nothing and exits 1", async () => {
    const { run, read, write } = workplace();
    write("a.yaml", UGLY);
    const { code, stdout } = await run(["fmt", "a.yaml", "--check"]);
    expect(stdout).toBe("a.yaml\n1 file: 1 would change\n");
    expect(read("a.yaml")).toBe(UGLY);
    expect(code).toBe(1);
  });

  it("leaves a file with errors as it is, says why, and goes on with the others", async () => {
    const { run, read, write } = workplace();
    write("a.yaml", "id: [x\n");
    write("b.yaml", UGLY);
    const { code, stdout, stderr } = await run(["fmt", "a.yaml", "b.yaml"]);
    expect(stderr).toContain("a.yaml:2:1 error yaml_syntax");
    expect(stderr).toContain("Left as it is: a.yaml");
    expect(stdout).toBe("b.yaml\n2 files: 1 changed\n");
    expect([read("a.yaml"), read("b.yaml")]).toEqual(["id: [x\n", FINE]);
    expect(code).toBe(1);
  });

  it("gives one JSON document", async () => {
    const { json, write } = workplace();
    write("a.yaml", UGLY);
    write("b.yaml", "id: [x\n");
    const { code, document } = await json(["fmt", "--check", "a.yaml", "b.yaml"]);
    expect(document).toMatchObject({
      ok: false,
      files: ["a.yaml", "b.yaml"],
      changed: ["a.yaml"],
      diagnostics: [{ code: "yaml_syntax", file: "b.yaml" }],
    });
    expect(code).toBe(1);
  });

  it("formats standard input; a name says whether it is a file of tests", async () => {
    const { run } = workplace();
    const input = (text: string) => ({ readInput: async () => text });
    expect((await run(["fmt", "--stdin"], input(UGLY))).stdout).toBe(FINE);
    const tests = "cases:\n- {expect: {effect: deny}, name: a}\n";
    expect((await run(["fmt", "--stdin", "x.test.yaml"], input(tests))).stdout).toBe(
      "cases:\n  - { name: a, expect: { effect: deny } }\n",
    );
    const bad = await run(["fmt", "--stdin"], input("id: [x\n"));
    expect([bad.code, bad.stdout]).toEqual([1, ""]);
    expect((await run(["fmt", "--stdin", "--check"], input(UGLY))).code).toBe(1);
    expect((await run(["fmt", "--stdin"])).code).toBe(2);
  });

  it("adds the line for editors with --editor", async () => {
    const { run, read, write } = workplace();
    write("a.yaml", FINE);
    write("a.test.yaml", "cases: []\n");
    await run(["fmt", "--editor", "a.yaml", "a.test.yaml"]);
    expect(read("a.yaml")).toMatch(/^# yaml-language-server: \$schema=.*\/policy\.schema\.json\n/);
    expect(read("a.test.yaml")).toMatch(/^# yaml-language-server: .*\/policy-test\.schema\.json\n/);
  });
});
