import { mkdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { workplace, type Workplace } from "../../../../test/cli/command-line.ts";

const POLICY = `
interlatch: 1
id: shop
tools:
  read: { operation: read, resources: none }
  refund: { operation: spend, resources: none }
rules:
  - { name: reads, tool: read, action: allow }
  - { name: small, tool: refund, when: arguments.amount <= 50, action: allow, rate_limit: 2 calls/minute }
  - { name: middle, tool: refund, when: arguments.amount > 50 && arguments.amount <= 500, action: review }
  - { name: vip, tool: refund, when: '"vip" in agent.roles', action: deny }
`;

interface Then {
  readonly effect?: string;
  readonly code?: string;
}

function line(time: string, amount: number, then: Then = {}, more: object = {}): string {
  return JSON.stringify({
    v: 1,
    time: `2026-01-01T${time}Z`,
    tool: "refund",
    arguments: { amount, card: "4111-secret" },
    agent: { id: "a1", roles: ["clerk"] },
    session: "s1",
    ...then,
    ...more,
  });
}

const ALLOWED = { effect: "allow", code: "allowed" };
const DENIED = { effect: "deny", code: "rule_denied" };

function shop(lines: readonly string[]): Workplace {
  const place = workplace();
  place.write("shop.yaml", POLICY);
  place.write("calls.jsonl", `${lines.join("\n")}\n`);
  return place;
}

const REPLAY = ["replay", "--policy", "shop.yaml", "--calls", "calls.jsonl"] as const;

describe("interlatch replay", () => {
  verifies(
    "replay.effects",
    "counts what changes against the recording, by tool, rule and code, with examples",
    async () => {
      const { json } = shop([
        line("00:00:00", 20, ALLOWED),
        line("00:05:00", 20, DENIED),
        line("00:10:00", 100, ALLOWED),
        line("00:15:00", 900, ALLOWED),
        line("00:20:00", 100, { effect: "allow", code: "approved" }),
        line("00:25:00", 20, { effect: "deny", code: "store_unavailable" }),
        line("00:30:00", 1, ALLOWED, { tool: "nuke" }),
      ]);
      const { code, document } = await json(REPLAY);
      expect(document.counts).toEqual({
        newly_allowed: 1,
        newly_reviewed: 1,
        newly_denied: 2,
        rewritten: 0,
        asked_otherwise: 0,
        unaffected: 2,
        not_compared: 1,
      });
      expect(document.effects).toEqual({ allow: 3, review: 2, deny: 2 });
      expect(document.untouchedRules.map(({ name }: { name: string }) => name)).toEqual([
        "reads",
        "vip",
      ]);
      expect(document.unknownTools).toEqual([{ tool: "nuke", count: 1 }]);
      const denied = document.groups.find(
        ({ after }: { after: { code: string } }) => after.code === "no_match",
      );
      expect(denied).toMatchObject({
        change: "newly_denied",
        direction: "stricter",
        tool: "refund",
        before: { effect: "allow", code: "allowed" },
        count: 1,
        examples: [{ at: "calls.jsonl:4", agent: "a1", session: "s1" }],
      });
      expect(code).toBe(0);
    },
  );

  verifies("replay.limits", "counts limits by the recorded clock, in its order", async () => {
    const { json } = shop([
      // Out of order on purpose: the third of the first minute is the one at 00:00:40.
      line("00:00:40", 3, ALLOWED),
      line("00:00:00", 1, ALLOWED),
      line("00:00:10", 700, ALLOWED),
      line("00:00:20", 2, ALLOWED),
      line("00:01:00", 4, ALLOWED),
    ]);
    const { document } = await json([...REPLAY, "--examples", "9"]);
    const limited = document.groups.filter(
      ({ after }: { after: { code: string } }) => after.code === "rate_limited",
    );
    expect(limited).toHaveLength(1);
    expect(limited[0].examples.map(({ at }: { at: string }) => at)).toEqual(["calls.jsonl:1"]);
    const without = await json([...REPLAY, "--no-limits"]);
    expect(without.document.counts.newly_denied).toBe(1);
  });

  it("takes a review for executed only where the recording says that it ran", async () => {
    const place = shop([
      line("00:00:00", 100, { effect: "allow", code: "approved" }),
      line("00:00:01", 100, { effect: "deny", code: "approval_rejected" }),
      line("00:00:02", 20, ALLOWED),
      line("00:00:03", 20, ALLOWED),
    ]);
    place.edit("shop.yaml", "action: review", "action: review, rate_limit: 1 calls/minute");
    const { document } = await place.json(REPLAY);
    // The second is beyond the limit that the first has taken, and a rule's own limit denies.
    expect(document.effects).toEqual({ allow: 2, review: 1, deny: 1 });
  });

  verifies("replay.private", "shows values of arguments only where it is asked to", async () => {
    const { run } = shop([line("00:00:00", 900, ALLOWED)]);
    for (const argv of [REPLAY, [...REPLAY, "--json"]]) {
      const { stdout, stderr } = await run(argv);
      expect(stdout).toContain("calls.jsonl:1");
      expect(stdout + stderr).not.toContain("4111-secret");
    }
    const { stdout } = await run([...REPLAY, "--show-arguments"]);
    expect(stdout).toContain('{"amount":900,"card":"4111-secret"}');
  });

  it("fails where it is told to, and only there", async () => {
    const { run } = shop([line("00:00:00", 20, DENIED)]);
    expect((await run(REPLAY)).code).toBe(0);
    expect((await run([...REPLAY, "--fail-on", "newly-denied"])).code).toBe(0);
    expect((await run([...REPLAY, "--fail-on", "newly-allowed"])).code).toBe(1);
    const both = ["--fail-on", "newly-denied", "--fail-on", "newly-allowed"];
    expect((await run([...REPLAY, ...both])).code).toBe(1);
    expect((await run([...REPLAY, "--fail-on", "anything"])).code).toBe(2);
  });

  it("compares with another policy in place of the recording", async () => {
    const place = shop([line("00:00:00", 20), line("00:05:00", 300)]);
    place.write("old.yaml", POLICY.replace("<= 50", "<= 400").replace("> 50", "> 400"));
    const { document } = await place.json([...REPLAY, "--against", "old.yaml"]);
    expect(document.counts).toMatchObject({ newly_reviewed: 1, unaffected: 1, not_compared: 0 });
    expect(document.groups).toMatchObject([
      { before: { effect: "allow", rule: "small" }, after: { effect: "review", rule: "middle" } },
    ]);
  });

  it("says what a call without a recorded decision comes to, and compares nothing", async () => {
    const { run } = shop([line("00:00:00", 20)]);
    const { stdout } = await run(REPLAY);
    expect(stdout).toContain("1 call: 1 allowed, 0 for review, 0 denied");
    expect(stdout).toContain("1  not compared: no decision was recorded");
    expect(stdout).not.toContain("unaffected");
  });

  it("asks what a policy in shadow would do were it in force", async () => {
    const place = shop([line("00:00:00", 900, ALLOWED)]);
    place.edit("shop.yaml", "id: shop", "id: shop\nmode: shadow");
    const { document } = await place.json(REPLAY);
    expect(document.effects.deny).toBe(1);
  });

  it("fails on an identity that no guard takes: it proves nothing", async () => {
    const { json } = shop([line("00:00:00", 20, ALLOWED, { agent: { id: "" } })]);
    const { code, document } = await json(REPLAY);
    expect(document.badIdentities).toEqual(["calls.jsonl:1"]);
    expect(code).toBe(1);
  });
});

describe("files of recorded calls", () => {
  verifies(
    "recording.lines",
    "with bad lines are refused with each of them, and counted where they are skipped",
    async () => {
      const place = shop([line("00:00:00", 20), "{oops", "", '{"v":1}', line("00:05:00", 20)]);
      const { code, stderr } = await place.run(REPLAY);
      expect(stderr).toContain("2 lines hold no call; --skip-bad goes on without:");
      expect(stderr).toContain("calls.jsonl:2: it is not JSON");
      expect(stderr).toContain("calls.jsonl:4: `agent` is no JSON object; found nothing");
      expect(code).toBe(3);
      const skipped = await place.json([...REPLAY, "--skip-bad"]);
      expect(skipped.document.calls).toBe(2);
      expect(skipped.document.badLines.map(({ at }: { at: string }) => at)).toEqual([
        "calls.jsonl:2",
        "calls.jsonl:4",
      ]);
      expect(skipped.stderr).toContain("2 bad lines skipped.");
    },
  );

  it("are read compressed, and a broken one is an error of its file", async () => {
    const place = shop([]);
    const whole = gzipSync(`${line("00:00:00", 20)}\n${line("00:05:00", 20)}\n`);
    writeFileSync(place.path("calls.jsonl.gz"), whole);
    writeFileSync(place.path("cut.jsonl.gz"), whole.subarray(0, whole.length - 12));
    const argv = ["replay", "--policy", "shop.yaml", "--calls"];
    const { document } = await place.json([...argv, "calls.jsonl.gz"]);
    expect(document.calls).toBe(2);
    const { code, stderr } = await place.run([...argv, "cut.jsonl.gz"]);
    expect(stderr).toContain("cut.jsonl.gz cannot be read");
    expect(code).toBe(3);
  });

  it("may hold a line of any length without filling the memory", async () => {
    const place = shop([]);
    const bomb = gzipSync(Buffer.alloc(64_000_000, "x"));
    writeFileSync(place.path("bomb.jsonl.gz"), Buffer.concat([bomb, gzipSync("\n")]));
    const { code, stderr } = await place.run([
      "replay",
      "--policy",
      "shop.yaml",
      "--calls",
      "bomb.jsonl.gz",
    ]);
    expect(stderr).toContain("bomb.jsonl.gz:1: it is longer than 8 MiB");
    expect(code).toBe(3);
  });

  it("that are not UTF-8 are told of, with the line", async () => {
    const place = shop([]);
    writeFileSync(place.path("calls.jsonl"), Uint8Array.of(0x7b, 0xff, 0x7d, 0x0a));
    const { stderr } = await place.run(REPLAY);
    expect(stderr).toContain("calls.jsonl:1: it is not UTF-8");
  });

  it("of public data sets need somebody who called", async () => {
    const place = shop([
      JSON.stringify({ dataset: "d", trace_id: "t", tool: "refund", arguments: { amount: 5 } }),
    ]);
    expect((await place.run(REPLAY)).stderr).toContain("--agent ID or --as FILE");
    const named = await place.json([...REPLAY, "--agent", "a1", "--role", "clerk"]);
    expect(named.document.effects.allow).toBe(1);
    expect(named.document.withoutTime).toBe(1);
    place.write("vip.json", '{"agent":{"id":"a1","roles":["vip"]}}');
    const vip = await place.json([...REPLAY, "--as", "vip.json"]);
    expect(vip.document.effects.deny).toBe(1);
    for (const wrong of [
      ["--role", "clerk"],
      ["--as", "vip.json", "--agent", "a1"],
    ]) {
      expect((await place.run([...REPLAY, ...wrong])).code).toBe(2);
    }
  });

  it.each([
    [["replay", "--policy", "shop.yaml"], 2, "Which calls? --calls FILE names a file of them."],
    [[...REPLAY, "--bundle", "x.json"], 2, "Either --bundle or --policy."],
    [["replay", "--policy", "shop.yaml", "--calls", "none"], 3, "there is no such file or folder"],
    [["replay", "--policy", "shop.yaml", "--calls", "folder"], 3, "it is not an ordinary file"],
    [[...REPLAY, "--examples", "many"], 2, "--examples is a whole number; found many."],
  ] as const)("%j says what is wrong", async (argv, exit, words) => {
    const place = shop([]);
    mkdirSync(place.path("folder"));
    const { code, stderr } = await place.run(argv);
    expect(stderr).toContain(words);
    expect(code).toBe(exit);
  });
});

describe("the bar", () => {
  it("is drawn over and over on a terminal alone, and taken away", async () => {
    let time = 0;
    const place = shop([line("00:00:00", 20), line("00:05:00", 20)]);
    const now = (): number => (time += 150);
    const { stderr } = await place.run(REPLAY, { isTTY: true, now });
    expect(stderr).toMatch(/\r\u001b\[2Kcalls \[#{12}-{12}\] {2}50 % {2}1 of 2, \d s left/);
    expect(stderr.endsWith("\r\u001b[2K")).toBe(true);
    const piped = await place.run(REPLAY, { now });
    expect(piped.stderr).toBe("");
    expect((await place.run([...REPLAY, "--quiet"], { isTTY: true, now })).stderr).toBe("");
  });
});
