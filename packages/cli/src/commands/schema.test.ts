import { describe, expect, it } from "vitest";
import { workplace } from "../../../../test/cli/command-line.ts";

describe("interlatch schema", () => {
  it.each([
    ["policy", "rules"],
    ["test", "cases"],
  ])("prints the schema of a %s, or writes it to a file", async (kind, key) => {
    const { run, json, read } = workplace();
    const { code, stdout } = await run(["schema", kind]);
    expect(Object.keys(JSON.parse(stdout).properties)).toContain(key);
    expect(code).toBe(0);
    expect((await json(["schema", kind])).document).toEqual(JSON.parse(stdout));
    expect((await run(["schema", kind, "--output", "s.json"])).stdout).toBe("s.json\n");
    expect(JSON.parse(read("s.json"))).toEqual(JSON.parse(stdout));
  });
});
