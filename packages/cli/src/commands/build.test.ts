import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { NOW, project, workplace } from "../../../../test/cli/command-line.ts";

const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

describe("interlatch build", () => {
  it("writes the payload under the policy's id and version, and prints its digest", async () => {
    const { json, path, read } = await project();
    const { code, document } = await json(["build"]);
    expect(code).toBe(0);
    expect(document).toMatchObject({ file: "shop-1.payload.json", id: "shop", version: 1 });
    expect(document.digest).toBe(`sha256:${sha256(readFileSync(path("shop-1.payload.json")))}`);
    expect(JSON.parse(read("shop-1.payload.json"))).toMatchObject({
      id: "shop",
      version: 1,
      audience: ["dev-team"],
      notBefore: "2026-03-01T12:00:00Z",
      expires: "2026-03-31T12:00:00Z",
      sources: [{ path: "policy.yaml", sha256: sha256(read("policy.yaml")) }],
      tests: {
        files: [{ path: "policy.test.yaml", sha256: sha256(read("policy.test.yaml")) }],
        cases: 7,
        coverage: 1,
      },
    });
  });

  it("gives the same bytes anywhere and at any time", async () => {
    const { run, path, read } = await project();
    await run(["build"]);
    const first = readFileSync(path("shop-1.payload.json"));

    const other = workplace();
    for (const name of ["policy.yaml", "policy.test.yaml", "interlatch.config.json"]) {
      other.write(`deep/down/${name}`, read(name));
    }
    const config = ["--config", "deep/down/interlatch.config.json"];
    const noClock = (): number => {
      throw new Error("build read the clock");
    };
    const again = await other.run(["build", ...config], { now: noClock });
    expect(again.stderr).toBe("");
    expect(again.code).toBe(0);
    expect(readFileSync(other.path("deep/down/shop-1.payload.json")).equals(first)).toBe(true);
  });

  it("takes from the command line what it says instead of the config", async () => {
    const { json, read } = await project();
    const flags =
      "--version 7 --audience prod --audience stage --change CR-17 --out dist/policies " +
      "--not-before 2026-05-01T00:00:00Z --expires 2026-05-02T00:00:00Z " +
      "--created 2026-04-30T00:00:00Z";
    const { code } = await json(["build", ...flags.split(" ")]);
    expect(code).toBe(0);
    expect(JSON.parse(read("dist/policies/shop-7.payload.json"))).toMatchObject({
      version: 7,
      audience: ["prod", "stage"],
      notBefore: "2026-05-01T00:00:00Z",
      expires: "2026-05-02T00:00:00Z",
      created: "2026-04-30T00:00:00Z",
      change: "CR-17",
    });
  });

  it.each([
    [["--version", "x"], "`version` must be a whole number from 1 on"],
    [["--version", "1.5"], "`version` must be a whole number from 1 on"],
    [["--expires", "tomorrow"], "`expires` must be an instant"],
  ])("refuses %j", async (flags, words) => {
    const { run } = await project();
    const { code, stderr } = await run(["build", ...flags]);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });

  it("builds nothing of a policy with errors", async () => {
    const { json, edit, path } = await project();
    edit("policy.yaml", "action: deny", "action: denied");
    const { code, document } = await json(["build"]);
    expect(document.error.code).toBe("ERR_POLICY");
    expect(document.error.diagnostics).toMatchObject([{ severity: "error", file: "policy.yaml" }]);
    expect(code).toBe(1);
    expect(existsSync(path("shop-1.payload.json"))).toBe(false);
  });

  it("builds nothing when a test fails, and says which", async () => {
    const { json, edit, path, run } = await project();
    edit("policy.yaml", "max_batch_size: 100", "max_batch_size: 1000");
    const { code, document } = await json(["build"]);
    expect(document.error.message).toBe("1 test of 7 failed, so nothing was built.");
    expect(document.error.failures).toMatchObject([
      { name: "exports are cut to 100", differences: [{ what: "arguments" }] },
    ]);
    expect(code).toBe(1);
    expect((await run(["build"])).stdout).toContain("failed exports are cut to 100");
    expect(existsSync(path("shop-1.payload.json"))).toBe(false);
  });

  it("refuses a policy of another id than the config names, and tests of another policy", async () => {
    const { run, read, write } = await project();
    const config = JSON.parse(read("interlatch.config.json"));
    write("interlatch.config.json", JSON.stringify({ ...config, id: "ship" }));
    const named = await run(["build"]);
    expect(named.stderr).toContain("says that the policy is `ship`; the policy says `shop`.");
    expect(named.code).toBe(2);
    write("interlatch.config.json", JSON.stringify(config));
    write("policy.test.yaml", "policy: other.yaml\ncases: []\n");
    const tested = await run(["build"]);
    expect(tested.stderr).toContain("policy.test.yaml names a policy of its own");
    expect(tested.code).toBe(2);
  });

  it("says which field of the config it cannot do without", async () => {
    const { run, write } = await project();
    write("interlatch.config.json", '{"policy":["policy.yaml"]}');
    const { code, stderr } = await run(["build"]);
    expect(stderr).toContain("interlatch.config.json has no `version`, which this needs.");
    expect(code).toBe(2);
  });

  it("makes a bundle without tests, and says so in it", async () => {
    const { json, write, read } = await project();
    const config = JSON.parse(read("interlatch.config.json"));
    write("interlatch.config.json", JSON.stringify({ ...config, tests: [] }));
    expect((await json(["build"], { now: () => NOW + 1 })).code).toBe(0);
    const { tests } = JSON.parse(read("shop-1.payload.json"));
    expect(tests).toEqual({ files: [], cases: 0, coverage: 0 });
  });
});
