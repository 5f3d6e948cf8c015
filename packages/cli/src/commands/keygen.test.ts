import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readKeyFile } from "@interlatch/core/node";
import { project, workplace } from "../../../../test/cli/command-line.ts";

describe("interlatch keygen", () => {
  it.each(["Ed25519", "ES256"])(
    "writes a private key of %s that only its owner may read",
    async (alg) => {
      const { json, path } = workplace();
      const { code, document } = await json(["keygen", "--alg", alg, "--out", "deep/a.pem"]);
      expect(code).toBe(0);
      expect(document).toMatchObject({ file: "deep/a.pem", alg, encrypted: false });
      expect(statSync(path("deep/a.pem")).mode & 0o777).toBe(0o600);
      const key = await readKeyFile(path("deep/a.pem"));
      expect({ keyid: key.keyid, alg: key.alg }).toEqual({ keyid: document.keyid, alg });
      expect(document.publicJwk).toEqual(key.publicJwk);
      expect(JSON.stringify(document)).not.toContain('"d"');
    },
  );

  it("never prints the private key", async () => {
    const { run, read } = workplace();
    const { stdout, stderr } = await run(["keygen", "--out", "a.pem"]);
    const secret = read("a.pem").split("\n")[1] ?? "";
    expect(secret).not.toBe("");
    expect(stdout + stderr).not.toContain(secret);
    expect(stdout + stderr).not.toContain("PRIVATE KEY");
  });

  it("goes to the project's folder of keys when no file is named, and never over another key", async () => {
    const { run, read } = await project();
    const first = await run(["keygen"]);
    expect(first.stdout).toMatch(
      /^\.interlatch\/keys\/key\.pem: a private Ed25519 key, not encrypted/,
    );
    const before = read(".interlatch/keys/key.pem");
    const again = await run(["keygen"]);
    expect(again.stderr).toContain("exists and is not overwritten");
    expect(again.code).toBe(4);
    expect(read(".interlatch/keys/key.pem")).toBe(before);
  });

  it("makes the folder of keys, never to be committed, where there is none", async () => {
    const { run, read } = workplace();
    expect((await run(["keygen"])).code).toBe(0);
    expect(read(".interlatch/keys/.gitignore")).toBe("*\n");
  });

  it("writes the public key as a JWK too", async () => {
    const { json, read } = workplace();
    const { document } = await json(["keygen", "--out", "a.pem", "--public", "a.jwk"]);
    expect(JSON.parse(read("a.jwk"))).toEqual(document.publicJwk);
  });

  it("encrypts the key with a passphrase that is asked for", async () => {
    const { json, path, read } = workplace();
    const askSecret = async (): Promise<string> => "correct horse";
    const { document } = await json(["keygen", "--out", "a.pem", "--passphrase"], { askSecret });
    expect(document.encrypted).toBe(true);
    expect(read("a.pem")).toContain("ENCRYPTED PRIVATE KEY");
    const key = await readKeyFile(path("a.pem"), { passphrase: "correct horse" });
    expect(key.keyid).toBe(document.keyid);
  });

  it("refuses an empty passphrase", async () => {
    const { run } = workplace();
    const { code, stderr } = await run(["keygen", "--out", "a.pem", "--passphrase"], {
      askSecret: async () => "",
    });
    expect(stderr).toContain("The passphrase is empty.");
    expect(code).toBe(4);
  });
});
