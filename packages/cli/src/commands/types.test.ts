import { describe, expect, it } from "vitest";
import { project, workplace } from "../../../../test/cli/command-line.ts";

describe("interlatch types", () => {
  it("prints the types of the project's policy, or writes them to a file", async () => {
    const { run, json, read } = await project();
    const { code, stdout } = await run(["types"]);
    expect(stdout).toContain("  readonly refund_order: {\n    readonly order: string;\n");
    expect(code).toBe(0);
    expect((await json(["types"])).document.types.trimEnd()).toBe(stdout.trimEnd());
    expect((await run(["types", "--output", "tools.d.ts"])).stdout).toBe("tools.d.ts\n");
    expect(read("tools.d.ts").trimEnd()).toBe(stdout.trimEnd());
  });

  it("says what is wrong in a policy that has errors, and exits 1", async () => {
    const { run, write } = workplace();
    write("a.yaml", "interlatch: 1\nid: a\ntols: {}\n");
    const { code, stdout, stderr } = await run(["types", "a.yaml"]);
    expect(stderr).toContain("a.yaml:3:1 error unknown_key");
    expect([code, stdout]).toEqual([1, ""]);
  });
});
