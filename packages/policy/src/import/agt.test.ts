import { fakeClock, testGuard, type TestGuard } from "@interlatch/core/testing";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { compilePolicy } from "../compile.ts";
import { importAgt } from "./agt.ts";
import type { ImportOptions, ImportResult } from "./import-result.ts";

type Imported = Extract<ImportResult, { ok: true }>;

async function imported(text: string, options: Partial<ImportOptions> = {}): Promise<Imported> {
  const made = await importAgt({ path: "agt.yaml", text }, { id: "desk", ...options });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  return made;
}

async function guardOf({ text }: Imported): Promise<TestGuard> {
  const made = await compilePolicy({ files: [{ path: "p.yaml", text }] }, { strict: true });
  if (!made.ok) throw new Error("the import does not build");
  return testGuard(made.policy, { time: fakeClock() });
}

type Asked = readonly [
  tool: string,
  args?: object,
  context?: Record<string, string | number | boolean>,
];

function asked(guard: TestGuard, [tool, args = {}, context = {}]: Asked): string {
  const ticket = guard.ticket({ context });
  return guard.decide({ ticket, id: "c", tool, arguments: args }).effect;
}

const TIERS = `
version: "1.0"
name: three tiers
rules:
  - name: allow search
    condition: { field: tool_name, operator: eq, value: search }
    action: allow
    priority: 80
    message: Searching is safe
  - name: no databases
    condition: { field: tool_name, operator: in, value: [drop_db, wipe_db] }
    action: block
    priority: 100
    message: "Never: databases stay"
  - name: large transfers
    condition: { field: args.amount, operator: gt, value: 1000 }
    action: deny
  - name: odd files
    condition: { field: arguments.path, operator: matches, value: "^/etc/" }
    action: deny
  - name: counted
    condition: { field: tool_name, operator: ne, value: "" }
    action: audit
defaults: { action: allow }
`;

describe("an AGT file with structured conditions", () => {
  verifies("import.agt", "becomes a policy that stops what the file stops", async () => {
    const made = await imported(TIERS, { tools: ["transfer", "read"] });
    const guard = await guardOf(made);
    const table: readonly (readonly [Asked, string])[] = [
      [["search", { amount: 1, path: "/tmp" }], "allow"],
      [["drop_db", { amount: 1, path: "/tmp" }], "deny"],
      [["transfer", { amount: 1000, path: "/tmp" }], "allow"],
      [["transfer", { amount: 1001, path: "/tmp" }], "deny"],
      [["transfer", { amount: "1001", path: "/tmp" }], "deny"],
      [["read", { amount: 1, path: "/etc/passwd" }], "deny"],
      // AGT takes what is missing for no match; here nobody can say, so it is closed.
      [["read", { path: "/tmp" }], "deny"],
      [["not_known", { amount: 1, path: "/tmp" }], "deny"],
    ];
    for (const [call, effect] of table)
      expect(asked(guard, call), JSON.stringify(call)).toBe(effect);
    expect(made.notes.map(({ at, instead }) => `${at} ${instead}`)).toEqual([
      "agt.yaml:5 deny",
      "agt.yaml:21 left_out",
    ]);
  });

  it("lets a person decide where a rule that stops calls cannot be said", async () => {
    const text = (by: string): string => `
rules:
  - { name: pii, condition: { field: output, operator: matches, value: "\\\\d{9}" }, action: deny }
  - { name: ahead, condition: { field: args.path, operator: matches, value: "(?=x)" }, action: deny }
  - { name: reads, condition: { field: tool_name, operator: eq, value: read }, action: allow }
  - { name: never, condition: { field: tool_name, operator: eq, value: wipe }, action: deny }
defaults: { action: ${by} }
`;
    for (const [by, others] of [
      ["allow", "review"],
      ["deny", "deny"],
    ] as const) {
      const made = await imported(text(by), { tools: ["other"] });
      const guard = await guardOf(made);
      expect(asked(guard, ["read"]), by).toBe("review");
      expect(asked(guard, ["wipe"]), by).toBe("deny");
      expect(asked(guard, ["other"]), by).toBe(others);
      expect(made.notes.filter(({ instead }) => instead === "review")).toHaveLength(2);
      expect(made.text).toContain("so a person decides.");
    }
  });

  it("leaves an allow out whose condition cannot be said, or may be narrower than it says", async () => {
    const made = await imported(`
rules:
  - { name: a, condition: { field: message, operator: contains, value: ok }, action: allow }
  - { name: b, condition: { field: tool_name, operator: eq, value: t }, action: allow, time_window: night }
  - { name: c, condition: { field: args.x, operator: glob, value: "*" }, action: allow }
`);
    expect(asked(await guardOf(made), ["t", { x: "1" }])).toBe("deny");
    expect(made.notes.map(({ instead }) => instead)).toEqual(["left_out", "left_out", "left_out"]);
  });

  it("shares the calls of a session out among the rules that allow", async () => {
    const made = await imported(`
rules:
  - { name: a, condition: { field: tool_name, operator: eq, value: a }, action: allow }
  - { name: b, condition: { field: tool_name, operator: eq, value: b }, action: allow }
defaults: { action: deny, max_tool_calls: 5 }
`);
    const guard = await guardOf(made);
    const ticket = guard.ticket();
    const ran: string[] = [];
    for (let id = 0; id < 12; id += 1) {
      const tool = id % 2 === 0 ? "a" : "b";
      void guard.run({ ticket, id: String(id), tool, arguments: {} }, () => ran.push(tool));
    }
    expect(ran.length).toBeLessThanOrEqual(5);
    expect(ran).toEqual(["a", "b", "a", "b"]);
  });
});

