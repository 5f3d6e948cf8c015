import { describe, expect, it } from "vitest";
import { signedProject, type Workplace } from "../../../../test/cli/command-line.ts";
import { verifies } from "../../../../test/verifies.ts";

type Place = Workplace & { readonly pin: string };

const LOCK_FILE = "interlatch.lock.json";

/** Builds and signs a version of the project, with some other options. */
async function sign(place: Place, version: number, ...more: readonly string[]): Promise<void> {
  const key = ["--key", ".interlatch/keys/bundle.pem"];
  for (const argv of [
    ["build", "--version", String(version), ...more],
    ["sign", `shop-${version}.payload.json`, ...key],
  ]) {
    const { code, stdout, stderr } = await place.run(argv);
    if (code !== 0) throw new Error(stdout + stderr);
  }
}

const lock = ({ pin }: Place, version: number, ...more: readonly string[]): readonly string[] => [
  "lock",
  `shop-${version}.bundle.json`,
  "--trust",
  pin,
  ...more,
];

const verify = ({ pin }: Place, version: number, ...more: readonly string[]): readonly string[] => [
  "verify",
  `shop-${version}.bundle.json`,
  "--trust",
  pin,
  "--audience",
  "dev-team",
  ...more,
];

/** What became of one check. */
function resultOf(document: { checks: readonly { name: string; result: string }[] }, name: string) {
  return document.checks.find((check) => check.name === name)?.result;
}

