import { appendFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fileAudit } from "@interlatch/core/node";
import { createGuard, inlineSource, memoryRollback } from "@interlatch/core";
import { verifies } from "../../../../test/verifies.ts";
import { NOW, project, signedProject, workplace } from "../../../../test/cli/command-line.ts";

const AGENT = ["--agent", '{"id":"a1","roles":["support"]}'] as const;

function ask(tool: string, args: object): readonly string[] {
  return ["explain", "--tool", tool, "--arguments", JSON.stringify(args), ...AGENT];
}

describe("interlatch explain, of a call", () => {
  it("shows each rule with its outcome, its line, and each condition with what it reads", async () => {
    const { run, read } = await project();
    const { code, stdout } = await run(ask("refund_order", { order: "17", amount: 80 }));
    const lineOf = (text: string): number =>
      read("policy.yaml").split(text)[0]?.split("\n").length ?? 0;
    const [large, small] = [lineOf("- name: large_refunds"), lineOf("- name: small_refunds")];
    expect(stdout).toContain(`review · review_required · large_refunds · policy.yaml:${large}\n`);
    expect(stdout).toContain(
      `     large_refunds  review  matched  policy.yaml:${large}  decides\n`,
    );
    expect(stdout).toContain("       true   arguments.amount > 50\n");
    expect(stdout).toContain("              arguments.amount is 80\n");
    expect(stdout).toContain(`     small_refunds  allow  not matched  policy.yaml:${small}\n`);
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
    expect(invalid.at(-1)).toMatch(/^5 {2}arguments {2}invalid_arguments: arguments\.text .+/);
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

  it("names what of the call is outside a profile, and the step at which arguments were rewritten or limited", async () => {
    const { run, write } = workplace();
    write("interlatch.config.json", '{"policy":["p.yaml"]}');
    write(
      "p.yaml",
      `interlatch: 1
id: p
agents:
  staff: { when: agent.role == "support", tools: [fetch, ask], network: ["*.acme.test"] }
tools:
  fetch: { operation: egress, data: public, resources: { network: ["{arguments.url}"] } }
  ask: { operation: read, data: public, resources: none }
rules:
  - { name: fetches, tool: fetch, action: allow, redact: arguments.token, rate_limit: 5 calls/minute }
  - { name: asks, tool: ask, action: allow, max_batch_size: 5 }
`,
    );
    const outside = await run(ask("fetch", { url: "https://evil.test/x" }));
    expect(outside.stdout).toMatch(/^4 {2}scope {6}out_of_scope/m);
    expect(outside.stdout).toContain('       outside it: network, "https://evil.test/x"\n');
    const inside = await run(ask("fetch", { url: "https://a.acme.test/x", token: "t" }));
    expect(inside.stdout).toContain("4  scope      inside staff\n");
    expect(inside.stdout).toContain("9  rewriting  arguments.token; judged again as rewritten\n");
    expect(inside.stdout).toContain("10 limits     1 applies, counted from zero here\n");
    expect(inside.stdout).toContain("rewritten            arguments.token: redacted\n");
    const unmet = await run(ask("ask", { size: 9 }));
    expect(unmet.stdout).toMatch(/^9 {2}rewriting {2}obligation_failed: /m);
    expect(unmet.stdout).not.toContain("10 limits");
  });

  it("says what would have to be otherwise for the call to be allowed", async () => {
    const { run, json } = await project();
    const argv = ask("refund_order", { order: "17", amount: 80 });
    expect((await run(argv)).stdout).toContain(
      "\nIt would be allowed with arguments.amount at most 50.\n",
    );
    expect((await json(argv)).document.ways).toEqual([
      { effect: "allow", text: "with arguments.amount at most 50" },
    ]);
    const allowed = await run(ask("search_orders", { text: "x" }));
    expect(allowed.stdout).not.toContain("It would");
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

  it("asks the policy in files of sources, with what they include", async () => {
    const { run, write, read } = await project();
    const rules =
      "interlatch: 1\nrules:\n  - { name: no_drops, tool: drop, action: deny, reason: Never. }\n";
    write("rules.yaml", rules);
    write(
      "other.yaml",
      "interlatch: 1\nid: other\ninclude: [rules.yaml]\ntools: { drop: { operation: delete } }\n",
    );
    expect(read("policy.yaml")).not.toContain("drop");
    const { stdout } = await run([...ask("drop", {}), "--policy", "other.yaml"]);
    expect(stdout).toContain("deny · rule_denied · no_drops · rules.yaml:3\n  Never.\n");
    expect(stdout).toContain("1  policy     other, from other.yaml\n");
  });

  it("says that another call may pass only where the deciding rule has a condition", async () => {
    const { run, edit } = await project();
    const plain = await run(ask("delete_customer", {}));
    expect(plain.stdout).toContain("\n  Customers are deleted by the records team.\n");
    edit(
      "policy.yaml",
      "tool: delete_customer\n    action: deny",
      'tool: delete_customer\n    when: user.id != "boss"\n    action: deny',
    );
    const conditional = await run(ask("delete_customer", {}));
    expect(conditional.stdout).toContain(
      "\n  Customers are deleted by the records team; another call may pass\n",
    );
  });

  it("says which tool was probably meant", async () => {
    const { run } = await project();
    const { stdout } = await run(ask("refund_oder", {}));
    expect(stdout).toContain("3  tool       unknown_tool; did you mean refund_order?\n");
  });

  it("reads the call from a file", async () => {
    const { json, write, run } = await project();
    const call = { tool: "refund_order", arguments: { order: "17", amount: 20 } };
    const identity = { agent: { id: "a1", roles: ["support"] } };
    write("call.json", JSON.stringify({ call, identity, time: "2026-05-05T00:00:00Z" }));
    const { document } = await json(["explain", "--call", "call.json"]);
    expect(document).toMatchObject({
      call,
      time: "2026-05-05T00:00:00.000Z",
      decision: { effect: "allow", rule: "small_refunds" },
    });
    write("call.json", JSON.stringify({ call, identity, tiem: 1 }));
    const { code, stderr } = await run(["explain", "--call", "call.json"]);
    expect(stderr).toContain("`tiem` is no field. Did you mean `time`?");
    expect(code).toBe(2);
  });

  it("says of each item of a list what the condition on it came to, and why one could not be judged", async () => {
    const { run, edit } = await project();
    edit(
      "policy.yaml",
      "when: arguments.amount <= 50",
      'when: "context.to.all(r, inDomain(host(r), \\"acme.test\\")) && user.id == \\"u1\\""',
    );
    const argv = ask("refund_order", { order: "17", amount: 80 });
    const context = JSON.stringify({ to: ["a@acme.test", "b@evil.test", "c@acme.test"] });
    const { stdout } = await run([...argv, "--context", context]);
    expect(stdout).toContain(
      [
        '         false  context.to.all(r, inDomain(host(r), "acme.test"))',
        '                context.to is ["a@acme.test","b@evil.test","c@acme.test"]',
        '                true for "a@acme.test"',
        '                false for "b@evil.test"',
        '         error  user.id == "u1"',
        "                user is not known for this call",
        "",
      ].join("\n"),
    );
  });

  it("reads the call with its values from recorded calls, by its id or its line", async () => {
    const { json, run, write } = await project();
    const one = {
      v: 1,
      time: "2026-02-01T09:00:00.000Z",
      agent: { id: "a1", roles: ["support"] },
      session: "s",
    };
    const refund = {
      ...one,
      id: "c1",
      tool: "refund_order",
      arguments: { order: "17", amount: 80 },
    };
    const decided = { effect: "allow", code: "allowed", rule: "old" };
    const other = { ...one, id: "c2", tool: "search_orders", arguments: { text: "x" }, ...decided };
    write("calls.jsonl", `${JSON.stringify(refund)}\n${JSON.stringify(other)}\n`);
    const { document } = await json(["explain", "c1", "--calls", "calls.jsonl"]);
    expect(document.answers).toMatchObject([
      { call: { tool: "refund_order" }, time: one.time, decision: { effect: "review" } },
    ]);
    const { stdout } = await run(["explain", "calls.jsonl:2", "--calls", "calls.jsonl"]);
    expect(stdout).toContain(
      "calls.jsonl:2, then allow · allowed · old, as the policy decides it\n",
    );
    expect(stdout).toContain("allow · allowed · searches · policy.yaml:");
    const none = await run(["explain", "c9", "--calls", "calls.jsonl"]);
    expect(none.stdout).toBe('No call "c9" in calls.jsonl.\n');
    expect(none.code).toBe(1);
  });

  it.each([
    [[], "What shall be explained?"],
    [["--tool", "t"], "--agent is missing"],
    [["--tool", "t", "--agent", "a1"], "--agent is not JSON"],
    [["--tool", "t", "--agent", "[]"], "--agent must be a JSON object."],
    [["--tool", "t", "--agent", '{"id":""}'], "ERR_IDENTITY"],
    [["--tool", "t", ...AGENT, "--time", "noon"], "--time is an instant"],
    [["--audit", "x"], "ID is missing: which call of the audit log?"],
    [["--calls", "x"], "ID is missing: which of the recorded calls?"],
    [["--tool", "t", ...AGENT, "--policy", "x", "--bundle", "x"], "Either --bundle or --policy."],
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
  async function recorded({
    inShadow,
    byHelper,
  }: { readonly inShadow?: true; readonly byHelper?: true } = {}) {
    const place = await signedProject();
    const [, digest = ""] = place.pin.split("#");
    const audit = fileAudit(place.path(".interlatch/audit"), { now: () => NOW });
    const bundle = inlineSource(place.read("shop-1.bundle.json"));
    const guard = await createGuard({
      bundle,
      ...(inShadow === true ? { shadow: bundle } : {}),
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
    if (byHelper === true) {
      const agent = { id: "helper", roles: ["support"] };
      const helper = guard.for({
        agent,
        delegation: [{ id: "a1" }, { id: "root" }],
        session: "s1",
      });
      const call = { ticket: helper, id: "c4", tool: "search_orders", arguments: { text: "x" } };
      await guard.run(call, () => "done");
    }
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

  verifies("delegation.records", "shows the chain, and who in it restricted the call", async () => {
    const { run } = await recorded({ byHelper: true });
    const { stdout } = await run(["explain", "c4"]);
    expect(stdout).toContain('  by agent "helper", user null, session "s1"\n');
    expect(stdout).toContain('  for agent "a1", for agent "root"\n');
    expect(stdout).toContain('  decided for agent "a1", which may less than "helper"\n');
  });

  it("shows what a policy in shadow would have made of the call, and only where there was one", async () => {
    const { run, log } = await recorded({ inShadow: true });
    const { stdout } = await run(["explain", "c1", "--audit", log]);
    expect(stdout).toMatch(
      /in shadow it would have been deny · rule_denied · customers_stay, by policy shop version 1, sha256:/,
    );
    const enforced = await recorded();
    const { stdout: without } = await enforced.run(["explain", "c1", "--audit", enforced.log]);
    expect(without).not.toContain("in shadow");
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
