import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openTrustRoot } from "@interlatch/core";
import { readKeyFile } from "@interlatch/core/node";
import { NOW, project, workplace } from "../../../../test/cli/command-line.ts";

const KEYS = [".interlatch/keys/root.pem", ".interlatch/keys/bundle.pem"] as const;

describe("interlatch init", () => {
  it("makes a project whose policy has no fault and no warning, and whose tests pass", async () => {
    const { json } = await project();
    const checked = await json(["check"]);
    expect(checked.document).toMatchObject({ ok: true, strict: true, tools: 4, diagnostics: [] });
    const tested = await json(["test"]);
    expect(tested.document).toMatchObject({ passed: 7, failed: 0 });
    const [{ coverage }] = tested.document.runs;
    expect(coverage).toMatchObject({ rules: { missing: [] }, tools: { missing: [] } });
  });

  it("makes two keys that only their owner may read, in a folder that is never committed", async () => {
    const { path, read, json } = workplace();
    expect((await json(["init"])).document.encrypted).toBe(false);
    for (const key of KEYS) expect(statSync(path(key)).mode & 0o777).toBe(0o600);
    expect(statSync(path(".interlatch/keys")).mode & 0o777).toBe(0o700);
    expect(read(".interlatch/keys/.gitignore")).toBe("*\n");
    const [root, bundle] = await Promise.all(KEYS.map((key) => readKeyFile(path(key))));
    expect(root?.keyid).not.toBe(bundle?.keyid);
  });

  it("prints the pin that opens its trust root, which separates the two roles", async () => {
    const { read, path, pin } = await project();
    const digest = pin.replace("trust.json#", "");
    const root = await openTrustRoot({ document: read("trust.json"), digest, now: NOW });
    const [rootKey, bundleKey] = await Promise.all(KEYS.map((key) => readKeyFile(path(key))));
    expect(root.document.roles.root).toEqual({ keyids: [rootKey?.keyid], threshold: 1 });
    expect(root.document.roles.bundle).toEqual({ keyids: [bundleKey?.keyid], threshold: 1 });
  });

  it("gives the bundle 30 days from now, by the clock", async () => {
    const { read } = await project();
    expect(JSON.parse(read("interlatch.config.json"))).toMatchObject({
      version: 1,
      notBefore: "2026-03-01T12:00:00Z",
      expires: "2026-03-31T12:00:00Z",
      created: "2026-03-01T12:00:00Z",
    });
  });

  it("says what comes next", async () => {
    const { run } = workplace();
    const { stdout } = await run(["init", "Shop Agent"]);
    expect(stdout).toMatch(
      /Next:\n {2}cd Shop Agent\n {2}npx interlatch test\n {2}npx interlatch build\n {2}npx interlatch sign shop-agent-1/,
    );
    expect(stdout).toContain("not encrypted");
  });

  it.each([
    ["2026", 'id: "2026"'],
    ["true", 'id: "true"'],
    ["Ünï", "id: n"],
    ["___", "id: my-policy"],
  ])("names the policy after its folder %s so that it builds", async (name, id) => {
    const { run, path, read } = workplace();
    expect((await run(["init", name])).code).toBe(0);
    expect(read(`${name}/policy.yaml`)).toContain(`\n${id}\n`);
    expect((await run(["check"], { cwd: path(name) })).code).toBe(0);
  });

  it("overwrites nothing, and lists what is there", async () => {
    const { run, write, read } = workplace();
    write("policy.yaml", "mine");
    const { code, stderr } = await run(["init"]);
    expect(stderr).toContain("this is there already: policy.yaml.");
    expect(code).toBe(3);
    expect(read("policy.yaml")).toBe("mine");
  });

  it("writes the policy anew with --force, and never keys, trust root or config", async () => {
    const { json, read, edit } = await project();
    const kept = [...KEYS, "trust.json", "interlatch.config.json"];
    const before = kept.map(read);
    edit("policy.yaml", "action: deny", "action: allow");
    const { code, document } = await json(["init", "--force"]);
    expect(code).toBe(0);
    expect(document.written).toEqual(["policy.yaml", "policy.test.yaml"]);
    expect(document.kept.toSorted()).toEqual(kept.toSorted());
    expect(read("policy.yaml")).toContain("action: deny");
    expect(kept.map(read)).toEqual(before);
  });

  it("makes no keys beside a trust root that would not name them, not even with --force", async () => {
    const { run, write, path } = workplace();
    write("trust.json", "{}");
    const { code, stderr } = await run(["init", "--force"]);
    expect(stderr).toContain("There: trust.json; missing: interlatch.config.json");
    expect(code).toBe(3);
    expect(() => statSync(path("policy.yaml"))).toThrow("ENOENT");
  });

  it("encrypts the keys with INTERLATCH_PASSPHRASE", async () => {
    const { json, read, path } = workplace();
    const { document } = await json(["init"], { env: { INTERLATCH_PASSPHRASE: "correct horse" } });
    expect(document.encrypted).toBe(true);
    for (const key of KEYS) expect(read(key)).toContain("ENCRYPTED PRIVATE KEY");
    const key = await readKeyFile(path(KEYS[0]), { passphrase: "correct horse" });
    expect(key.alg).toBe("Ed25519");
  });

  it("asks for a passphrase only when told to, twice, and writes nothing when the answers differ", async () => {
    const { run, path } = workplace();
    const answers = ["one", "two"];
    const asked: string[] = [];
    const askSecret = async (question: string): Promise<string> => {
      asked.push(question);
      return answers.shift() ?? "";
    };
    const { code, stderr } = await run(["init", "--passphrase"], { askSecret });
    expect(stderr).toContain("The two passphrases differ.");
    expect(code).toBe(4);
    expect(asked).toHaveLength(2);
    expect(() => statSync(path("policy.yaml"))).toThrow("ENOENT");
    expect((await run(["init"], { askSecret })).code).toBe(0);
    expect(asked).toHaveLength(2);
  });

  it("says what to do where there is no terminal to ask on", async () => {
    const { code, stderr } = await workplace().run(["init", "--passphrase"]);
    expect(stderr).toContain("Set INTERLATCH_PASSPHRASE instead.");
    expect(code).toBe(2);
  });
});