describe("an AGT file with expressions", () => {
  const rich = (condition: string, action: string, more = ""): string => `
apiVersion: governance.toolkit/v1
name: rich
default_action: ${action === "allow" ? "deny" : "allow"}
${more}
rules:
  - name: r
    condition: ${JSON.stringify(condition)}
    ruleAction: ${action}
`;

  it.each<readonly [string, readonly (readonly [Asked, string])[]]>([
    [
      "tool_name == 't'",
      [
        [["t"], "deny"],
        [["u"], "allow"],
      ],
    ],
    [
      "tool_name in ['t', 'v'] and args.n >= 5",
      [
        [["t", { n: 5 }], "deny"],
        [["t", { n: 4 }], "allow"],
        [["u", { n: 9 }], "allow"],
      ],
    ],
    [
      "env == 'prod' or env == 'stage'",
      [
        [["t", {}, { env: "prod" }], "deny"],
        [["t", {}, { env: "dev" }], "allow"],
        [["t"], "deny"],
      ],
    ],
    [
      "env not in ['dev']",
      [
        [["t", {}, { env: "prod" }], "deny"],
        [["t", {}, { env: "dev" }], "allow"],
      ],
    ],
    [
      "level in ['1', '2']",
      [
        [["t", {}, { level: 1 }], "deny"],
        [["t", {}, { level: "2" }], "deny"],
        [["t", {}, { level: 3 }], "allow"],
      ],
    ],
    [
      "args.n == 5",
      [
        [["t", { n: 5 }], "deny"],
        [["t", { n: "5" }], "deny"],
        [["t", { n: 6 }], "allow"],
      ],
    ],
    [
      "flag",
      [
        [["t", {}, { flag: true }], "deny"],
        [["t", {}, { flag: false }], "allow"],
        [["t", {}, { flag: "yes" }], "deny"],
      ],
    ],
    [
      "name == 'a or b'",
      [
        [["t", {}, { name: "a or b" }], "deny"],
        [["t", {}, { name: "a" }], "allow"],
      ],
    ],
  ])("%s stops what it stops there", async (condition, table) => {
    const guard = await guardOf(await imported(rich(condition, "deny"), { tools: ["t", "u"] }));
    for (const [call, effect] of table)
      expect(asked(guard, call), JSON.stringify(call)).toBe(effect);
  });

  it("never takes a number for a text where it allows", async () => {
    const guard = await guardOf(await imported(rich("args.n != 5", "allow"), { tools: ["t"] }));
    expect(asked(guard, ["t", { n: 6 }])).toBe("allow");
    expect(asked(guard, ["t", { n: 5 }])).toBe("deny");
    expect(asked(guard, ["t", { n: "5" }])).toBe("deny");
  });

  it.each([
    "(tool_name == 't')",
    "not flag",
    "args.n === 5",
    "args.n > -1",
    "a-b == 'x'",
    "x == 'y",
    "",
  ])("says that AGT never fires %j, and lets a person decide", async (condition) => {
    const made = await imported(rich(condition === "" ? " " : condition, "deny"), { tools: ["t"] });
    expect(asked(await guardOf(made), ["t", { n: 1 }])).toBe("review");
    expect(made.notes).toHaveLength(1);
  });

  it("asks for what AGT asks or only warns about", async () => {
    for (const action of ["require_approval", "warn", "log"]) {
      const guard = await guardOf(await imported(rich("tool_name == 't'", action)));
      expect(asked(guard, ["t"]), action).toBe("review");
    }
  });

  it("keeps a limit only where one agent has it alone", async () => {
    const limited = (who: string): string =>
      `${rich("tool_name == 't'", "allow", who)}    limit: 2/hour\n`;
    const one = await guardOf(await imported(limited("agent: did:mesh:1")));
    const ticket = one.ticket({ agent: { id: "did:mesh:1" } });
    const codes = ["1", "2", "3"].map((id) => {
      void one.run({ ticket, id, tool: "t", arguments: {} }, () => undefined);
      return one.decisions.at(-1)?.decision.code;
    });
    expect(codes).toEqual(["allowed", "allowed", "rate_limited"]);
    expect(asked(one, ["t"])).toBe("deny");
    const any = await imported(limited("agents: ['*']"));
    expect(asked(await guardOf(any), ["t"])).toBe("review");
    expect(any.notes[0]?.message).toContain("counted over all agents");
  });
});

