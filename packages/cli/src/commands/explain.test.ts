import { appendFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fileAudit } from "@interlatch/core/node";
import { createGuard, inlineSource, memoryRollback } from "@interlatch/core";
import { NOW, project, signedProject } from "../../../../test/cli/command-line.ts";

const AGENT = ["--agent", '{"id":"a1","roles":["support"]}'] as const;

function ask(tool: string, args: object): readonly string[] {
  return ["explain", "--tool", tool, "--arguments", JSON.stringify(args), ...AGENT];
}

describe("interlatch explain, of a call", () => {
  it("shows each rule with its outcome, its line, and each condition with what it reads", async () => {
    const { run } = await project();
    const { code, stdout } = await run(ask("refund_order", { order: "17", amount: 80 }));
    expect(stdout).toContain("review · review_required · large_refunds · policy.yaml:52\n");
    expect(stdout).toContain("     large_refunds  review  matched  policy.yaml:52  decides\n");
    expect(stdout).toContain("       true   arguments.amount > 50\n");
    expect(stdout).toContain("              arguments.amount is 80\n");
    expect(stdout).toContain("     small_refunds  allow  not matched  policy.yaml:47\n");
    expect(stdout).toContain("       false  arguments.amount <= 50\n");
    expect(stdout).toMatch(/7 {2}risk {7}60 = operation:spend 40 \+ /);
    expect(stdout).toContain("unless a person approves");
    expect(code).toBe(0);
  });

  it("shows what was rewritten, what is owed, and the arguments that would run", async () => {
    const { json, run } = await project();
    const { document } = await json(ask("export_orders", { size: 5000 }));
    expect(document.decision).toMatchObject({
      effect: "allow",
      arguments: { size: 100 },
      rewrites: [{ from: 5000, to: 100 }],
    });
    expect(document.fallback).toBeNull();
    const { stdout } = await run(ask("search_orders", { text: "x" }));
    expect(stdout).toContain(
      "obligation           at most 60 in any 60 s by agent, beyond it deny (searches)",
    );
  });

  it("stops at the step that ends the decision", async () => {
    const { run } = await project();
    const stepsOf = async (argv: readonly string[]): Promise<readonly string[]> =>
      (await run(argv)).stdout.match(/^\d {2}.*$/gm) ?? [];
    const unknown = await stepsOf(ask("drop_table", {}));
    expect(unknown.at(-1)).toBe("3  tool       unknown_tool");
    const invalid = await stepsOf(ask("search_orders", { txt: "x" }));
    expect(invalid.at(-1)).toBe("5  arguments  invalid_arguments");
    const stranger = [
      "explain",
      "--tool",
      "search_orders",
      "--agent",
      '{"id":"b","roles":["sales"]}',
    ];
    expect((await stepsOf(stranger)).at(-1)).toBe("4  scope      unknown_agent");
    const { stdout } = await run(stranger);
    expect(stdout).toContain('       false  "support" in agent.roles\n');
    expect(stdout).toContain('              agent.roles is ["sales"]\n');
  });

  it("takes conditions apart, and tells an error from a falsehood", async () => {
    const { json, edit } = await project();
    edit(
      "policy.yaml",
      "when: arguments.amount <= 50",
      'when: (context.shift == "day" || user.id == "u1") && !(arguments.amount > 50)',
    );
    const argv = [...ask("refund_order", { order: "17", amount: 80 }), "--user", '{"id":"u1"}'];
    const { document } = await json(argv);
    const rule = document.decision.rules.find(
      ({ name }: { name: string }) => name === "small_refunds",
    );
    expect(rule.when).toMatchObject({
      value: false,
      parts: [
        {
          text: 'context.shift == "day" || user.id == "u1"',
          value: true,
          parts: [
            { value: "error", reads: [] },
            { value: true, reads: [{ text: "user.id", value: "u1" }] },
          ],
        },
        { value: false, parts: [{ text: "arguments.amount > 50", value: true }] },
      ],
    });
  });

  it("judges by the given time, facts and context", async () => {
    const { json, edit } = await project();
    edit("policy.yaml", "rules:\n", "facts: { vips: [u1] }\n\nrules:\n");
    edit(
      "policy.yaml",
      "when: arguments.amount > 50",
      'when: request.time.getHours("UTC") >= 20 && user.id in facts.vips',
    );
    const argv = [...ask("refund_order", { order: "17", amount: 80 }), "--user", '{"id":"u2"}'];
    const evening = ["--time", "2026-03-01T21:00:00Z"];
    const facts = ["--facts", '{"vips":["u2"]}'];
    const effects = [];
    for (const flags of [[], evening, [...evening, ...facts]]) {
      effects.push((await json([...argv, ...flags])).document.decision.effect);
    }
    expect(effects).toEqual(["deny", "deny", "review"]);
  });

  it("asks the policy in a bundle, and says that it was not verified", async () => {
    const { run, json } = await signedProject();
    const argv = ask("delete_customer", {});
    for (const file of ["shop-1.bundle.json", "shop-1.payload.json"]) {
      const { stdout } = await run([...argv, "--bundle", file]);
      expect(stdout).toContain(`1  policy     shop, version 1 in ${file}, NOT VERIFIED`);
      expect(stdout).toContain("deny · rule_denied · customers_stay");
    }
    const root = await json([...argv, "--bundle", "trust.json"]);
    expect(root.document.error.code).toBe("ERR_BUNDLE_TYPE");
    expect(root.code).toBe(10);
  });

  it("reads the call from a file", async () => {
    const { json, write, run } = await project();
    const call = { tool: "refund_order", arguments: { order: "17", amount: 20 } };
    const identity = { agent: { id: "a1", roles: ["support"] } };
    write("call.json", JSON.stringify({ call, identity, time: "2026-05-05T00:00:00Z" }));
    const { document } = await json(["explain", "--file", "call.json"]);
    expect(document).toMatchObject({
      call,
      time: "2026-05-05T00:00:00.000Z",
      decision: { effect: "allow", rule: "small_refunds" },
    });
    write("call.json", JSON.stringify({ call, identity, tiem: 1 }));
    const { code, stderr } = await run(["explain", "--file", "call.json"]);
    expect(stderr).toContain("`tiem` is no field. Did you mean `time`?");
    expect(code).toBe(2);
  });

  it.each([
    [[], "What shall be explained?"],
    [["--tool", "t"], "--agent is missing"],
    [["--tool", "t", "--agent", "a1"], "--agent is not JSON"],
    [["--tool", "t", "--agent", "[]"], "--agent must be a JSON object."],
    [["--tool", "t", "--agent", '{"id":""}'], "ERR_IDENTITY"],
    [["--tool", "t", ...AGENT, "--time", "noon"], "--time is an instant"],
    [["--audit", "x"], "CALL is missing"],
    [["c1", "--tool", "t"], "Either the id of a call that was made"],
    [["c1"], "There is no .interlatch/audit; --audit names a file or a folder."],
  ])("is used wrongly with %j", async (flags, words) => {
    const { run } = await project();
    const { code, stderr } = await run(["explain", ...flags]);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });
});

