import { beforeAll, describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { NOW, type Workplace, workplace } from "../../../../test/cli/command-line.ts";
import { openTrustRoot, type TrustRoot } from "@interlatch/core";

/** A folder with keys of several people, whose private parts never meet but in these tests. */
async function people(...names: readonly string[]): Promise<Workplace> {
  const place = workplace();
  for (const name of names) {
    await place.run(["keygen", "--out", `${name}.pem`, "--public", `${name}.jwk`]);
  }
  return place;
}

function words(line: string): readonly string[] {
  return line.split(" ");
}

/** Opens the pinned root and its successors as a host does. */
function open({ read }: Workplace, later: readonly string[], digest: string): Promise<TrustRoot> {
  const updates = later.map((name) => read(name));
  return openTrustRoot({ document: read("trust.json"), digest, updates, now: NOW });
}

/** A root of three root keys and three bundle keys, two of which sign; `trust.json` is complete. */
async function team(): Promise<{ readonly place: Workplace; readonly digest: string }> {
  const place = await people("a", "b", "c", "x", "y", "z", "new");
  const { document } = await place.json(
    words(
      "trust init --root a.pem --root b.pem --root c.jwk --bundle x.jwk --bundle y.jwk --bundle z.jwk",
    ),
  );
  return { place, digest: document.digest };
}

async function idOf({ json }: Workplace, name: string): Promise<string> {
  return (await json(["inspect", `${name}.pem`])).document.keyid;
}

describe("interlatch trust", () => {
  let subject: Awaited<ReturnType<typeof team>>;
  beforeAll(async () => {
    subject = await team();
  });

  verifies("cli.trust.defaults", "three keys of a role: two must sign", async () => {
    const root = await open(subject.place, [], subject.digest);
    expect(root.document.roles.root.threshold).toBe(2);
    expect(root.document.roles.bundle.threshold).toBe(2);
  });

  verifies(
    "cli.trust.rotate",
    "a rotation is signed by one after the other, and hosts take it only then",
    async () => {
      const { place, digest } = await team();
      const rotated = await place.json(
        words("trust rotate trust.json --new-bundle x.jwk --new-bundle new.jwk --key a.pem"),
      );
      expect(rotated.code).toBe(0);
      const { complete, signatures } = rotated.document;
      expect(complete).toBe(false);
      expect(signatures.before).toMatchObject({ threshold: 2, missing: 1 });
      expect(signatures.before.able.toSorted()).toEqual(
        [await idOf(place, "b"), await idOf(place, "c")].toSorted(),
      );
      await expect(open(place, ["root-2.json"], digest)).rejects.toMatchObject({
        code: "ERR_TRUST_ROOT",
      });
      const signed = await place.run(words("trust sign root-2.json --key c.pem"));
      expect(signed.stderr + signed.stdout).toContain("complete: hosts take it after 1");
      const root = await open(place, ["root-2.json"], digest);
      expect(root.document.roles.bundle).toEqual({
        keyids: [await idOf(place, "x"), await idOf(place, "new")],
        threshold: 2,
      });
      expect(Object.keys(root.document.keys)).not.toContain(await idOf(place, "z"));
    },
  );

  verifies(
    "cli.trust.both",
    "new root keys sign beside the old ones; who is missing is said of both sides",
    async () => {
      const { place, digest } = await team();
      const rotated = await place.run(
        words(
          "trust rotate trust.json --new-root new.jwk --new-root c.jwk --key a.pem --key b.pem",
        ),
      );
      expect(rotated.stderr).toContain("2 signatures of root 2 missing");
      expect(rotated.stderr).not.toContain("of root 1 missing");
      await place.run(words("trust sign root-2.json --key new.pem"));
      const shown = await place.json(words("trust show root-2.json"));
      expect(shown.document).toMatchObject({ complete: false, version: 2 });
      expect(
        (await place.json(words("trust sign root-2.json --key c.pem"))).document.complete,
      ).toBe(true);
      expect((await open(place, ["root-2.json"], digest)).version).toBe(2);
      // The old keys sign no further root.
      await place.run(words("trust rotate root-2.json"));
      const old = await place.run(words("trust sign root-3.json --key a.pem"));
      expect(old.stderr).toContain(
        "is a root key neither of this trust root nor of the one before",
      );
      expect(old.code).toBe(4);
    },
  );

  verifies(
    "cli.trust.keys",
    "keys are added, removed and revoked in one unfinished root after the other",
    async () => {
      const { place, digest } = await team();
      await place.run(words("trust add-key trust.json new.jwk --role bundle --key a.pem"));
      const x = (await idOf(place, "x")).slice(0, 8);
      const removed = await place.run(["trust", "remove-key", "trust.json", x, "--role", "bundle"]);
      expect(removed.stderr).toContain("they must sign again");
      await place.run(words("trust add-key trust.json new.jwk --role approval"));
      const revoked = await place.json(
        words("trust revoke trust.json y.jwk --key a.pem --key b.pem"),
      );
      expect(revoked.document.complete).toBe(true);
      const { document } = await open(place, ["root-2.json"], digest);
      expect(document.roles.bundle.keyids).toHaveLength(3);
      expect(document.roles.approval?.threshold).toBe(1);
      expect(document.revokedKeys).toEqual([await idOf(place, "y")]);
      const again = await place.run(words("trust revoke trust.json z.jwk"));
      expect(again.stderr).toContain("root-2.json is complete and may be in force");
      expect(again.code).toBe(3);
    },
  );

  it("shows roles, ends and the pin", async () => {
    const { stdout, code } = await subject.place.run(words("trust show trust.json"));
    expect(stdout).toContain(`pin  trust.json#${subject.digest}`);
    expect(stdout).toContain("bundle: 2 of 3 keys");
    expect(stdout).toMatch(/Ed25519 {2}2026-03-01T12:00:00Z to 2028-02-29T12:00:00Z/);
    expect(code).toBe(0);
  });

  it.each([
    ["trust sign trust.json --key a.pem", "has signed trust.json already", 4],
    ["trust sign trust.json --key x.pem", "is a root key neither of this trust root", 4],
    ["trust sign trust.json", "A key is missing", 2],
    ["trust revoke trust.json nobody", "No key of the trust root has an id", 2],
    ["trust add-key trust.json a.jwk --role root", "has the role root already", 2],
    ["trust add-key trust.json a.jwk --role king", "king", 2],
    ["trust remove-key trust.json a.jwk --role bundle", "does not have the role bundle", 2],
    ["trust remove-key trust.json a.jwk --role root --threshold 3", "asks for 3 signatures", 15],
    ["trust rotate trust.json --new-root new.jwk", "2 signatures are needed and 1 keys named", 2],
    ["trust rotate trust.json --key x.pem", "is a root key neither of this trust root", 4],
    ["trust rotate none.json", "none.json cannot be read", 3],
    ["trust show a.jwk", "", 10],
  ])("%s is refused", async (line, said, exit) => {
    const { code, stderr } = await subject.place.run(words(line));
    expect(stderr).toContain(said);
    expect(code).toBe(exit);
  });

  it("refuses a root whose signature does not fit, or that does not follow", async () => {
    const { place } = await team();
    await place.run(words("trust rotate trust.json --key a.pem"));
    const signed = JSON.parse(place.read("root-2.json"));
    const { sig } = signed.signatures[0];
    signed.signatures[0].sig = `${sig[0] === "A" ? "B" : "A"}${sig.slice(1)}`;
    place.write("root-2.json", JSON.stringify(signed));
    const bad = await place.run(words("trust sign root-2.json --key b.pem"));
    expect(bad.stderr).toContain("does not fit root-2.json");
    expect(bad.code).toBe(15);
    const stray = await place.run(words("trust show root-2.json --previous root-2.json"));
    expect(stray.stderr).toContain("follows version 1; root-2.json is version 2");
    expect(stray.code).toBe(15);
  });

  verifies("cli.trust.new-keys", "`init --keys 3` makes encrypted keys and 2-of-3", async () => {
    const place = workplace();
    const argv = words("trust init --keys 3 --out trust.json");
    expect((await place.run(argv)).stderr).toContain("INTERLATCH_PASSPHRASE");
    const env = { INTERLATCH_PASSPHRASE: "correct horse" };
    const { code, document } = await place.json(argv, { env });
    expect(code).toBe(0);
    expect(document.roles.root).toMatchObject({ threshold: 2 });
    expect(place.read(".interlatch/keys/bundle-3.pem")).toContain("ENCRYPTED PRIVATE KEY");
    expect((await open(place, [], document.digest)).version).toBe(1);
  });
});
