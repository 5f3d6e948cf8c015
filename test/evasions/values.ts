import { attempt, guardOf, mustDeny, mustRun, type Evasion } from "./evasion.ts";
import assert from "node:assert/strict";

const PAY = `
tools: { pay: { operation: spend, resources: none } }
rules:
  - { name: small, tool: pay, when: arguments.amount <= 100, action: allow }
`;
const PAY_DENY = `
tools: { pay: { operation: spend, resources: none, default: allow } }
rules:
  - { name: large, tool: pay, when: arguments.amount > 100, action: deny }
`;
const PAY_CLOSED = `
tools:
  pay:
    operation: spend
    resources: none
    default: allow
    arguments:
      type: object
      properties: { amount: { type: number, minimum: 0, maximum: 100 }, to: { type: string } }
      required: [amount, to]
`;

/** Attacks by values: types, encodings, missing and renamed arguments. */
export const valueEvasions: readonly Evasion[] = [
  {
    id: "evasion.T04",
    title: "arguments that could not be parsed are denied and not read as an empty object",
    run: async () => {
      const { guard } = await guardOf(
        "tools: { t: { operation: read, resources: none, default: allow } }\nrules: []\n",
      );
      await mustRun(guard, "t", {});
      const unparsed = ['{"a":', "{}", "", '{"a":1}', "null", undefined, null, [], 0, false];
      await mustDeny(guard, "t", unparsed, "arguments_not_json");
    },
  },
  {
    id: "evasion.T25",
    title: "an argument under another name, or left out, does not pass a rule about it",
    run: async () => {
      const renamed = [
        {},
        { Amount: 5000 },
        { amt: 5000 },
        { "amount ": 5000 },
        { amоunt: 5000 },
        { value: { amount: 1 } },
      ];
      for (const text of [PAY, PAY_DENY]) {
        const { guard } = await guardOf(text);
        await mustRun(guard, "pay", { amount: 5 });
        await mustDeny(guard, "pay", renamed, "no_match", "condition_error");
      }
      const closed = (await guardOf(PAY_CLOSED)).guard;
      await mustRun(closed, "pay", { amount: 5, to: "a" });
      await mustDeny(
        closed,
        "pay",
        [...renamed, { amount: 5, to: "a", cc: "eve" }],
        "invalid_arguments",
      );
    },
  },
  {
    id: "evasion.T26",
    title: "an argument of another type does not pass a rule about it",
    run: async () => {
      const others: readonly unknown[] = [
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        "5",
        "5000",
        "",
        null,
        true,
        [5],
        [],
        { value: 5 },
        { valueOf: 5 },
        5n,
        new Date(5),
        { toString: () => "5" },
        new Number(5),
        new String("5"),
        Symbol("5"),
      ];
      const calls = others.map((amount) => ({ amount }));
      for (const text of [PAY, PAY_DENY]) {
        const { guard } = await guardOf(text);
        await mustDeny(guard, "pay", calls, "no_match", "condition_error", "arguments_not_json");
      }
      const { guard } = await guardOf(PAY_CLOSED);
      const negative = { amount: -1, to: "a" };
      await mustDeny(
        guard,
        "pay",
        [...calls.map((call) => ({ ...call, to: "a" })), negative],
        "invalid_arguments",
        "arguments_not_json",
      );
    },
  },
  {
    id: "evasion.T27",
    title:
      "numbers at the edges, lone surrogates and keys of prototypes are judged as what they are",
    run: async () => {
      const { guard } = await guardOf(`
tools:
  take: { operation: write, resources: none, arguments: { type: object, properties: { n: { type: integer, maximum: 9007199254740991 } }, required: [n] }, default: allow }
  any: { operation: write, resources: none, default: allow }
rules:
  - { name: no_admin, tool: any, when: has(arguments.admin), action: deny }
`);
      await mustRun(guard, "take", { n: 9_007_199_254_740_991 });
      await mustRun(guard, "take", { n: -0 });
      await mustDeny(
        guard,
        "take",
        [JSON.parse('{"n":9007199254740993}'), { n: 1e308 }, { n: 0.1 }, { n: 2 ** 53 }],
        "invalid_arguments",
      );
      await mustDeny(
        guard,
        "take",
        [JSON.parse('{"n":1,"__proto__":{"n":2}}'), { n: 1, constructor: 1 }],
        "invalid_arguments",
      );
      await mustDeny(
        guard,
        "any",
        [{ text: "\ud800" }, { text: "a\udfff" }, { "\udfff": 1 }],
        "arguments_not_json",
      );
      await mustDeny(guard, "any", [{ admin: 1 }], "rule_denied");
      // A prototype that says admin says nothing: the call has no such argument, and neither gets the tool one.
      const hidden = await attempt(guard, "any", JSON.parse('{"__proto__":{"admin":1}}'));
      assert.equal(hidden.code, "ran");
      assert.equal((hidden.got[0] as { admin?: unknown }).admin, undefined);
    },
  },
  {
    id: "evasion.T28",
    title: "spaces and invisible signs inside a text do not make a rule that allows match",
    run: async () => {
      const { guard } = await guardOf(`
tools: { shell: { operation: execute, resources: none } }
rules:
  - { name: status, tool: shell, when: 'arguments.command in ["git status", "ls"]', action: allow }
  - { name: logs, tool: shell, when: 'arguments.command.matches("^tail -n [0-9]{1,4} /var/log/app\\\\.log$")', action: allow }
`);
      await mustRun(guard, "shell", { command: "git status" });
      await mustRun(guard, "shell", { command: "tail -n 20 /var/log/app.log" });
      const commands = [
        "git  status",
        "git status ",
        "git\u00a0status",
        "git\u200bstatus",
        "git status\n rm -rf /",
        "git status; rm -rf /",
        "/usr/bin/git status",
        "LS",
        "l\u200bs",
        "tail -n 20 /var/log/app.log\n",
        "tail -n 20 /var/log/app.log; id",
        "tail -n \u0662\u0660 /var/log/app.log",
        "x\ntail -n 20 /var/log/app.log",
      ];
      await mustDeny(
        guard,
        "shell",
        commands.map((command) => ({ command })),
        "no_match",
      );
    },
  },
  {
    id: "evasion.T29",
    title: "a path cannot leave its folder by dots, encodings, or a longer name",
    run: async () => {
      const { guard } = await guardOf(`
tools: { read_file: { operation: read, resources: none } }
rules: [{ name: data, tool: read_file, when: 'under(arguments.path, "/data")', action: allow }]
`);
      for (const path of ["/data", "/data/a.txt", "/data/./a//b", "/data/x/../y"]) {
        await mustRun(guard, "read_file", { path });
      }
      const outside = [
        "/database/a",
        "/data.txt",
        "/data/../etc/passwd",
        "/data/x/../../etc/passwd",
        "/data/%2e%2e/etc/passwd",
        "/data/..%2fetc/passwd",
        "/%64ata/../etc/passwd",
        "/data\\..\\..\\etc",
        "/data/\0/../etc",
        "/data/a\0.txt",
        "/data/%00",
        "/data/~root/x",
        "data/a",
        "./data/a",
        "~/data/a",
        "//etc/passwd",
        "/DATA/a",
        "file:///data/a",
        "/data/%zz",
        "",
        ["/data"],
      ];
      await mustDeny(
        guard,
        "read_file",
        outside.map((path) => ({ path })),
        "no_match",
      );
    },
  },
  {
    id: "evasion.T30",
    title: "an address cannot pass for another by its notation, a trailing dot or a user part",
    run: async () => {
      const { guard } = await guardOf(`
tools: { get: { operation: egress, resources: none }, mail: { operation: egress, resources: none } }
rules:
  - { name: open, tool: get, action: allow }
  - { name: inside, tool: get, when: isPrivateHost(host(arguments.url)), action: deny }
  - { name: ours, tool: mail, when: 'inDomain(host(arguments.to), "acme.test")', action: allow }
`);
      await mustRun(guard, "get", { url: "https://example.com/" });
      const inside = [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fc00::1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://169.254.169.254./",
        "http://example.com@127.0.0.1/",
        "http://10.0.0.1:80/",
        "http://metadata.google.internal/",
        "http://\uff11\uff12\uff17.0.0.1/",
        "http://127\u30020\u30020\u30021/",
        " http://127.0.0.1/",
        "http://127.0.0.1\\@example.com/",
        "ht\ntp://127.0.0.1/",
        "//127.0.0.1/",
        "127.0.0.1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "",
        ["http://127.0.0.1/"],
      ];
      await mustDeny(
        guard,
        "get",
        inside.map((url) => ({ url })),
        "rule_denied",
        "condition_error",
      );
      await mustRun(guard, "mail", { to: "ann@acme.test" });
      const strangers = [
        "ann@acme.test.evil.test",
        "ann@evilacme.test",
        "ann@acme.test@evil.test",
        "https://acme.test@evil.test/",
        "https://evil.test/acme.test",
        "https://evil.test#@acme.test",
        "ann@acm\u0435.test",
        "ann@acme.test, eve@evil.test",
        "ann@acme.test\neve@evil.test",
        "acme",
      ];
      await mustDeny(
        guard,
        "mail",
        strangers.map((to) => ({ to })),
        "no_match",
      );
    },
  },
];
