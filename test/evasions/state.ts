import assert from "node:assert/strict";
import { isDenial, memoryLimits, verifyAudit, type LimitStore } from "@interlatch/core";
import {
  attempt,
  built,
  guardOf,
  mustDeny,
  mustRun,
  refused,
  signing,
  type Evasion,
} from "./evasion.ts";
import { guardOver } from "../signed.ts";

const LIMITED = `
tools: { t: { operation: write, resources: none } }
rules: [{ name: ok, tool: t, action: allow, rate_limit: 10 calls/minute }]
`;

/** Patterns that take other engines minutes, and one that needs much memory to be determinised. */
const SLOW_PATTERNS = [
  "^(a+)+$",
  "^(a|aa)+$",
  "^(a|a?)+$",
  "^(.*a){12}$",
  "(a|b)*a(a|b){14}$",
  "^([a-z]+)*@",
  "(x+x+)+y",
];

/** Attacks by amount: patterns, counters, sessions, sizes, and on the log. */
export const stateEvasions: readonly Evasion[] = [
  {
    id: "evasion.T32",
    title: "no pattern that loads blocks the process, however it is fed",
    run: async () => {
      const subjects = [
        `${"a".repeat(30)}!`,
        "a".repeat(8_192),
        `${"a".repeat(8_191)}!`,
        "ab".repeat(4_096),
        `${"x".repeat(8_191)}`,
        "a".repeat(1_000_000),
      ];
      for (const pattern of SLOW_PATTERNS) {
        const { guard } = await guardOf(`
tools:
  t: { operation: write, resources: none }
  d: { operation: write, resources: none, default: allow }
  s: { operation: write, resources: none, default: allow, arguments: { type: object, properties: { text: { type: string, pattern: '${pattern}' } }, patternProperties: { '${pattern}': false } } }
rules:
  - { name: ok, tool: t, when: 'arguments.text.matches("${pattern}")', action: allow }
  - { name: no, tool: d, when: 'arguments.text.matches("${pattern}")', action: deny }
`);
        for (const text of subjects) {
          // Whether it matches is the pattern's business; it must end, and too long a text is an error, so closed.
          const codes = [
            await attempt(guard, "t", { text }),
            await attempt(guard, "d", { text }),
            await attempt(guard, "s", { text }),
            await attempt(guard, "s", { text: "a", [text]: 1 }),
          ].map(({ code }) => code);
          const known = [
            "ran",
            "no_match",
            "rule_denied",
            "condition_error",
            "budget_exhausted",
            "invalid_arguments",
          ];
          for (const code of codes) assert.ok(known.includes(code), `${pattern}: ${code}`);
          if (text.length > 8_192)
            assert.ok(
              codes.every((code) => code !== "ran"),
              `${pattern} on ${text.length}`,
            );
        }
      }
      for (const pattern of ["(a{1000}){1000}", "a".repeat(600), "(?<=a)b", "(a)\\\\1"]) {
        const rule = `tools: { t: { operation: write, resources: none } }
rules: [{ name: r, tool: t, when: 'arguments.text.matches("${pattern}")', action: deny }]
`;
        await refused(rule, ["pattern_refused"]);
      }
    },
  },
  {
    id: "evasion.T33",
    title: "one agent cannot use up the limit of another, one tenant not that of another",
    run: async () => {
      const { guard } = await guardOf(LIMITED);
      const loud = { agent: { id: "loud" } };
      for (let n = 0; n < 100; n++) await attempt(guard, "t", { n }, loud);
      assert.equal((await attempt(guard, "t", {}, loud)).code, "rate_limited");
      await mustRun(guard, "t", {});
      assert.equal((await attempt(guard, "t", {}, { ...loud, tenant: "other" })).code, "ran");
    },
  },
  {
    id: "evasion.T34",
    title: "a hundred calls at once pass a limit of ten exactly ten times",
    run: async () => {
      const memory = memoryLimits();
      const far: LimitStore = {
        peek: memory.peek,
        reserve: async (claims, now) => {
          await new Promise((done) => setImmediate(done));
          return memory.reserve(claims, now);
        },
      };
      for (const limits of [memoryLimits(), far]) {
        const { guard } = await guardOf(LIMITED, { stores: { limits } });
        const all = Array.from({ length: 100 }, (_, n) => attempt(guard, "t", { n }));
        const codes = (await Promise.all(all)).map(({ code }) => code);
        assert.equal(codes.filter((code) => code === "ran").length, 10);
        assert.equal(codes.filter((code) => code === "rate_limited").length, 90);
      }
    },
  },
  {
    id: "evasion.T35",
    title: "sessions, ids, batches and counters without end do not grow memory without end",
    run: async () => {
      const { guard, audit } = await guardOf(LIMITED);
      for (let n = 0; n < 12_000; n++)
        await attempt(guard, "t", { n }, { agent: { id: `a${n % 50}` } });
      assert.equal(guard.status().openCalls, 0);
      assert.ok(audit.records.length <= 10_000);
      assert.ok(audit.dropped > 0);
      const bomb = Array.from(
        { length: 9 },
        (_, n) => `  l${n}: &l${n} [${"*l".concat(String(n - 1), ", ").repeat(9)}]`,
      );
      const aliases = `facts:\n  l: &l-1 [x]\n${bomb.join("\n")}\ntools: {}\nrules: []\n`;
      await refused(aliases, ["yaml_feature"]);
      await refused(`# ${"x".repeat(1_048_577)}\ntools: {}\nrules: []\n`, ["yaml_limit"]);
      const brackets = `${"[".repeat(40)}${"]".repeat(40)}`;
      const nested = `tools: { t: { operation: read, fallback: { value: ${brackets} } } }\nrules: []\n`;
      await refused(nested, ["yaml_limit"]);
      const { trust } = await signing();
      await assert.rejects(guardOver(" ".repeat(13 * 1_048_576), trust), {
        code: "ERR_BUNDLE_TOO_LARGE",
      });
      const { guard: open } = await guardOf(
        "tools: { t: { operation: write, resources: none, default: allow } }\nrules: []\n",
      );
      let deep: unknown = 1;
      for (let level = 0; level < 10_000; level++) deep = [deep];
      const huge = [{ deep }, { text: "x".repeat(10_000_000) }, { list: Array(200_000).fill(0) }];
      await mustDeny(open, "t", huge, "arguments_too_large");
    },
  },
  {
    id: "evasion.T45",
    title:
      "denied calls are in the log, and a log that was cut or edited is found out against its head",
    run: async () => {
      const { guard, audit } = await guardOf(LIMITED);
      await mustRun(guard, "t", {});
      await mustDeny(guard, "nobody", [{}], "unknown_tool");
      await mustDeny(guard, "t", [{ n: Number.NaN }], "arguments_not_json");
      const codes = audit.records.flatMap((one) => (one.type === "call" ? [one.code] : []));
      assert.deepEqual(codes, ["allowed", "unknown_tool", "arguments_not_json"]);
      const lines = audit.lines();
      const expectHead = audit.head;
      assert.equal(verifyAudit(lines, { expectHead }).fault, null);
      const faked = await guardOf(LIMITED);
      await mustRun(faked.guard, "t", {});
      const spoilt: readonly (readonly string[])[] = [
        lines.slice(0, -1),
        lines.slice(0, -2),
        lines.slice(1),
        [...lines.slice(0, 3), ...lines.slice(5)],
        lines.map((line) => line.replace('"unknown_tool"', '"allowed"')),
        lines.map((line) => line.replace('"blocked"', '"executed"')),
        [...lines.slice(0, 3), lines[4] ?? "", lines[3] ?? "", ...lines.slice(5)],
        [...lines, lines.at(-1) ?? ""],
        faked.audit.lines(),
        [],
      ];
      for (const [index, log] of spoilt.entries()) {
        const { fault } = verifyAudit(log, { expectHead });
        assert.notEqual(fault, null, `the spoilt log ${index} was not found out`);
      }
    },
  },
  {
    id: "evasion.T44",
    title: "a bundle that cannot be read leaves the guard denying, or under its last good policy",
    run: async () => {
      const { bundle, trust } = await signing();
      const good = await bundle(await built(LIMITED));
      const broken = [
        "",
        "{",
        "null",
        "[]",
        good.slice(0, -20),
        good.replace("payload", "paylaod"),
        `${good}${good}`,
        "\ufeff" + good,
      ];
      for (const text of broken) {
        await assert.rejects(guardOver(text, trust), { code: /^ERR_BUNDLE_/ });
        let now = good;
        const source = { name: "file", read: async () => new TextEncoder().encode(now) };
        const { guard } = await guardOver(source, trust);
        now = text;
        await assert.rejects(guard.reload(), { code: /^ERR_BUNDLE_/ });
        await mustRun(guard, "t", {});
        await mustDeny(guard, "nobody", [{}], "unknown_tool");
      }
      const unreachable = { name: "file", read: () => Promise.reject(new Error("ENOENT")) };
      const { guard } = await guardOver(unreachable, trust);
      await mustDeny(guard, "t", [{}], "no_bundle");
      const call = { ticket: guard.for({ agent: { id: "a" } }), id: "c", tool: "t", arguments: {} };
      assert.equal(isDenial(guard.run(call, () => "ran")), true);
    },
  },
];
