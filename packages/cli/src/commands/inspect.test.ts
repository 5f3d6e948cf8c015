import { describe, expect, it } from "vitest";
import { signedProject, workplace } from "../../../../test/cli/command-line.ts";

describe("interlatch inspect", () => {
  it("says loudly that nothing is verified, also with --quiet and of a bundle that does not verify", async () => {
    const { run, read, write } = await signedProject();
    const envelope = JSON.parse(read("shop-1.bundle.json"));
    const signatures = [{ keyid: "nobody", sig: Buffer.alloc(64).toString("base64") }];
    write("forged.json", JSON.stringify({ ...envelope, signatures }));
    for (const flags of [[], ["--quiet"], ["--json"]]) {
      const { code, stderr } = await run(["inspect", "forged.json", ...flags]);
      expect(stderr).toContain("NOT VERIFIED");
      expect(code).toBe(0);
    }
  });

  it("shows what is in a bundle and in its payload", async () => {
    const { run, json } = await signedProject();
    const { stdout } = await run(["inspect", "shop-1.bundle.json"]);
    expect(stdout).toMatch(
      /^shop-1\.bundle\.json: bundle, sha256:[0-9a-f]{64}\n {2}signatures that claim to be of:/,
    );
    expect(stdout).toContain('  expires  "2026-03-31T12:00:00Z"');
    expect(stdout).toMatch(
      /"deny" "customers_stay" for \["delete_customer"\] {2}"policy\.yaml":\d+/,
    );
    const bundle = await json(["inspect", "shop-1.bundle.json"]);
    const payload = await json(["inspect", "shop-1.payload.json"]);
    expect(bundle.document).toMatchObject({
      verified: false,
      kind: "bundle",
      content: { id: "shop" },
    });
    expect(payload.document).toMatchObject({
      verified: false,
      kind: "unsigned payload",
      signatures: [],
    });
    expect(payload.document.digest).toBe(bundle.document.digest);
  });

  it("shows the digest of a trust root, its keys and roles", async () => {
    const { json, run, pin } = await signedProject();
    const { document } = await json(["inspect", "trust.json"]);
    expect(document.kind).toBe("trust root");
    expect(`trust.json#${document.digest}`).toBe(pin);
    expect((await run(["inspect", "trust.json"])).stdout).toContain('"threshold":1');
  });

  it("shows the public part of a key, and never the private one", async () => {
    const { run, read, json } = await signedProject();
    const { stdout } = await run(["inspect", ".interlatch/keys/root.pem"]);
    expect(stdout).toContain("a private Ed25519 key");
    expect(stdout).not.toContain(read(".interlatch/keys/root.pem").split("\n")[1]);
    await run(["keygen", "--out", "a.pem", "--public", "a.jwk"]);
    expect((await json(["inspect", "a.jwk"])).document).toMatchObject({
      kind: "public key",
      content: { kty: "OKP" },
    });
  });

  it("lets no control character of a file reach the terminal", async () => {
    const { run, write } = workplace();
    write(
      "a.json",
      JSON.stringify({ "id\u001b[2J": "x\u202ey", policy: { rules: [{ name: "\u009b" }, 7] } }),
    );
    const { stdout } = await run(["inspect", "a.json"], { isTTY: true });
    expect(stdout).not.toMatch(/\u001b\[2J|\u202e|\u009b/);
    expect(stdout).toContain("\\u{202e}");
  });

  it.each([
    ["{", "ERR_BUNDLE_FORMAT", 10],
    ["[]", "ERR_BUNDLE_FORMAT", 10],
    ['{"payloadType":"x"}', "ERR_BUNDLE_FORMAT", 10],
    ["-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "ERR_KEY_PERMISSIONS", 4],
  ])("says what is wrong with %j", async (text, error, exit) => {
    const { json, write } = workplace();
    write("a", text);
    const { code, document } = await json(["inspect", "a"]);
    expect(document.error.code).toBe(error);
    expect(code).toBe(exit);
  });
});
