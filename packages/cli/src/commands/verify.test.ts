import { describe, expect, it } from "vitest";
import { readKeyFile } from "@interlatch/core/node";
import { generateKey, importPrivateKey, signPayload, type SigningKey } from "@interlatch/core/sign";
import { verifies } from "../../../../test/verifies.ts";
import { type Document, signedProject } from "../../../../test/cli/command-line.ts";

const BUNDLE = "shop-1.bundle.json";
type Place = Awaited<ReturnType<typeof signedProject>>;

function verify({ pin }: Place, ...more: readonly string[]): readonly string[] {
  return ["verify", BUNDLE, "--trust", pin, "--audience", "dev-team", ...more];
}

/** Signs the project's payload with some fields replaced. */
async function resign(place: Place, fields: object, key?: SigningKey): Promise<void> {
  const payload = { ...JSON.parse(place.read("shop-1.payload.json")), ...fields };
  const own = await readKeyFile(place.path(".interlatch/keys/bundle.pem"));
  const envelope = await signPayload({
    kind: "policy-bundle",
    payload: new TextEncoder().encode(JSON.stringify(payload)),
    keys: [key ?? own],
  });
  place.write(BUNDLE, envelope);
}

/** What happened to each check, by its name. */
function results(checks: Document): Readonly<Record<string, string>> {
  return Object.fromEntries(
    checks.map(({ name, result }: { name: string; result: string }) => [name, result]),
  );
}