describe("an AGT file with flat rules", () => {
  it("is read by its effects and its patterns of actions", async () => {
    const made = await imported(
      `
rules:
  - { action: data.read, effect: allow }
  - { action: "data.*", effect: deny }
  - { action: web.search, effect: allow, conditions: { env: dev } }
  - { action: "*", effect: review }
`,
      { tools: ["data.write", "database", "mail"] },
    );
    const guard = await guardOf(made);
    expect(asked(guard, ["data.write"])).toBe("deny");
    expect(asked(guard, ["database"])).toBe("review");
    expect(asked(guard, ["mail"])).toBe("review");
    // The first match allows it there; here a deny always wins.
    expect(asked(guard, ["data.read"])).toBe("deny");
    expect(asked(guard, ["web.search", {}, { env: "dev" }])).toBe("review");
  });
});

describe("a hostile AGT file", () => {
  it("makes no rule, key or condition of its texts", async () => {
    const evil = 'x"\n  - name: evil\n    tools: [t]\n    action: allow';
    const text = JSON.stringify({
      name: evil,
      rules: [
        {
          name: evil,
          message: evil,
          condition: { field: "args.x == 1 || true", operator: "eq", value: evil },
          action: "allow",
        },
        {
          name: evil,
          condition: { field: "tool_name", operator: "eq", value: evil },
          action: "allow",
        },
        {
          name: "c",
          condition: { field: "tool_name", operator: "eq", value: "t" },
          action: "allow",
          extends: "other",
        },
      ],
      defaults: { action: "deny" },
    });
    const made = await imported(text, { tools: ["t"] });
    const guard = await guardOf(made);
    expect(asked(guard, ["t", { x: 1 }])).toBe("deny");
    // The field is a strange name, and what it is compared with is a text.
    expect(asked(guard, ["t", { "x == 1 || true": evil }])).toBe("allow");
    expect(
      guard.decide({ ticket: guard.ticket(), id: "c", tool: "t", arguments: {} }).rules,
    ).toEqual([expect.objectContaining({ name: "x_-_name:_evil_tools:_t_action:_allow" })]);
  });

  it.each([
    ["agent_control_specification_version: 0.4.0\nrules: []\n", "wrong_shape"],
    ["name: x\n", "missing_key"],
    ["rules: [allow]\n", "wrong_shape"],
    ["rules: &a [*a]\n", "yaml_feature"],
    ["rules: []\nrules: []\n", "duplicate_key"],
  ])("%j is refused", async (text, code) => {
    const made = await importAgt({ path: "agt.yaml", text }, { id: "x" });
    expect(made.ok ? [] : made.errors.map((error) => error.code)).toContain(code);
  });

  it("with hundreds of rules that do not build ends", async () => {
    const rules = Array.from(
      { length: 300 },
      (_, index) =>
        `  - { name: r${index}, condition: { field: args.x, operator: matches, value: "(" }, action: deny }`,
    );
    const made = await imported(`rules:\n${rules.join("\n")}\ndefaults: { action: allow }\n`, {
      tools: ["t"],
    });
    expect(made.notes).toHaveLength(300);
    expect(asked(await guardOf(made), ["t", { x: "1" }])).toBe("review");
  });
});