describe("interlatch explain, of a call that was made", () => {
  /** A project with a log of three calls, two of them with one id. */
  async function recorded() {
    const place = await signedProject();
    const [, digest = ""] = place.pin.split("#");
    const audit = fileAudit(place.path(".interlatch/audit"), { now: () => NOW });
    const guard = await createGuard({
      bundle: inlineSource(place.read("shop-1.bundle.json")),
      trust: { document: place.read("trust.json"), digest },
      audience: "dev-team",
      rollback: memoryRollback(),
      audit,
      clock: () => NOW,
    });
    const ticket = guard.for({
      agent: { id: "a1", roles: ["support"] },
      user: { id: "u1" },
      session: "s1",
    });
    const run = (id: string, tool: string, args: object): unknown =>
      guard.run({ ticket, id, tool, arguments: args }, () => "done");
    await run("c1", "delete_customer", { id: "secret-value" });
    await run("c1", "search_orders", { text: "secret-value" });
    await run("c2", "export_orders", { size: 500 });
    await guard.close();
    return { ...place, log: audit.path };
  }

  it("shows the decision, the rules with their lines, and the outcome, each time the id was used", async () => {
    const { run, json } = await recorded();
    const { code, stdout } = await run(["explain", "c1"]);
    expect(stdout).toContain('delete_customer in call "c1", 2026-03-01T12:00:00.000Z');
    expect(stdout).toContain("deny · rule_denied · customers_stay\n");
    expect(stdout).toMatch(/customers_stay {2}deny {2}matched {2}policy\.yaml:\d+ {2}decided/);
    expect(stdout).toContain("blocked after 0 ms, the agent got a message");
    expect(stdout).toContain('search_orders in call "c1"');
    expect(stdout).not.toContain("export_orders");
    expect(code).toBe(0);
    const { document } = await json(["explain", "c2", "--audit", ".interlatch/audit"]);
    expect(document.calls).toMatchObject([
      { call: { rewrites: [{ from: 500, to: 100 }] }, end: { outcome: "executed" } },
    ]);
  });

  it("says that the log holds no values, and shows none", async () => {
    const { run, json } = await recorded();
    const { stdout } = await run(["explain", "c1"]);
    expect(stdout).toContain("The log holds no values of arguments.");
    expect(stdout + (await json(["explain", "c1"])).stdout).not.toContain("secret-value");
  });

  it("exits 1 for a call that no log holds", async () => {
    const { json } = await recorded();
    const { code, document } = await json(["explain", "c9"]);
    expect(document.error).toMatchObject({ code: "ERR_AUDIT" });
    expect(document.error.message).toContain('No call "c9" in .interlatch/audit/audit-');
    expect(code).toBe(1);
  });

  it("reads nothing behind the first fault of a log, and says where that is", async () => {
    const { run, log } = await recorded();
    const forged = `{"v":1,"seq":9,"prev":"${"0".repeat(64)}","type":"call","call":"c3","tool":"forged"}\n`;
    appendFileSync(log, forged);
    const sound = await run(["explain", "c2", "--audit", log]);
    expect(sound.stderr).toMatch(/line 8 is not sound \(\w+\)/);
    expect(sound.stdout).toContain("export_orders");
    const after = await run(["explain", "c3", "--audit", log]);
    expect(after.stdout).not.toContain("forged");
    expect(after.code).toBe(1);
  });

  it("says when there is nothing to read", async () => {
    const { run } = await recorded();
    const { code, stderr } = await run(["explain", "c1", "--audit", "none.jsonl"]);
    expect(stderr).toContain("none.jsonl cannot be read: there is no such file");
    expect(code).toBe(3);
  });
});
