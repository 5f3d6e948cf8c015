import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { signedProject, workplace, type Workplace } from "../../../../test/cli/command-line.ts";

const BEFORE = `
interlatch: 1
id: shop
agents:
  clerk: { when: agent.role == "clerk", tools: [refund, read] }
tools:
  read: { operation: read, resources: none }
  refund:
    operation: spend
    resources: none
    arguments: { type: object, properties: { amount: { type: number, maximum: 500 } }, required: [amount] }
facts: { vips: [ann] }
define: { small: arguments.amount <= 50 }
rules:
  - { name: reads, tool: read, action: allow, rate_limit: 10 calls/minute }
  - { name: small_refunds, tool: refund, when: small, action: allow }
  - { name: others, tool: refund, unless: small, action: review }
`;

function shops(after: string, before = BEFORE): Workplace {
  const place = workplace();
  place.write("before.yaml", before);
  place.write("after.yaml", after);
  return place;
}

const DIFF = ["diff", "before.yaml", "after.yaml"] as const;

interface Part {
  readonly kind: string;
  readonly name: string;
}

describe("interlatch diff", () => {
  it("of a policy and itself, or the same written otherwise, is nothing and exits 0", async () => {
    const place = shops(BEFORE.replace("\nid: shop", "\n\n# the same\nid: shop"));
    const { code, document } = await place.json(DIFF);
    expect(document).toMatchObject({ isSame: true, isLooser: false, changes: [] });
    expect(code).toBe(0);
  });

  verifies("diff.parts", "names each part that changed, with both values", async () => {
    const after = BEFORE.replace("<= 50", "<= 60")
      .replace("maximum: 500", "maximum: 400")
      .replace("[ann]", "[ann, bob]")
      .replace("tools: [refund, read]", "tools: [refund]")
      .replace("10 calls/minute", "20 calls/minute")
      .replace("- { name: others,", "- { name: rest,");
    const { code, document } = await shops(after).json(DIFF);
    const parts = document.changes.map(({ kind, name }: Part) => `${kind} ${name}`);
    expect(parts).toEqual([
      "agent profile clerk",
      "tool refund",
      "fact vips",
      "rule reads",
      "rule small_refunds",
      "rule others",
      "rule rest",
    ]);
    const fields = document.changes.flatMap(({ fields: each }: { fields: object[] }) => each);
    expect(fields).toContainEqual({
      field: "arguments.properties.amount.maximum",
      before: "500",
      after: "400",
    });
    expect(fields).toContainEqual({
      field: "when",
      before: "arguments.amount <= 50",
      after: "arguments.amount <= 60",
    });
    expect(fields).toContainEqual(
      expect.objectContaining({ field: "rateLimit", direction: "looser" }),
    );
    expect(code).toBe(1);
  });

  it.each([
    ["a limit that was raised", "10 calls/minute", "11 calls/minute", true],
    ["a limit that was lowered", "10 calls/minute", "9 calls/minute", false],
    ["a longer window", "10 calls/minute", "10 calls/hour", false],
    ["a shorter window", "10 calls/minute", "10 calls/second", true],
    ["a limit that is gone", ", rate_limit: 10 calls/minute", "", true],
    ["a limit of another key", "10 calls/minute", "10 calls/minute, by: [session]", true],
  ])("says whether %s is looser, which no call would show", async (_what, from, to, isLooser) => {
    const { code, document } = await shops(BEFORE.replace(from, to)).json([
      ...DIFF,
      "--fail-on-looser",
    ]);
    expect(document.isLooser).toBe(isLooser);
    expect(code).toBe(isLooser ? 1 : 0);
  });

  verifies(
    "diff.calls",
    "says of recorded and tested calls what changes, looser or stricter",
    async () => {
      const after = BEFORE.replace("<= 50", "<= 70").replace(
        "name: others, tool: refund, unless: small, action: review",
        "name: others, tool: refund, unless: small, action: deny",
      );
      const place = shops(after);
      const call = (amount: number): string =>
        JSON.stringify({
          v: 1,
          time: "2026-01-01T00:00:00Z",
          tool: "refund",
          arguments: { amount },
          agent: { id: "a", roles: ["clerk"] },
        });
      place.write("calls.jsonl", [call(10), call(60), call(90)].join("\n"));
      place.write(
        "shop.test.yaml",
        `cases:
  - name: Sixty is asked about.
    call: { tool: refund, arguments: { amount: 60 } }
    identity: { agent: { id: a, roles: [clerk] } }
    expect: { effect: review }
`,
      );
      const more = ["--calls", "calls.jsonl", "--tests", "shop.test.yaml"];
      const { document, code } = await place.json([...DIFF, ...more]);
      expect(document.calls.counts).toMatchObject({
        newly_allowed: 2,
        newly_denied: 1,
        unaffected: 1,
      });
      const [looser, stricter] = document.calls.groups;
      expect(looser).toMatchObject({ direction: "looser", count: 2 });
      expect(looser.examples.map(({ at }: { at: string }) => at).sort()).toEqual([
        "calls.jsonl:2",
        "shop.test.yaml:2",
      ]);
      expect(stricter).toMatchObject({ direction: "stricter", count: 1 });
      expect(code).toBe(1);
      const { stdout } = await place.run([...DIFF, ...more]);
      expect(stdout).toContain("LOOSER    2 calls of refund");
      expect(stdout).toContain("stricter  1 call of refund");
    },
  );

  verifies(
    "diff.review",
    "names what other answers are enough for, of rules that changed, are gone or are there",
    async () => {
      const asks = (review: string): string =>
        BEFORE.replace(
          "unless: small, action: review",
          `unless: small, action: review, review: { ${review} }`,
        );
      const before = asks("by: [finance], quorum: 2, expires: 10m");
      for (const [looser, words] of [
        [BEFORE, "asks 1 of reviewer within 15 min"],
        [asks("by: [finance], quorum: 1, expires: 10m"), "asks 1 of finance within 10 min"],
        [asks("by: [finance, sales], quorum: 2, expires: 10m"), "asks 2 of finance or sales"],
        [asks("by: [finance], quorum: 2, expires: 1h"), "asks 2 of finance within 60 min"],
        [asks("by: user, expires: 10m"), "asks the user within 10 min"],
      ] as const) {
        const place = shops(looser, before);
        const { stdout, code } = await place.run([...DIFF, "--fail-on-looser"]);
        expect(stdout, words).toMatch(/\n {4}review: .* → .* {2}LOOSER\n/);
        expect(stdout).toContain("asks 2 of finance within 10 min) → review (");
        expect(stdout).toContain(words);
        expect(code).toBe(1);
        const back = await place.run(["diff", "after.yaml", "before.yaml"]);
        // A request that ends sooner is stricter; other people are looser both ways.
        if (words.includes("finance within")) expect(back.stdout).not.toContain("LOOSER");
      }
      // Two rules ask; each must be met. Nothing but a call shows that one of them is gone.
      const second =
        "  - { name: legal, tool: refund, unless: small, action: review, review: { by: [legal] } }\n";
      const gone = await shops(before, before + second).run(DIFF);
      expect(gone.stdout).toContain("2 of finance within 10 min, and 1 of legal within 15 min");
      expect(gone.stdout).toContain("LOOSER  refund  review");
    },
  );

  it("prints the smallest call that gets further, and says that a search is no proof", async () => {
    const { stdout } = await shops(BEFORE.replace("<= 50", "<= 60")).run(DIFF);
    expect(stdout).toContain(
      "  LOOSER  refund  review (review_required, others) → allow (allowed, small_refunds)\n" +
        '    arguments {"amount":51}\n' +
        '    by {"agent":{"id":"agent","roles":["clerk"]}} at 2026-03-01T12:00:00.000Z\n',
    );
    expect(stdout).toContain("This is a search, not a proof.");
    expect(stdout).toContain("nothing that decides them changed: read");
    const turned = await shops(BEFORE, BEFORE.replace("<= 50", "<= 60")).run(DIFF);
    expect(turned.stdout).toMatch(/no such call was found of refund \(\d+\)/);
    expect(turned.code).toBe(1);
    const stricter = await shops(BEFORE, BEFORE.replace("<= 50", "<= 60")).run([
      ...DIFF,
      "--fail-on-looser",
    ]);
    expect(stricter.code).toBe(0);
  });

  it("takes files, folders, payloads and bundles, and says that these are not verified", async () => {
    const place = await signedProject();
    place.write("folder/a.yaml", place.read("policy.yaml"));
    place.write("folder/a.test.yaml", "cases: []\n");
    for (const path of ["shop-1.bundle.json", "shop-1.payload.json"]) {
      const { document, code } = await place.json(["diff", path, "folder"]);
      expect(document.before).toBe(`version 1 in ${path}, NOT VERIFIED`);
      expect(document).toMatchObject({ isSame: true, after: "folder" });
      expect(code).toBe(0);
    }
  });

  it("takes enforcing away for looser", async () => {
    const { document } = await shops(BEFORE.replace("id: shop", "id: shop\nmode: shadow")).json(
      DIFF,
    );
    expect(document.isLooser).toBe(true);
    expect(document.changes[0].fields).toEqual([
      { field: "mode", before: '"enforce"', after: '"shadow"', direction: "looser" },
    ]);
  });

  it.each([
    [["diff", "before.yaml"], 2, "B is missing"],
    [["diff", "before.yaml", "none.yaml"], 3, "none.yaml cannot be read"],
    [["diff", "before.yaml", "broken.yaml"], 1, "The policy has errors, so it decides nothing"],
    [["diff", "before.yaml", "odd.json"], 10, "odd.json holds no JSON object"],
    [[...DIFF, "--budget", "-1"], 2, "--budget"],
    [[...DIFF, "--tests", "broken.yaml"], 1, "broken.yaml cannot be read as tests"],
  ] as const)("%j says what is wrong", async (argv, exit, words) => {
    const place = shops(BEFORE);
    place.write("broken.yaml", "interlatch: 1\nid: x\nrulez: []\n");
    place.write("odd.json", "[]");
    const { code, stderr } = await place.run(argv);
    expect(stderr).toContain(words);
    expect(code).toBe(exit);
  });

  it("lets no control character of a policy reach the terminal", async () => {
    const after = BEFORE.replace("action: review", 'action: review, reason: "a\\u202eb\\u001b[2J"');
    const { stdout } = await shops(after).run(DIFF, { isTTY: true });
    expect(stdout).not.toMatch(/\u202e|\u001b\[2J/);
  });
});

describe("interlatch sign", () => {
  const KEY = ["--key", ".interlatch/keys/bundle.pem"];

  async function secondVersion(): Promise<Workplace> {
    const place = await signedProject();
    place.edit("policy.yaml", "arguments.amount <= 50", "arguments.amount <= 75");
    place.edit("policy.yaml", "arguments.amount > 50", "arguments.amount > 75");
    place.edit("policy.yaml", "60 calls/minute", "600 calls/minute");
    place.edit("policy.test.yaml", "amount: 51", "amount: 76");
    const { code, stdout, stderr } = await place.run(["build", "--version", "2"]);
    if (code !== 0) throw new Error(stdout + stderr);
    return place;
  }

  verifies("diff.sign", "says first what gets further than under the bundle before", async () => {
    const place = await secondVersion();
    const { code, stdout, stderr } = await place.run(["sign", "shop-2.payload.json", ...KEY]);
    expect(stdout).toContain(
      "  compared with version 1 in shop-1.bundle.json, NOT VERIFIED: 3 parts",
    );
    expect(stderr).toContain(
      "LOOSER  refund_order  review (review_required, large_refunds) → allow",
    );
    expect(stderr).toMatch(/arguments \{"order":"x","amount":51\}/);
    expect(stderr).toMatch(/LOOSER {2}rule searches {2}rateLimit: .*"max":60,.* → .*"max":600,/);
    // It tells, and does not decide.
    expect(code).toBe(0);
    const again = await place.json(["sign", "shop-2.bundle.json", ...KEY]);
    expect(again.document).toMatchObject({ previous: "shop-1.bundle.json", isLooser: true });
  });

  verifies("diff.review", "says so when fewer people are enough", async () => {
    const place = await signedProject();
    const rule = "action: review";
    place.edit("policy.yaml", rule, `${rule}\n    review: { by: [reviewer, sales] }`);
    const built = await place.run(["build", "--version", "2"]);
    expect(built.code, built.stdout + built.stderr).toBe(0);
    const { stderr } = await place.run(["sign", "shop-2.payload.json", ...KEY]);
    expect(stderr).toMatch(/LOOSER {2}rule \w+ {2}review: nothing → .*"sales"/);
    expect(stderr).toMatch(/LOOSER {2}\w+ {2}review \(.* asks 1 of reviewer or sales/);
  });

  it("compares with the bundle it is told, and fails where that is none", async () => {
    const place = await secondVersion();
    place.write("old/first.json", place.read("shop-1.bundle.json"));
    place.write("shop-1.bundle.json", "{}");
    const sign = ["sign", "shop-2.payload.json", ...KEY];
    const { document } = await place.json([...sign, "--previous", "old/first.json"]);
    expect(document).toMatchObject({ previous: "old/first.json", isLooser: true });
    const { code, stderr } = await place.run([...sign, "--previous", "none.json"]);
    expect(stderr).toContain("none.json cannot be read");
    expect(code).toBe(3);
    // One that was found by its name alone, and is broken, keeps nobody from signing.
    const found = await place.run(sign);
    expect(found.stderr).toContain("shop-1.bundle.json cannot be compared with");
    expect(found.code).toBe(0);
  });

  it("tells of no bundle before where there is none", async () => {
    const place = await signedProject();
    const { stdout } = await place.run(["sign", "shop-1.bundle.json", ...KEY]);
    expect(stdout).toContain("no bundle before it to compare with");
  });
});
