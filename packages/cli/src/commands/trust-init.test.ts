import { describe, expect, it } from "vitest";
import { openTrustRoot } from "@interlatch/core";
import { NOW, type Workplace, workplace } from "../../../../test/cli/command-line.ts";

async function withKeys(...names: readonly string[]): Promise<Workplace> {
  const place = workplace();
  for (const name of names) {
    await place.run(["keygen", "--out", `${name}.pem`, "--public", `${name}.jwk`]);
  }
  return place;
}

function words(line: string): readonly string[] {
  return line.split(" ");
}

function open({ read }: Workplace, pin: string): ReturnType<typeof openTrustRoot> {
  const [file = "", digest = ""] = pin.split("#");
  return openTrustRoot({ document: read(file), digest, now: NOW });
}

describe("interlatch trust init", () => {
  it("makes a root of private key files and public JWKs, and prints the pin that opens it", async () => {
    const place = await withKeys("root", "a", "b");
    const { code, document } = await place.json(
      words(
        "trust init --root root.pem --bundle a.jwk --bundle b.pem --threshold 2 --expires 2026-12-31",
      ),
    );
    expect(code).toBe(0);
    const root = await open(place, document.pin);
    expect(root).toMatchObject({ version: 1, expires: "2026-12-31T00:00:00Z" });
    expect(root.document.roles.bundle.threshold).toBe(2);
    expect(root.document.roles.bundle.keyids).toHaveLength(2);
  });

  it("lives a year when nothing is said", async () => {
    const place = await withKeys("root");
    const { document } = await place.json([
      "trust",
      "init",
      "--root",
      "root.pem",
      "--bundle",
      "root.jwk",
    ]);
    expect(document.expires).toBe("2027-03-01T12:00:00Z");
  });

  it("says how many signatures are missing, which `sign` adds under the same pin", async () => {
    const place = await withKeys("a", "b");
    const made = await place.run(
      words("trust init --root a.pem --root b.jwk --bundle a.jwk --root-threshold 2"),
    );
    expect(made.code).toBe(0);
    expect(made.stderr).toContain("trust.json needs 1 more signature: interlatch sign trust.json");
    const pin = /pin {2}(\S+)/.exec(made.stdout)?.[1] ?? "";
    await expect(open(place, pin)).rejects.toMatchObject({ code: "ERR_TRUST_ROOT" });
    expect((await place.run(["sign", "trust.json", "--key", "b.pem"])).code).toBe(0);
    expect((await open(place, pin)).document.roles.root.threshold).toBe(2);
  });

  it("counts a key once, however often it is named", async () => {
    const place = await withKeys("a");
    const { code, document } = await place.json(
      words("trust init --root a.pem --root a.jwk --bundle a.pem --bundle a.jwk --threshold 2"),
    );
    expect(document.error.code).toBe("ERR_TRUST_ROOT");
    expect(code).toBe(15);
  });

  it.each([
    [["--root", "a.jwk", "--bundle", "a.jwk"], "None of the root keys can sign", 4],
    [["--bundle", "a.jwk"], "--root is missing: name at least one key.", 2],
    [["--root", "a.pem"], "--bundle is missing: name at least one key.", 2],
    [["--root", "a.pem", "--bundle", "none.jwk"], "none.jwk cannot be read", 3],
    [
      ["--root", "a.pem", "--bundle", "bad.jwk"],
      "bad.jwk is no public key of Ed25519 or P-256.",
      4,
    ],
    [["--root", "a.pem", "--bundle", "secret.jwk"], "secret.jwk is a private key as a JWK.", 4],
    [
      ["--root", "a.pem", "--bundle", "a.jwk", "--threshold", "0"],
      "--threshold is a whole number",
      2,
    ],
    [
      ["--root", "a.pem", "--bundle", "a.jwk", "--expires", "2026-02-28"],
      "--expires lies in the past",
      2,
    ],
    [["--root", "a.pem", "--bundle", "a.jwk", "--expires", "soon"], "--expires is a date like", 2],
  ])("refuses %j", async (flags, words, exit) => {
    const { run, write, read } = await withKeys("a");
    write("bad.jwk", '{"kty":"oct","k":"AAAA"}');
    write("secret.jwk", JSON.stringify({ ...JSON.parse(read("a.jwk")), d: "AAAA" }));
    const { code, stderr } = await run(["trust", "init", ...flags]);
    expect(stderr).toContain(words);
    expect(code).toBe(exit);
  });

  it("writes where the project's config says", async () => {
    const { run, write, read, path } = await withKeys("a");
    write("in/interlatch.config.json", '{"policy":[],"trust":"roots/first.json"}');
    write("in/roots/.keep", "");
    const argv = ["trust", "init", "--root", "../a.pem", "--bundle", "../a.pem"];
    const { code, stdout } = await run(argv, { cwd: path("in") });
    expect(stdout).toContain("pin  roots/first.json#sha256:");
    expect(code).toBe(0);
    expect(read("in/roots/first.json")).toContain("trust-root");
  });

  it("never overwrites a trust root", async () => {
    const { run, write, read } = await withKeys("a");
    write("trust.json", "mine");
    const { code, stderr } = await run(["trust", "init", "--root", "a.pem", "--bundle", "a.pem"]);
    expect(stderr).toContain("trust.json exists and is not overwritten.");
    expect(code).toBe(3);
    expect(read("trust.json")).toBe("mine");
  });
});
