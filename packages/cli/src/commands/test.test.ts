import { describe, expect, it } from "vitest";
import { project, workplace } from "../../../../test/cli/command-line.ts";
import { verifies } from "../../../../test/verifies.ts";

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
    expect(ran.document.runs[0].coverage).toMatchObject({
      rules: {
        total: 4,
        covered: 1,
        missing: [
          { name: "wires", at: { file: "p.yaml", line: 11 } },
          { name: "never", at: { line: 12 } },
          { name: "evenings", at: { line: 13 } },
        ],
      },
      tools: { total: 2, covered: 1, missing: [{ name: "wire", at: { line: 5 } }] },
      percent: { rules: 25, conditions: 25, tools: 50 },
    });
    const { stdout } = await run(["test", "p.test.yaml"]);
    expect(stdout).toContain("  tools        50 %  1 of 2 called\n");
    expect(stdout).toContain("    p.yaml:5  tool wire: never called\n");
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

  it("says of an expected rule that there is none of that name, and which was probably meant", async () => {
    const { ran, run } = await testing(`
  - { name: near, time: "2026-05-05T21:00:00Z", call: { tool: look }, expect: { effect: deny, rule: evening } }
  - { name: far, time: "2026-05-05T21:00:00Z", call: { tool: look }, expect: { effect: deny, rules: [zzzzzzzz, evenings] } }
  - { name: other, call: { tool: look }, expect: { effect: allow, rule: evenings } }
`);
    const notes = ran.document.runs[0].cases.map(
      ({ differences }: { differences: readonly { note?: string }[] }) => differences[0]?.note,
    );
    expect(notes).toEqual([
      "no such rule; did you mean evenings?",
      "no such rule as zzzzzzzz",
      undefined,
    ]);
    const { stdout } = await run(["test", "p.test.yaml"]);
    expect(stdout).toContain(
      'rule: expected "evening", got "evenings"; no such rule; did you mean evenings?',
    );
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

  it("shows of a failed case each rule with its conditions and what they read", async () => {
    const { run } = await testing(`
  - name: odd
    call: { tool: wire, arguments: { amount: 101 } }
    expect: { effect: allow, rules: [wires], obligations: [], retry_after: 3 }
`);
    const { stdout } = await run(["test", "p.test.yaml"]);
    expect(stdout).toContain(
      [
        "failed odd  p.test.yaml:4",
        '  effect: expected "allow", got "deny"',
        '  rules: expected ["wires"], got ["never","wires"]',
        "  retry_after: expected 3, got null",
        '  call: wire {"amount":101} by {"id":"a"}',
        "  decided: deny · rule_denied · never · p.yaml:12",
        "    never  deny  matched  p.yaml:12  decides",
        "      true   arguments.amount > 100",
        "             arguments.amount is 101",
        "    wires  review  matched  p.yaml:11",
        "",
      ].join("\n"),
    );
  });

  it("compares obligations by what is written of them, in any order, and all of them", async () => {
    const expecting = (obligations: string): string =>
      `call: { tool: look }, expect: { effect: allow, obligations: ${obligations} }`;
    const { ran } = await testing(`
  - { name: by kind, ${expecting("[{ kind: rate_limit }]")} }
  - { name: whole, ${expecting("[{ kind: rate_limit, rule: looks, max: 1, windowMs: 60000, by: [agent], onExceed: deny }]")} }
  - { name: other number, ${expecting("[{ kind: rate_limit, max: 2 }]")} }
  - { name: none, ${expecting("[]")} }
  - { name: one too many, ${expecting("[{ kind: rate_limit }, { kind: rate_limit }]")} }
`);
    const failed = ran.document.runs[0].cases.filter((one: { passed: boolean }) => !one.passed);
    expect(failed.map(({ name }: { name: string }) => name)).toEqual([
      "other number",
      "none",
      "one too many",
    ]);
  });

  verifies(
    "cases.session",
    "plays earlier calls: they take from limits by the clock, are denied, answered, and counted",
    async () => {
      const twice = "call: { tool: wire, arguments: { amount: 101 } }";
      const { ran } = await testing(`
  - name: a look in the last minute uses the limit up
    time: "2026-05-05T12:00:00Z"
    session: [{ call: { tool: look }, at: -59s }]
    call: { tool: look }
    expect: { effect: deny, code: rate_limited, rule: looks, retry_after: 1 }
    table:
      - {}
      - { name: a minute ago is over, session: [{ call: { tool: look }, at: -60s }], expect: { effect: allow } }
      - { name: another agent, session: [{ call: { tool: look }, agent: { id: b } }], expect: { effect: allow } }
      - { name: a denied one takes nothing, session: [{ ${twice}, at: -1s }], expect: { effect: allow } }
      - name: twice is once denied
        session:
          - { call: { tool: look }, at: -90s, expect: { effect: allow, code: allowed } }
          - { call: { tool: look }, at: -20s, expect: { effect: allow } }
          - { call: { tool: look }, at: -10s, expect: { effect: deny, code: rate_limited } }
        expect: { effect: deny, retry_after: 40 }
  - name: denied three times before
    session: [{ ${twice}, times: 3 }]
    ${twice}
    expect: { effect: deny, code: repeated }
  - name: approved and rejected
    session:
      - { call: { tool: wire, arguments: { amount: 1 } }, expect: { effect: allow, code: approved } }
      - { call: { tool: wire, arguments: { amount: 1 } }, review: reject, expect: { effect: deny, code: approval_rejected } }
    call: { tool: wire, arguments: { amount: 1 } }
    expect: { effect: review }
`);
      expect(ran.document.runs[0].cases.filter((one: { passed: boolean }) => !one.passed)).toEqual(
        [],
      );
      expect(ran.document).toMatchObject({ passed: 7, failed: 0 });
    },
  );

  it("fails a case by an earlier call that did not come out as it says", async () => {
    const { ran } = await testing(`
  - name: c
    session: [{ call: { tool: look }, expect: { effect: deny, code: no_match } }]
    call: { tool: wire, arguments: { amount: 1 } }
    expect: { effect: review }
`);
    expect(ran.document.runs[0].cases[0].differences).toEqual([
      { what: "session[0].effect", expected: "deny", got: "allow" },
      { what: "session[0].code", expected: "no_match", got: "allowed" },
    ]);
  });

  verifies(
    "cases.coverage",
    "counts a condition as covered where a decision saw it true and saw it false",
    async () => {
      const place = workplace();
      place.write(
        "p.yaml",
        `interlatch: 1
id: p
tools: { t: { operation: read } }
rules:
  - { name: r, tool: t, action: allow, when: "arguments.a == 1 && (arguments.b == 2 || arguments.c == 3)" }
  - { name: s, tool: t, action: deny, when: "arguments.list.exists(x, x > 5 && x < 9)" }
`,
      );
      const cover = async (...all: readonly string[]): Promise<readonly string[]> => {
        const cases = all.map(
          (args, index) =>
            `  - { name: n${index}, call: { tool: t, arguments: ${args} }, expect: { effect: deny } }`,
        );
        place.write("p.test.yaml", `${AGENT}cases:\n${cases.join("\n")}\n`);
        const { document } = await place.json(["test", "p.test.yaml"]);
        const { conditions, errors } = document.runs[0].coverage;
        expect(conditions.total).toBe(12);
        return [
          ...conditions.missing.map(
            ({ condition, never }: { condition: string; never: boolean }) =>
              `${condition} never ${never}`,
          ),
          ...errors.map(({ condition }: { condition: string }) => `${condition} error`),
        ];
      };
      // What `&&` passes over was not seen, whatever it would have been.
      expect(await cover("{ a: 0, b: 2, c: 3, list: [] }")).toEqual([
        "arguments.a == 1 never true",
        "arguments.b == 2 never true",
        "arguments.b == 2 never false",
        "arguments.c == 3 never true",
        "arguments.c == 3 never false",
        "arguments.list.exists(x, x > 5 && x < 9) never true",
        "x > 5 never true",
        "x > 5 never false",
        "x < 9 never true",
        "x < 9 never false",
      ]);
      const rest = ["{ a: 1, b: 2, list: [1, 7] }", "{ a: 1, b: 0, c: 3, list: [9] }"];
      expect(await cover("{ a: 0, list: [] }", ...rest)).toEqual(["arguments.c == 3 never false"]);
      expect(await cover("{ a: 0, list: [] }", ...rest, "{ a: 1, b: 0, c: 0 }")).toEqual([
        "arguments.list.exists(x, x > 5 && x < 9) error",
      ]);
    },
  );

  it("fails beneath --min-coverage, for each kind by itself", async () => {
    const { run, json } = await testing(`
  - { name: a, call: { tool: look }, expect: { effect: allow } }
  - { name: b, call: { tool: wire, arguments: { amount: 1 } }, expect: { effect: review } }
`);
    const argv = ["test", "p.test.yaml", "--min-coverage"];
    expect((await run([...argv, "50"])).code).toBe(0);
    const { code, stderr } = await run([...argv, "51"]);
    expect(stderr).toBe(
      "error p: the tests reach 50 % of the rules, and --min-coverage asks for 51 %.\n" +
        "error p: the tests reach 50 % of the conditions, and --min-coverage asks for 51 %.\n",
    );
    expect(code).toBe(1);
    expect((await json([...argv, "100"])).document.shortfalls).toHaveLength(2);
    for (const wrong of ["-1", "101", "half", "9.5"]) {
      expect((await run(["test", "p.test.yaml", `--min-coverage=${wrong}`])).code).toBe(2);
    }
  });

  it("plays with --filter the cases whose name holds the text, and speaks of no coverage", async () => {
    const { run, json } = await project();
    const { document } = await json(["test", "--filter", "REFUNDS depend"]);
    expect(document).toMatchObject({ passed: 3, failed: 0, runs: [{ coverage: null }] });
    const none = await run(["test", "--filter", "nothing of the kind"]);
    expect(none.stderr).toContain('There is no case whose name holds "nothing of the kind".');
    expect(none.code).toBe(2);
    expect((await run(["test", "--filter", "x", "--min-coverage", "1"])).code).toBe(2);
  });

  it("writes JUnit XML that reads back as what was tested, whatever is in the names", async () => {
    const { run, read } = await testing(`
  - { name: "a < b & \\"c\\" \\u0007 ]]> \\n é", call: { tool: look }, expect: { effect: deny } }
  - { name: fine, call: { tool: look }, expect: { effect: allow } }
`);
    const { code } = await run(["test", "p.test.yaml", "--junit", "out.xml"]);
    expect(code).toBe(1);
    const xml = read("out.xml").replaceAll(/time="[\d.]+"/g, 'time="0"');
    expect(xml).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="interlatch" tests="2" failures="1" time="0">',
        '  <testsuite name="p" tests="2" failures="1" time="0">',
        '    <testcase name="a &lt; b &amp; &quot;c&quot; \\u{7} ]]&gt; &#10; é" classname="p" file="p.test.yaml" line="4" time="0">',
        '      <failure message="effect: expected &quot;deny&quot;, got &quot;allow&quot;" type="effect">p.test.yaml:4',
        "effect: expected &quot;deny&quot;, got &quot;allow&quot;",
        "decided: allow · allowed · looks · p.yaml:10</failure>",
        "    </testcase>",
        '    <testcase name="fine" classname="p" file="p.test.yaml" line="5" time="0"/>',
        "  </testsuite>",
        "</testsuites>",
        "",
      ].join("\n"),
    );
  });

  it("plays a thousand cases in less than five seconds", async () => {
    const cases = Array.from(
      { length: 1_000 },
      (_, index) =>
        `  - { name: n${index}, session: [{ call: { tool: look }, at: -61s }], call: { tool: wire, arguments: { amount: ${index} } }, expect: { effect: ${index > 100 ? "deny" : "review"} } }`,
    );
    const began = performance.now();
    const { ran } = await testing(`${cases.join("\n")}\n`);
    expect(ran.document).toMatchObject({ passed: 1_000, failed: 0 });
    expect(performance.now() - began).toBeLessThan(5_000);
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
