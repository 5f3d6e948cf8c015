import { describe, expect, it } from "vitest";
import { project, workplace } from "../../../../test/cli/command-line.ts";

const POLICY = `interlatch: 1
id: p
tools:
  look: { operation: read, data: public }
  wire:
    operation: spend
    data: internal
    arguments: { type: object, properties: { amount: { type: number } }, required: [amount] }
rules:
  - { name: looks, tool: look, action: allow, rate_limit: 1 calls/minute }
  - { name: wires, tool: wire, action: review }
  - { name: never, tool: wire, when: arguments.amount > 100, action: deny, fallback: { value: { paid: 0 } } }
  - { name: evenings, tool: look, when: 'request.time.getHours("UTC") >= 20', action: deny }
`;
const AGENT = "defaults: { identity: { agent: { id: a } } }\n";

async function testing(cases: string) {
  const place = workplace();
  place.write("p.yaml", POLICY);
  place.write("p.test.yaml", `${AGENT}cases:\n${cases}`);
  return { ...place, ran: await place.json(["test", "p.test.yaml"]) };
}

describe("interlatch test", () => {
  it("ends with the counts, and exits 1 when a case fails", async () => {
    const { run, edit } = await project();
    const good = await run(["test"]);
    expect(good.stdout.trimEnd().split("\n").at(-1)).toBe("7 passed, 0 failed");
    expect(good.code).toBe(0);
    edit("policy.yaml", "arguments.amount <= 50", "arguments.amount <= 60");
    edit("policy.yaml", "arguments.amount > 50", "arguments.amount > 60");
    const bad = await run(["test"]);
    expect(bad.stdout.trimEnd().split("\n").at(-1)).toBe("6 passed, 1 failed");
    expect(bad.code).toBe(1);
  });

  it("shows of a failed case what was expected, what was decided, and by which line", async () => {
    const { run, edit } = await project();
    edit("policy.yaml", "arguments.amount > 50", "arguments.amount > 500");
    const { stdout } = await run(["test"]);
    expect(stdout).toMatch(
      /^failed refunds depend on the amount \/ large {2}policy\.test\.yaml:\d+\n/,
    );
    expect(stdout).toContain('  effect: expected "review", got "deny"\n');
    expect(stdout).toContain('  rule: expected "large_refunds", got null\n');
    expect(stdout).toContain("  decided: deny · no_match\n");
  });

  it("names the rules and tools that no test reached", async () => {
    const { ran, run } = await testing(
      "  - { name: a, call: { tool: look }, expect: { effect: allow } }\n",
    );
    expect(ran.document.runs[0].coverage).toEqual({
      rules: {
        total: 4,
        covered: 1,
        missing: ["wires (p.yaml:11)", "never (p.yaml:12)", "evenings (p.yaml:13)"],
      },
      tools: { total: 2, covered: 1, missing: ["wire (p.yaml:5)"] },
    });
    const { stdout } = await run(["test", "p.test.yaml"]);
    expect(stdout).toContain("tools  1 of 2 called in a test; not: wire (p.yaml:5)");
  });

  it("judges a review as the decision it is, and starts every case anew", async () => {
    // One call a minute: were the counter shared, the second would be denied.
    const { ran } = await testing(`
  - { name: first, call: { tool: look }, expect: { effect: allow, code: allowed } }
  - { name: second, call: { tool: look }, expect: { effect: allow } }
  - { name: asked, call: { tool: wire, arguments: { amount: 1 } }, expect: { effect: review, code: review_required } }
  - name: denied four times and never called repeated
    call: { tool: wire, arguments: { amount: 101 } }
    expect: { effect: deny, code: rule_denied }
    table: [{}, {}, {}, {}, {}]
`);
    expect(ran.document).toMatchObject({ passed: 8, failed: 0 });
  });

  it("compares fallbacks, and has none for a call that runs or is asked about", async () => {
    const call = "call: { tool: wire, arguments: { amount: 101 } }";
    const { ran } = await testing(`
  - { name: right, ${call}, expect: { effect: deny, fallback: { value: { paid: 0 } } } }
  - { name: other value, ${call}, expect: { effect: deny, fallback: { value: { paid: 1 } } } }
  - { name: a message, ${call}, expect: { effect: deny, fallback: { message: "no" } } }
  - { name: it runs, call: { tool: look }, expect: { effect: allow, fallback: { message: "no" } } }
`);
    const [first, ...others] = ran.document.runs[0].cases;
    expect(first.passed).toBe(true);
    expect(others.map(({ differences }: { differences: object }) => differences)).toEqual([
      [{ what: "fallback", expected: { value: { paid: 1 } }, got: { value: { paid: 0 } } }],
      [{ what: "fallback", expected: { message: "no" }, got: { value: { paid: 0 } } }],
      [{ what: "fallback", expected: { message: "no" }, got: "the tool's own result" }],
    ]);
    expect(ran.code).toBe(1);
  });

  it("has a clock of its own: the same answer at any time of day", async () => {
    const { run } = await testing(`
  - { name: day, call: { tool: look }, expect: { effect: allow } }
  - { name: evening, time: "2026-05-05T21:00:00Z", call: { tool: look }, expect: { effect: deny, rule: evenings } }
`);
    for (const hour of ["03", "22"]) {
      const now = (): number => Date.parse(`2026-05-05T${hour}:00:00Z`);
      expect((await run(["test", "p.test.yaml"], { now })).code).toBe(0);
    }
  });

  it("fails a case whose identity no guard takes, and goes on", async () => {
    const { ran } = await testing(`
  - { name: odd, identity: { agent: { id: a }, session: "" }, call: { tool: look }, expect: { effect: allow } }
  - { name: even, call: { tool: look }, expect: { effect: allow } }
`);
    expect(ran.document).toMatchObject({ passed: 1, failed: 1 });
    expect(ran.document.runs[0].cases[0].differences[0].what).toBe("identity");
  });

  it("finds the policy that the file names, that the config names, or that lies beside it", async () => {
    const { json, write } = await project();
    const one = (tool: string, effect: string): string =>
      `${AGENT}cases: [{ name: n, call: { tool: ${tool} }, expect: { effect: ${effect} } }]\n`;
    write("other/p.yaml", POLICY);
    write("other/p.test.yaml", one("look", "allow"));
    expect((await json(["test", "other/p.test.yaml"])).document).toMatchObject({ passed: 1 });
    write("third.test.yaml", `policy: other/p.yaml\n${one("look", "allow")}`);
    expect((await json(["test", "third.test.yaml"])).document).toMatchObject({ passed: 1 });
    write("fourth.test.yaml", one("look", "deny"));
    const { document } = await json(["test", "fourth.test.yaml"]);
    expect(document).toMatchObject({ passed: 1, runs: [{ policy: "shop" }] });
  });

  it("says what is wrong with a file of tests, and with a policy that does not build", async () => {
    const { run, write } = workplace();
    write("a.yaml", "interlatch: 1\nid: a\nrulez: []\n");
    write("a.test.yaml", "casez: []\n");
    const tests = await run(["test", "a.test.yaml"]);
    expect(tests.stderr).toContain("a.test.yaml cannot be read as tests:");
    expect(tests.stderr).toContain("`casez`");
    expect(tests.code).toBe(1);
    write("a.test.yaml", "cases: []\n");
    const policy = await run(["test", "a.test.yaml"]);
    expect(policy.stderr).toContain("The policy has errors, so nothing was tested:");
    expect(policy.code).toBe(1);
  });

  it("is not green where there is nothing to run", async () => {
    const { run, write } = workplace();
    write("interlatch.config.json", '{"policy":["p.yaml"]}');
    const { code, stderr } = await run(["test"]);
    expect(stderr).toContain("There are no tests to run");
    expect(code).toBe(2);
  });
});