describe("interlatch verify", () => {
  it("shows every check, and which of them nothing was demanded of", async () => {
    const place = await signedProject();
    const { code, stdout } = await place.run(verify(place));
    expect(stdout.match(/^ok {10}/gm)).toHaveLength(10);
    expect(stdout.match(/^not asked {4}/gm)).toHaveLength(6);
    expect(stdout).toContain("not asked    it is of the demanded stream");
    expect(stdout).toContain("No rollback state was used");
    expect(stdout).toMatch(
      /\nvalid: shop version 1 for dev-team, until 2026-03-31T12:00:00Z, signed by 1 key/,
    );
    expect(code).toBe(0);
  });

  it("makes all of them where all is demanded, and moves the rollback state as a host does", async () => {
    const place = await signedProject();
    await place.run(["lock", BUNDLE, "--trust", place.pin]);
    const demands = ["--id", "shop", "--min-version", "1", "--locked", "--rebuild"];
    const all = [...demands, "--rollback", "state/rollback.json"];
    const { code, document } = await place.json(verify(place, ...all));
    expect(new Set(Object.values(results(document.checks)))).toEqual(new Set(["passed"]));
    expect(document.bundle).toMatchObject({ id: "shop", version: 1, tests: { cases: 7 } });
    expect(code).toBe(0);
    const { entries } = JSON.parse(place.read("state/rollback.json"));
    expect(entries["bundle:shop#dev-team"].version).toBe(1);
  });

  it("takes a pin alone for that of the project's own trust root", async () => {
    const place = await signedProject();
    const [, digest = ""] = place.pin.split("#");
    expect((await place.run(verify({ ...place, pin: digest }))).code).toBe(0);
    place.write("interlatch.config.json", '{"policy":[]}');
    const none = await place.run(verify({ ...place, pin: digest }));
    expect(none.stderr).toContain("The trust root is named with its pin");
    expect(none.code).toBe(2);
  });

  it("uses no state of its own: nothing is written without --rollback", async () => {
    const place = await signedProject();
    await place.run(verify(place));
    expect(() => place.read(".interlatch/state/rollback-dev-team.json")).toThrow("ENOENT");
  });

  const stranger = generateKey().then(({ privateKey }) => importPrivateKey(privateKey));

  it.each<readonly [string, (place: Place) => Promise<readonly string[]>, string, string, number]>([
    ["no envelope", async (p) => (p.write(BUNDLE, "{}"), []), "ERR_BUNDLE_FORMAT", "envelope", 10],
    [
      "a trust root in place of a bundle",
      async (p) => (p.write(BUNDLE, p.read("trust.json")), []),
      "ERR_BUNDLE_TYPE",
      "envelope",
      10,
    ],
    [
      "a byte of the payload changed",
      async (p) => {
        const envelope = JSON.parse(p.read(BUNDLE));
        const payload = Buffer.from(envelope.payload, "base64");
        payload.write("9", payload.indexOf('"version":1') + 10);
        p.write(BUNDLE, JSON.stringify({ ...envelope, payload: payload.toString("base64") }));
        return [];
      },
      "ERR_BUNDLE_SIGNATURE",
      "signatures",
      11,
    ],
    [
      "signed by a stranger",
      async (p) => (await resign(p, {}, await stranger), []),
      "ERR_BUNDLE_SIGNATURE",
      "signatures",
      11,
    ],
    [
      "a field that nobody knows",
      async (p) => (await resign(p, { extra: 1 }), []),
      "ERR_BUNDLE_UNKNOWN_FIELD",
      "payload",
      10,
    ],
    [
      "an audience of the wrong form",
      async (p) => (await resign(p, { audience: ["*"] }), []),
      "ERR_BUNDLE_AUDIENCE",
      "payload",
      13,
    ],
    ["another stream", async () => ["--id", "ship"], "ERR_BUNDLE_STREAM", "stream", 13],
    [
      "another environment",
      async (p) => (await resign(p, { audience: ["prod"] }), []),
      "ERR_BUNDLE_AUDIENCE",
      "audience",
      13,
    ],
    ["its end", async () => ["--now", "2026-03-31T12:00:00Z"], "ERR_BUNDLE_EXPIRED", "dates", 12],
    [
      "a trust root whose keys do not count yet",
      async () => ["--now", "2026-03-01T11:00:00Z"],
      "ERR_TRUST_ROOT",
      "root",
      15,
    ],
    [
      "a beginning in the future",
      async (p) => (await resign(p, { notBefore: "2026-03-05T00:00:00Z" }), []),
      "ERR_BUNDLE_NOT_YET_VALID",
      "dates",
      12,
    ],
    ["too long a life", async () => ["--max-lifetime-days", "29"], "ERR_BUNDLE_DATES", "dates", 12],
    ["the floor", async () => ["--min-version", "2"], "ERR_BUNDLE_ROLLBACK", "floor", 14],
    [
      "a policy of later semantics",
      async (p) => (await resign(p, { engine: 99 }), []),
      "ERR_BUNDLE_ENGINE",
      "policy",
      16,
    ],
    [
      "a policy that is none",
      async (p) => (await resign(p, { policy: {} }), []),
      "ERR_BUNDLE_POLICY",
      "policy",
      16,
    ],
    [
      "a program that is another pattern's",
      async (p) => {
        const { policy } = JSON.parse(p.read("shop-1.payload.json"));
        // Signed, well formed, and reads `a` where it says `b`.
        const program = { pattern: "b", start: 0, code: [0, 1, 0, 3, 0, 0] };
        const patterns = { sets: [[97, 97]], programs: [program] };
        await resign(p, { policy: { ...policy, patterns } });
        return [];
      },
      "ERR_BUNDLE_POLICY",
      "patterns",
      16,
    ],
    [
      "an older version than was in use",
      async (p) => {
        const state = ["--rollback", "rollback.json"];
        await resign(p, { version: 2 });
        expect((await p.run(verify(p, ...state))).code).toBe(0);
        await resign(p, { version: 1 });
        return state;
      },
      "ERR_BUNDLE_ROLLBACK",
      "rollback",
      14,
    ],
    [
      "a rollback state that cannot be understood",
      async (p) => (p.write("rollback.json", "?"), ["--rollback", "rollback.json"]),
      "ERR_ROLLBACK_STATE",
      "rootRollback",
      14,
    ],
    [
      "a trust root that ended",
      async () => ["--now", "2027-03-01T12:00:00Z"],
      "ERR_TRUST_ROOT_EXPIRED",
      "rootTime",
      15,
    ],
  ])(
    "refuses %s with the code and the exit of its kind",
    async (_, prepare, error, check, exit) => {
      const place = await signedProject();
      const more = await prepare(place);
      const { code, document, stderr } = await place.json(verify(place, ...more));
      expect(document.error).toMatchObject({ code: error });
      expect(stderr).toContain(error);
      expect(code).toBe(exit);
      const found = Object.entries(results(document.error.checks));
      const at = found.findIndex(([name]) => name === check);
      expect(found[at]).toEqual([check, "failed"]);
      // Whatever comes before was made, or had nothing to look at; whatever comes after was never made.
      for (const [, result] of found.slice(0, at))
        expect(["passed", "not asked"]).toContain(result);
      for (const [, result] of found.slice(at + 1)) expect(result).toBe("not reached");
    },
  );

  it("refuses a trust root that is not the pinned one, before it says anything else", async () => {
    const place = await signedProject();
    const other = (await signedProject()).pin;
    const { code, document } = await place.json(verify({ ...place, pin: other }));
    expect(document.error.code).toBe("ERR_TRUST_ROOT_DIGEST");
    expect(results(document.error.checks)).toMatchObject({ pin: "failed", root: "not reached" });
    expect(code).toBe(15);
  });

  verifies(
    "language.pattern-verify",
    "leaves the rollback state alone where a program is not its pattern's",
    async () => {
      const place = await signedProject();
      const { policy } = JSON.parse(place.read("shop-1.payload.json"));
      const programs = [{ pattern: "(?i)k", start: 0, code: [0, 1, 0, 3, 0, 0] }];
      await resign(place, { policy: { ...policy, patterns: { sets: [[75, 75]], programs } } });
      const { code, stderr } = await place.run(verify(place, "--rollback", "rollback.json"));
      expect(stderr).toContain('The program of the pattern "(?i)k" is not what RE2 makes of it.');
      expect(code).toBe(16);
      const { entries } = JSON.parse(place.read("rollback.json"));
      expect(Object.keys(entries).filter((name) => name.startsWith("bundle:"))).toEqual([]);
    },
  );

  it.each([
    [["--audience", "dev-team"], "--trust trust.json#sha256:<64 hexadecimal digits> is missing."],
    [["--audience", "dev-team", "--trust", "trust.json"], "A root without its pin proves nothing."],
    [["--trust", "trust.json"], "--audience is missing"],
    [["--audience", "dev-team", "--trust", "PIN", "--now", "today"], "--now is an instant like"],
    [
      ["--audience", "dev-team", "--trust", "PIN", "--min-version", "two"],
      "--min-version is a whole",
    ],
  ])("is used wrongly with %j", async (flags, words) => {
    const { run, pin } = await signedProject();
    const { code, stderr } = await run([
      "verify",
      BUNDLE,
      ...flags.map((flag) => (flag === "PIN" ? pin : flag)),
    ]);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });

  it("says which file is missing", async () => {
    const place = await signedProject();
    const none = ["verify", "none.json", "--trust", place.pin, "--audience", "dev-team"];
    expect(await place.run(none)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("none.json"),
    });
    const root = verify({ ...place, pin: place.pin.replace("trust.json", "none.json") });
    expect(await place.run(root)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("none.json"),
    });
  });
});
