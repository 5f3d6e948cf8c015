import { chmodSync, existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { project, signedProject } from "../../../../test/cli/command-line.ts";

const KEY = ".interlatch/keys/bundle.pem";
const SIGN = ["sign", "shop-1.payload.json", "--key", KEY] as const;

describe("interlatch sign", () => {
  it("makes a bundle of a payload, and says what is signed", async () => {
    const { run, read } = await project();
    await run(["build"]);
    const { code, stdout } = await run(SIGN);
    expect(stdout).toContain("shop version 1 for dev-team\n  from 2026-03-01T12:00:00Z until");
    expect(stdout).toMatch(/\nshop-1\.bundle\.json {2}sha256:[0-9a-f]{64}\n/);
    expect(code).toBe(0);
    const envelope = JSON.parse(read("shop-1.bundle.json"));
    expect(envelope.signatures).toHaveLength(1);
    expect(Buffer.from(envelope.payload, "base64").toString()).toBe(read("shop-1.payload.json"));
  });

  it("adds a second signature to the bundle, from the file or beside the payload", async () => {
    const { run, json } = await signedProject();
    for (const name of ["second", "third"]) await run(["keygen", "--out", `${name}.pem`]);
    const second = await json(["sign", "shop-1.bundle.json", "--key", "second.pem"]);
    expect(second.document).toMatchObject({ file: "shop-1.bundle.json" });
    expect(second.document.signers).toHaveLength(2);
    const third = await json(["sign", "shop-1.payload.json", "--key", "third.pem"]);
    expect(third.document.signers).toHaveLength(3);
    expect(third.document.digest).toBe(second.document.digest);
  });

  it("signs with several keys at once, and not twice with one", async () => {
    const { run, json, read } = await project();
    await run(["build"]);
    await run(["keygen", "--out", "second.pem", "--alg", "ES256"]);
    const { document } = await json([...SIGN, "--key", "second.pem"]);
    expect(document.signers).toHaveLength(2);
    const before = read("shop-1.bundle.json");
    const again = await run(SIGN);
    expect(again.stderr).toContain("has signed already");
    expect(again.code).toBe(0);
    expect(read("shop-1.bundle.json")).toBe(before);
  });

  it("adds a signature to a trust root, whose pin stays", async () => {
    const { run, json, pin } = await project();
    await run(["keygen", "--out", "second.pem"]);
    const { document } = await json(["sign", "trust.json", "--key", "second.pem"]);
    expect(`trust.json#${document.digest}`).toBe(pin);
    expect(document.signers).toHaveLength(2);
  });

  it("takes a key from the environment, its lines joined as deployments store them", async () => {
    const { run, json, read } = await project();
    await run(["build"]);
    const env = { SIGNING_KEY: read(KEY).replaceAll("\n", "\\n") };
    const argv = [
      "sign",
      "shop-1.payload.json",
      "--key-env",
      "SIGNING_KEY",
      "--out",
      "a.bundle.json",
    ];
    expect((await json(argv, { env })).document.signers).toHaveLength(1);
    const missing = await run(argv);
    expect(missing.stderr).toContain("The environment variable SIGNING_KEY holds no key.");
    expect(missing.code).toBe(4);
  });

  it("opens an encrypted key with the variable, or with what the terminal is asked", async () => {
    const { run } = await project();
    await run(["build"]);
    const env = { INTERLATCH_PASSPHRASE: "correct horse" };
    await run(["keygen", "--out", "locked.pem"], { env });
    const argv = ["sign", "shop-1.payload.json", "--key", "locked.pem"];
    const neither = await run(argv);
    expect(neither.stderr).toContain("The key locked.pem is encrypted. Set INTERLATCH_PASSPHRASE");
    expect(neither.code).toBe(4);
    const wrong = await run(argv, { env: { INTERLATCH_PASSPHRASE: "wrong" } });
    expect(wrong.stderr).toContain("cannot be decrypted");
    expect(wrong.code).toBe(4);
    const asked: string[] = [];
    const askSecret = async (question: string): Promise<string> => {
      asked.push(question);
      return "correct horse";
    };
    expect((await run(argv, { askSecret })).code).toBe(0);
    expect(asked).toEqual(["Passphrase of locked.pem: "]);
  });

  it("refuses a key file that others may read", async () => {
    const { run, path } = await project();
    await run(["build"]);
    chmodSync(path(KEY), 0o640);
    const { code, stderr } = await run(SIGN);
    expect(stderr).toContain("ERR_KEY_PERMISSIONS");
    expect(stderr).toContain("run chmod 600");
    expect(code).toBe(4);
    expect(existsSync(path("shop-1.bundle.json"))).toBe(false);
  });

  it.each([
    ["not JSON", "{", "ERR_BUNDLE_FORMAT", 10],
    ["an unknown field", '"id":"shop",', "ERR_BUNDLE_UNKNOWN_FIELD", 10],
    ["no audience", '"audience":["dev-team"]', "ERR_BUNDLE_AUDIENCE", 13],
    ["an end before its beginning", "2026-03-31T12:00:00Z", "ERR_BUNDLE_DATES", 12],
    ["a policy that cannot run", '"mode":"enforce"', "ERR_BUNDLE_MODE", 16],
  ])("signs nothing that no host would take: %s", async (_, part, error, exit) => {
    const { run, json, edit, path } = await project();
    await run(["build"]);
    const replaced: Readonly<Record<string, string>> = {
      "{": "",
      '"id":"shop",': '"id":"shop","extra":1,',
      '"audience":["dev-team"]': '"audience":[]',
      "2026-03-31T12:00:00Z": "2026-02-28T12:00:00Z",
      '"mode":"enforce"': '"mode":"off"',
    };
    edit("shop-1.payload.json", part, replaced[part] ?? "");
    const { code, document } = await json(SIGN);
    expect(document.error.code).toBe(error);
    expect(code).toBe(exit);
    expect(existsSync(path("shop-1.bundle.json"))).toBe(false);
  });

  it("warns when a bundle lives longer than hosts accept", async () => {
    const { run } = await project();
    await run(["build", "--expires", "2026-06-01T00:00:00Z"]);
    const { code, stderr } = await run(SIGN);
    expect(stderr).toContain("It lives longer than 30 days.");
    expect(code).toBe(0);
  });

  it("signs a policy in shadow with a warning; verify takes it where that is said", async () => {
    const { run, edit, pin } = await project();
    edit("policy.yaml", "id: shop", "id: shop\nmode: shadow");
    await run(["build"]);
    const { code, stderr } = await run(SIGN);
    expect(stderr).toContain("It says `mode: shadow` and enforces nothing.");
    expect(code).toBe(0);
    const verify = ["verify", "shop-1.bundle.json", "--trust", pin, "--audience", "dev-team"];
    const refused = await run(verify);
    expect(refused.stderr).toContain("ERR_BUNDLE_MODE");
    expect(refused.code).toBe(16);
    expect((await run([...verify, "--allow-shadow"])).code).toBe(0);
  });

  it("does not put another content in the place of a bundle of the same version", async () => {
    const { run, edit, read } = await signedProject();
    const before = read("shop-1.bundle.json");
    edit("policy.yaml", "60 calls/minute", "50 calls/minute");
    await run(["build"]);
    const { code, stderr } = await run(SIGN);
    expect(stderr).toContain("raise `version`");
    expect(code).toBe(3);
    expect(read("shop-1.bundle.json")).toBe(before);
  });

  it("says that a key is missing", async () => {
    const { run } = await signedProject();
    const { code, stderr } = await run(["sign", "shop-1.payload.json"]);
    expect(stderr).toContain("A key is missing: --key FILE, --key-env NAME or --signer COMMAND.");
    expect(code).toBe(2);
  });
});
