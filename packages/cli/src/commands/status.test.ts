import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { memoryAudit, memoryRollback } from "@interlatch/core";
import { createGuard } from "@interlatch/core/node";
import { NOW, signedProject, type Workplace } from "../../../../test/cli/command-line.ts";
import { verifies } from "../../../../test/verifies.ts";

const HOUR = 3_600_000;
const SIGN = ["status", "sign", "--key", "status.pem"];

/** A folder with a signed bundle and a trust root that lets `status.pem` sign statuses. */
async function place(): Promise<Workplace & { readonly pin: string }> {
  const made = await signedProject();
  await made.run(["keygen", "--out", "status.pem"]);
  const keys = ["root", "bundle"].flatMap((name) => [`--${name}`, `.interlatch/keys/${name}.pem`]);
  const thresholds = ["--threshold", "1", "--root-threshold", "1"];
  const init = ["trust", "init", ...keys, "--status", "status.pem", ...thresholds];
  const { document } = await made.json([...init, "--out", "with-status.json"]);
  return { ...made, pin: document.pin };
}

const FIRST = [...SIGN, "--audience", "dev-team", "--bundle", "shop-1.bundle.json"];

describe("status", () => {
  verifies(
    "status.command",
    "is signed from the last one, published, and stops a running guard",
    async () => {
      const { run, json, path, pin } = await place();
      const first = await json(FIRST);
      expect(first.stderr).toBe("");
      expect(first.document.status).toMatchObject({
        version: 1,
        kill: {},
        expires: "2026-03-01T13:00:00Z",
      });
      mkdirSync(path("served"));
      expect((await run(["status", "publish", "--to", "served"])).code).toBe(0);

      const [, digest = ""] = pin.split("#");
      const guard = await createGuard({
        bundle: path("shop-1.bundle.json"),
        status: path("served/status.json"),
        trust: `${path("with-status.json")}#${digest}`,
        audience: "dev-team",
        rollback: memoryRollback(),
        audit: memoryAudit(),
        clock: () => NOW,
      });
      const ticket = guard.for({ agent: { id: "shop", roles: ["clerk"] }, session: "s1" });
      const code = (): string =>
        guard.decide({ ticket, id: "c1", tool: "anything", arguments: {} }).code;
      expect(code()).toBe("unknown_tool");

      const killed = await run([
        ...SIGN,
        "--kill",
        "tool=any*",
        "--kill",
        "agent=x",
        "--reason",
        "drill",
      ]);
      expect(killed.stdout).toContain("  version 2 for dev-team, from 2026-03-01T12:00:00Z until");
      expect(killed.stdout).toContain(
        '  killed   tool any*\n  killed   agent x\n  because  "drill"',
      );
      expect(code()).toBe("unknown_tool");
      await run(["status", "publish", "--to", "served"]);
      await guard.refresh();
      expect(code()).toBe("killed");
      expect(readdirSync(path("served"))).toEqual(["status.json"]);

      const lifted = await json([...SIGN, "--lift", "tool=any*"]);
      expect(lifted.document.status).toMatchObject({ version: 3, kill: { agents: ["x"] } });
      await run(["status", "publish", "--to", "served"]);
      await guard.refresh();
      expect(code()).toBe("unknown_tool");
      await guard.close();
    },
  );

  it("revokes, sets the lowest version, and goes on living without a change", async () => {
    const { json, pin } = await place();
    const { document } = await json(FIRST);
    const { digest, version } = document.status.streams.shop;
    const keyid = "A".repeat(43);
    const revoked = ["--revoke-bundle", `sha256:${"1".repeat(64)}`, "--revoke-key", keyid];
    const times = ["--life", "2d", "--refresh", "5"];
    const changes = [...revoked, ...times, "--min-version", "shop=1", "--kill", "all"];
    const changed = await json([...SIGN, ...changes]);
    const expected = {
      streams: { shop: { version, digest, minVersion: 1 } },
      revoked: { bundles: ["1".repeat(64)], keys: [keyid] },
      kill: { all: true },
      refresh: 5,
    };
    expect(changed.document.status).toMatchObject({ version: 2, ...expected });
    const next = await json(SIGN, { now: () => NOW + HOUR });
    expect(next.document.status).toMatchObject({
      version: 3,
      issued: "2026-03-01T13:00:00Z",
      expires: "2026-03-01T14:00:00Z",
      ...expected,
    });
    expect((await json([...SIGN, "--lift", "everything"])).document.status.kill).toEqual({});
    const show = ["status", "show", "--trust", pin, "--audience"];
    expect((await json([...show, "dev-team"])).document).toMatchObject({ verified: true });
    expect((await json([...show, "prod"])).code).toBe(13);
    expect((await json([...show, "dev-team"], { now: () => NOW + 2 * HOUR })).code).toBe(12);
    expect((await json(["status", "show"])).document).toMatchObject({ verified: false });
  });

  verifies(
    "status.command.careful",
    "refuses what hosts would refuse, or nobody can mean",
    async () => {
      const { run, json, path, read, edit } = await place();
      await run([...FIRST, "--kill", "tool=pay"]);
      const before = read("status.json");
      const refused: readonly (readonly [readonly string[], number, RegExp])[] = [
        [[...SIGN, "--life", "8d"], 2, /at most 7d/],
        [[...SIGN, "--version", "1"], 14, /does not follow version 1/],
        [[...SIGN, "--kill", "tools=pay"], 2, /--kill is one of all\|tool=GLOB/],
        [[...SIGN, "--kill", "tool=pa?"], 10, /the name of a tool/],
        [[...SIGN, "--kill", "constructor=x"], 2, /--kill is one of/],
        [[...SIGN, "--lift", "tool=pa"], 2, /that is not killed/],
        [[...SIGN, "--lift", "all"], 2, /not everything is killed/],
        [[...SIGN, "--min-version", "shop=2"], 2, /the current bundle has version 1/],
        [[...SIGN, "--min-version", "other=1"], 2, /a stream that is listed/],
        [[...SIGN, "--revoke-bundle", "shop-1"], 2, /64 hexadecimal digits/],
        [[...SIGN, "--revoke-key", "alice"], 10, /thumbprint/],
        [[...SIGN, "--bundle", "shop-1.payload.json"], 2, /is a signed bundle/],
        [["status", "sign"], 2, /A key is missing/],
        [[...SIGN, "new.json"], 2, /The first status needs --audience/],
        [
          ["status", "sign", "--key", ".interlatch/keys/bundle.pem"],
          11,
          /nothing of it is carried on/,
        ],
        [["status", "show", "shop-1.bundle.json"], 10, /no signed status document/],
        [["status", "publish", "--to", "nowhere"], 3, /nowhere is no folder/],
      ];
      for (const [argv, exit, words] of refused) {
        const { code, stderr } = await run(argv);
        expect(stderr, argv.join(" ")).toMatch(words);
        expect(code, argv.join(" ")).toBe(exit);
      }
      expect(read("status.json")).toBe(before);

      mkdirSync(path("served"));
      await run(["status", "publish", "--to", "served"]);
      await run(SIGN);
      await run(["status", "publish", "--to", "served"]);
      const published = read("served/status.json");
      writeFileSync(path("status.json"), before);
      const back = await run(["status", "publish", "--to", "served"]);
      expect(back.stderr).toContain("version 1 does not follow it");
      expect(back.code).toBe(14);
      expect(read("served/status.json")).toBe(published);
      // Whoever can write to the file, and has no key, does not get a kill lifted by the next who signs.
      const payload = (text: string): string => Buffer.from(text).toString("base64");
      const { payload: signed } = JSON.parse(before) as { payload: string }; // our own envelope
      const content = Buffer.from(signed, "base64").toString();
      edit("status.json", signed, payload(content.replace('"pay"', '"xyz"')));
      const forged = await json(SIGN);
      expect(forged.document.error.code).toBe("ERR_BUNDLE_SIGNATURE");
      const late = await run(["status", "publish", "--to", "served"], {
        now: () => NOW + 2 * HOUR,
      });
      expect(late.code).toBe(14);
    },
  );
});
