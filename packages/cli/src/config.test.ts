import { describe, expect, it } from "vitest";
import { workplace } from "../../../test/cli/command-line.ts";

const GOOD = { policy: ["policy.yaml"] };

async function faultsOf(config: unknown): Promise<{ code: number; stderr: string }> {
  const { run, write } = workplace();
  write("interlatch.config.json", typeof config === "string" ? config : JSON.stringify(config));
  write("policy.yaml", "interlatch: 1\nid: a\nrules: []\n");
  return run(["check"]);
}

describe("interlatch.config.json", () => {
  it("needs nothing but a policy to be checked", async () => {
    expect((await faultsOf(GOOD)).code).toBe(0);
  });

  it.each([
    ["{", "is not JSON"],
    ["[]", "must hold a JSON object"],
    [{}, "`policy` is missing"],
    [{ ...GOOD, polcy: [] }, '"polcy" is no field; meant: `policy`?'],
    [{ ...GOOD, xyz: 1 }, '"xyz" is no field; known: policy, tests'],
    ['{"policy":["policy.yaml"],"__proto__":{}}', '"__proto__" is no field'],
    [{ policy: "policy.yaml" }, "`policy` must be a list of texts that are not empty"],
    [{ policy: [""] }, "`policy` must be a list of texts"],
    [{ ...GOOD, version: 0 }, "`version` must be a whole number from 1 on; found 0"],
    [{ ...GOOD, version: "1" }, "`version` must be a whole number"],
    [{ ...GOOD, expires: "2026-02-30T00:00:00Z" }, "`expires` must be an instant like"],
    [{ ...GOOD, expires: "2026-02-03" }, "`expires` must be an instant like"],
    [{ ...GOOD, strict: "yes" }, "`strict` must be true or false"],
  ])("refuses %j", async (config, words) => {
    const { code, stderr } = await faultsOf(config);
    expect(stderr).toContain("ERR_CONFIG");
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });

  it("names all faults at once", async () => {
    const { stderr } = await faultsOf({ version: 0, strict: 1 });
    expect(stderr).toContain("interlatch.config.json has 3 faults:");
    expect(stderr.match(/\n {2}/g)).toHaveLength(3);
  });

  it("may lie elsewhere; its paths start where it lies", async () => {
    const { run, write, path } = workplace();
    write("deep/interlatch.config.json", JSON.stringify(GOOD));
    write("deep/policy.yaml", "interlatch: 1\nid: a\nrules: []\n");
    expect((await run(["check", "--config", "deep/interlatch.config.json"])).code).toBe(0);
    const { code } = await run(["check"], { cwd: path("deep") });
    expect(code).toBe(0);
  });
});
