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

/** Arguments that show one amount first and another one afterwards, or one here and another there. */
function twoFaced(first: number, then: number): readonly object[] {
  let [gets, reads] = [0, 0];
  const flips = { get: (): number => (reads++ === 0 ? first : then) };
  const describes = {
    getOwnPropertyDescriptor: () => ({
      value: then,
      enumerable: true,
      configurable: true,
      writable: true,
    }),
    get: (): number => first,
  };
  return [
    {
      get amount() {
        return gets++ === 0 ? first : then;
      },
    },
    new Proxy({ amount: then }, flips),
    new Proxy({ amount: then }, describes),
    { amount: first, toJSON: () => ({ amount: then }) },
    { amount: { valueOf: () => first } },
    Object.create({ amount: first }) as object,
    Object.defineProperty({}, "amount", { value: first, enumerable: false }),
    { [Symbol("amount")]: first },
    Object.assign(new Map([["amount", then]]), { amount: first }),
    Object.assign([then], { amount: first }),
    Object.assign(() => then, { amount: first }),
  ];
}

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
    id: "evasion.T26",
    title: "what a value shows to the rules is what the tool gets, once and for all",
    run: async () => {
      const { guard } = await guardOf(PAY);
      for (const args of twoFaced(5, 5000)) {
        const { code, got } = await attempt(guard, "pay", args);
        if (code === "ran") assert.deepEqual(got, [{ amount: 5 }]);
        else assert.deepEqual(got, []);
      }
      // A getter and a proxy are read once, so what they show first is what runs.
      for (const args of twoFaced(5, 5000).slice(0, 3))
        assert.equal((await attempt(guard, "pay", args)).code, "ran");
      for (const args of twoFaced(5000, 5)) {
        const { code, got } = await attempt(guard, "pay", args);
        assert.notEqual(code, "ran");
        assert.deepEqual(got, []);
      }
    },
  },
  {
    id: "evasion.T27",
    title:
      "keys of prototypes inside arguments are keys, for rules and for tools, and set no prototype",
    run: async () => {
      const { guard } = await guardOf(`
tools: { t: { operation: write, resources: none, default: allow } }
rules:
  - { name: no_admin, tool: t, when: 'has(arguments.who.admin) || "admin" in arguments.who', action: deny }
  - { name: no_proto, tool: t, when: 'arguments.who.exists(key, key == "prototype")', action: deny }
`);
      const texts = [
        '{"who":{"__proto__":{"admin":true}}}',
        '{"who":{"constructor":{"prototype":{"admin":true}}}}',
        '{"who":{"toString":1,"valueOf":2,"hasOwnProperty":3}}',
        '{"who":{},"__proto__":{"admin":true},"list":[{"__proto__":{"admin":true}}]}',
      ];
      for (const text of texts) {
        const { code, got } = await attempt(guard, "t", JSON.parse(text));
        assert.equal(code, "ran", text);
        // The same text: own keys all of them, and none more.
        assert.equal(JSON.stringify(got[0]), text);
        const { who } = got[0] as { readonly who: { readonly admin?: unknown } };
        assert.equal(who.admin, undefined, text);
        assert.equal(Reflect.get(Object.prototype, "admin"), undefined);
      }
      const denied = [
        '{"who":{"admin":null}}',
        '{"who":{"prototype":1}}',
        '{"who":{"__proto__":1,"admin":0}}',
      ];
      await mustDeny(
        guard,
        "t",
        denied.map((text): unknown => JSON.parse(text)),
        "rule_denied",
      );
      await mustDeny(guard, "t", [{}, { who: "admin" }, { who: null }], "condition_error");
    },
  },
  {
    id: "evasion.T27",
    title: "arithmetic at the edges is an error and no small number",
    run: async () => {
      const { guard } = await guardOf(`
tools: { sum: { operation: spend, resources: none }, share: { operation: spend, resources: none }, rest: { operation: spend, resources: none, default: allow } }
rules:
  - { name: sum, tool: sum, when: arguments.a + arguments.b <= 100, action: allow }
  - { name: share, tool: share, when: 100 / arguments.n >= 1, action: allow }
  - { name: rest, tool: rest, when: arguments.n % 2 == 1, action: deny }
`);
      await mustRun(guard, "sum", { a: 1, b: 2 });
      const sums = [
        { a: 1e308, b: 1e308 },
        { a: "1", b: "2" },
        { a: [1], b: [2] },
        { a: 1, b: "" },
        { a: 1, b: null },
        { a: 1 },
        { a: 1n, b: 2 },
        { a: 99, b: 1.000_000_1 },
      ];
      await mustDeny(guard, "sum", sums, "no_match");
      await mustRun(guard, "share", { n: 50 });
      const shares = [0, -0, 1e-320, "50", [50], true, null].map((n) => ({ n }));
      await mustDeny(guard, "share", [...shares, {}], "no_match");
      await mustRun(guard, "rest", { n: 4 });
      await mustDeny(guard, "rest", [{ n: 5 }], "rule_denied");
      const rests = [1e300, 2 ** 53, 0.5, "5", null, [5]].map((n) => ({ n }));
      await mustDeny(guard, "rest", [...rests, {}], "condition_error");
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
];