describe("interlatch lock", () => {
  verifies(
    "lock.write",
    "writes the version and digest of each stream, and of the root",
    async () => {
      const place = await signedProject();
      const { code, document } = await place.json(lock(place, 1));
      expect(code).toBe(0);
      const { bundle } = (await place.json(verify(place, 1))).document;
      const [, pin = ""] = place.pin.split("#");
      const { file, ...locked } = document;
      expect(file).toBe(LOCK_FILE);
      expect(locked).toEqual({
        format: 1,
        root: { version: 1, digest: pin },
        streams: { "shop#dev-team": { version: 1, digest: bundle.digest } },
      });
      expect(JSON.parse(place.read(LOCK_FILE))).toEqual(locked);

      await sign(place, 2, "--audience", "dev-team", "--audience", "staging");
      const { stdout } = await place.run(lock(place, 2));
      expect(stdout).toMatch(/shop#dev-team {2}version 2 {2}sha256:\w+ {2}was 1\n/);
      expect(stdout).toMatch(/shop#staging {2}version 2 {2}sha256:\w+ {2}new\n/);
      const again = await place.run(lock(place, 2, "--audience", "staging"));
      expect(again.stdout).toMatch(/shop#dev-team .* {2}as before\n/);
    },
  );

  verifies("lock.write", "never goes back, and takes only what a host would take", async () => {
    const place = await signedProject();
    await sign(place, 2);
    await place.run(lock(place, 2));
    const before = place.read(LOCK_FILE);
    const older = await place.run(lock(place, 1));
    expect(older.stderr).toContain("older than version 2");
    expect(older.code).toBe(14);

    place.write("shop-2.bundle.json", place.read("shop-1.bundle.json"));
    expect((await place.run(lock(place, 2))).code).toBe(14);
    const envelope = JSON.parse(place.read("shop-1.bundle.json"));
    place.write("shop-3.bundle.json", JSON.stringify({ ...envelope, signatures: [] }));
    expect((await place.run(lock(place, 3))).code).toBe(11);
    const other = place.pin.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    expect((await place.run(lock({ ...place, pin: other }, 1))).code).toBe(15);
    expect(place.read(LOCK_FILE)).toBe(before);
    place.write(LOCK_FILE, '{"format":1}');
    const broken = await place.run(lock(place, 2));
    expect(broken.stderr).toContain("lockfile.streams: is missing");
    expect(broken.code).toBe(2);
  });
});

describe("interlatch verify --locked", () => {
  verifies("lock.verify", "takes exactly the bundle that is locked", async () => {
    const place = await signedProject();
    const missing = await place.run(verify(place, 1, "--locked"));
    expect(missing.stderr).toContain("interlatch.lock.json cannot be read");
    expect(missing.code).toBe(3);
    await place.run(lock(place, 1));
    const { code, document } = await place.json(verify(place, 1, "--locked"));
    expect(resultOf(document, "locked")).toBe("passed");
    expect(code).toBe(0);

    await sign(place, 2);
    const newer = await place.json(verify(place, 2, "--locked"));
    expect(newer.document.error.message).toMatch(/Version 1 of shop#dev-team is locked, .* 2/);
    expect(resultOf(newer.document.error, "locked")).toBe("failed");
    expect(newer.code).toBe(14);

    // The version that is locked, with another content.
    const other = place.read(LOCK_FILE).replace(document.bundle.digest, `sha256:${"0".repeat(64)}`);
    place.write("other.json", other);
    const replaced = await place.run(verify(place, 1, "--locked", "--lock", "other.json"));
    expect(replaced.stderr).toContain("is locked, sha256:0000");
    expect(replaced.code).toBe(14);
    place.write("other.json", '{"format":1,"streams":{}}');
    const unnamed = await place.run(verify(place, 1, "--locked", "--lock", "other.json"));
    expect(unnamed.stderr).toContain("does not name shop#dev-team");
    expect(unnamed.code).toBe(14);
  });
});

describe("interlatch verify --rebuild", () => {
  verifies("verify.rebuild", "makes the same bytes of the same sources", async () => {
    const place = await signedProject();
    // What only the config of that day said does not matter: it stands in the bundle.
    place.edit("interlatch.config.json", '"version": 1', '"version": 8');
    const { code, document } = await place.json(verify(place, 1, "--rebuild"));
    expect(resultOf(document, "rebuild")).toBe("passed");
    expect(code).toBe(0);
    expect(resultOf((await place.json(verify(place, 1))).document, "rebuild")).toBe("not asked");
  });

  verifies("verify.rebuild", "says in what the sources differ, and moves no state", async () => {
    const place = await signedProject();
    place.edit("policy.yaml", "60 calls/minute", "600 calls/minute");
    place.edit("policy.test.yaml", "amount: 51", "amount: 52");
    const { code, document } = await place.json(
      verify(place, 1, "--rebuild", "--rollback", "r.json"),
    );
    expect(code).toBe(1);
    const { error } = document;
    expect(resultOf(error, "rebuild")).toBe("failed");
    expect(resultOf(error, "rollback")).toBe("not reached");
    expect(error.deviations.map(({ what }: { what: string }) => what)).toEqual([
      "source policy.yaml",
      "test file policy.test.yaml",
      "rule searches  rateLimit",
    ]);
    expect(error.deviations[2].bundle).toContain('"max":60,');
    expect(error.deviations[2].sources).toContain('"max":600,');
    expect(JSON.parse(place.read("r.json")).entries).not.toHaveProperty(["bundle:shop#dev-team"]);
    const { stderr } = await place.run(verify(place, 1, "--rebuild"));
    expect(stderr).toMatch(
      /source policy\.yaml: sha256:\w+ in the bundle, sha256:\w+ by the sources/,
    );
  });

  it("says so where the sources do not compile, or a payload was written by another hand", async () => {
    const place = await signedProject();
    const source = place.read("policy.yaml");
    place.edit("policy.yaml", "action: review", "action: revue");
    const broken = await place.run(verify(place, 1, "--rebuild"));
    expect(broken.stderr).toContain("The sources have errors");
    expect(broken.code).toBe(1);
    place.write("policy.yaml", source);

    const text = place.read("shop-1.payload.json");
    place.write("shop-1.payload.json", JSON.stringify(JSON.parse(text), null, 1));
    await place.run([
      "sign",
      "shop-1.payload.json",
      "--key",
      ".interlatch/keys/bundle.pem",
      "--out",
      "spaced.json",
    ]);
    const spaced = verify(place, 1, "--rebuild").with(1, "spaced.json");
    const { stderr, code } = await place.run(spaced);
    expect(stderr).toContain("the same values, written otherwise");
    expect(code).toBe(1);
  });
});
