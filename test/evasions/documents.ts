import assert from "node:assert/strict";
import type { DiagnosticCode } from "@interlatch/policy";
import { BAD_CONDITIONS } from "./bad-conditions.ts";
import {
  attempt,
  built,
  builtOf,
  guardOf,
  refused,
  refusedOf,
  signing,
  warnings,
  type Evasion,
} from "./evasion.ts";
import { guardOver } from "../signed.ts";

const TOOL = "tools: { t: { operation: write, resources: none } }\n";

/** Where a condition can stand; `%` is the condition. */
const CONDITION_PLACES = [
  `${TOOL}rules: [{ name: r, tool: t, when: %, action: allow }]\n`,
  `${TOOL}rules: [{ name: r, tool: t, when: %, action: review }]\n`,
  `${TOOL}rules: [{ name: r, tool: t, when: %, action: deny }]\n`,
  `${TOOL}rules: [{ name: r, tool: t, conditions: ["arguments.n == 1", %], action: deny }]\n`,
  `${TOOL}rules: [{ name: r, tool: t, unless: %, action: deny }]\n`,
  `${TOOL}define: { named: % }\nrules: [{ name: r, tool: t, when: named, action: deny }]\n`,
  `${TOOL}agents: { a: { when: %, tools: [t] } }\nrules: [{ name: r, tool: t, action: allow }]\n`,
];

/** What is said of a condition that cannot be read or can never hold as it was meant. */
const CONDITION_CODES: readonly DiagnosticCode[] = [
  "bad_call",
  "bad_literal",
  "bad_name",
  "bad_time",
  "bad_zone",
  "condition_not_text",
  "condition_syntax",
  "never_equal",
  "hidden_sign",
  "not_boolean",
  "pattern_not_literal",
  "pattern_refused",
  "role_use",
  "unknown_function",
  "unknown_name",
  "unsupported_literal",
  "wrong_type",
];

/** One rule, and why it is not one. */
const BAD_RULES: readonly (readonly [rule: string, code: DiagnosticCode])[] = [
  ["{ name: r, tool: t, ruleAction: deny }", "unknown_key"],
  ["{ name: r, tool: t, effect: deny }", "unknown_key"],
  ["{ name: r, tool: t, action: deny, condition: arguments.n == 1 }", "unknown_key"],
  ["{ name: r, tool: t, action: deny, enabled: true }", "unknown_key"],
  ["{ name: r, tool: t, Action: deny }", "unknown_key"],
  ["{ name: r, toolName: t, action: deny }", "unknown_key"],
  ["{ name: r, tool: t, \u0430ction: deny }", "unknown_key"],
  ['{ name: r, tool: t, action: deny, "action\\u200b": allow }', "look_alike_key"],
  ["{ name: r, tool: t, action: deny, \u0430ction: allow }", "look_alike_key"],
  ["{ name: r, tool: t, action: deny, action\u200b: allow }", "hidden_sign"],
  ["{ name: r, tool: t, action: deny } # \u202e", "hidden_sign"],
  [
    "{ name: r, tool: t, action: allow } # no\r  - { name: s, tool: t, action: deny }",
    "hidden_sign",
  ],
  ["{ name: r, tool: t, when: 'arguments.s == \"\u2066x\u2069\"', action: deny }", "hidden_sign"],
  ["{ name: r, tool: t, action: deny, \uff41ction: allow }", "look_alike_key"],
  ["{ name: r, tool: t, action: deny, action: allow }", "duplicate_key"],
  ['{ name: r, tool: t, action: deny, "action": allow }', "duplicate_key"],
  ['{ name: r, tool: t, action: deny, "\\x61ction": allow }', "duplicate_key"],
  ["{ name: r, tool: t, action: denied }", "bad_value"],
  ["{ name: r, tool: t, action: Deny }", "bad_value"],
  ['{ name: r, tool: t, action: "deny " }', "bad_value"],
  ["{ name: r, tool: t, action: null }", "bad_value"],
  ["{ name: r, tool: t, action: [deny] }", "bad_value"],
  ["{ name: r, tool: t, action: false }", "bad_value"],
  ["{ name: r, tool: t }", "missing_key"],
  ["{ tool: t, action: deny }", "missing_key"],
  ["{ name: r, action: deny }", "missing_key"],
  ["{ name: 1, tool: t, action: deny }", "wrong_shape"],
  ["{ name: [r], tool: t, action: deny }", "wrong_shape"],
  ["{ name: r, tool: [[t]], action: deny }", "wrong_shape"],
  ["{ name: r, tool: null, action: deny }", "wrong_shape"],
  ["{ name: r, tools: [], action: deny }", "bad_value"],
  ["{ name: r, tool: t, tools: [t], action: deny }", "conflicting_keys"],
  ['{ name: r, tool: t, when: "true", conditions: ["false"], action: deny }', "conflicting_keys"],
  ["{ name: r, tool: t, when: [], action: deny }", "bad_value"],
  ["{ name: r, tool: t, when: null, action: deny }", "condition_not_text"],
  ["{ name: r, tool: t, when: true, action: deny }", "condition_not_text"],
  ["{ name: r, tool: t, when: !tainted, action: deny }", "yaml_feature"],
  ["{ name: r, tool: t, when: *tainted, action: deny }", "yaml_feature"],
  ["{ name: r, tool: t, <<: { action: deny } }", "yaml_feature"],
  ["{ name: r, tool: t, action: !!str deny }", "yaml_feature"],
  ["{ name: r, tool: t, action: deny, until: tomorrow }", "bad_date"],
  ["{ name: r, tool: t, action: deny, until: 2026-02-30 }", "bad_date"],
  ["{ name: r\u0435, tool: t, action: deny }", "bad_name"],
  ['{ name: r, tools: ["!t"], action: deny }', "bad_name"],
  ['{ name: r, tools: ["[t]"], action: deny }', "bad_name"],
  ['{ name: r, tools: ["T*"], action: deny }', "unmatched_glob"],
  ["[name, r, tool, t, action, deny]", "wrong_shape"],
  ["name=r tool=t action=deny", "wrong_shape"],
];

/** One document below `id`, and why it is not one. */
const BAD_DOCUMENTS: readonly (readonly [text: string, code: DiagnosticCode])[] = [
  [`${TOOL}rulez: []\n`, "unknown_key"],
  [`${TOOL}default: allow\nrules: []\n`, "unknown_key"],
  [`${TOOL}rules: []\nrules: [{ name: r, tool: t, action: allow }]\n`, "duplicate_key"],
  [`${TOOL}rules: []\n---\nrules: [{ name: r, tool: t, action: allow }]\n`, "yaml_feature"],
  [`${TOOL}rules: []\n...\nrules: []\n`, "yaml_feature"],
  ["tools: { t: &a { operation: read }, u: *a }\nrules: []\n", "yaml_feature"],
  ["tools: { t: { operation: read }, t: { operation: write } }\nrules: []\n", "duplicate_key"],
  ["tools: { t\u0435st: { operation: read } }\nrules: []\n", "bad_name"],
  ["tools: { \uff54: { operation: read }, t: { operation: read } }\nrules: []\n", "look_alike_key"],
  ["tools: { 1: { operation: read } }\nrules: []\n", "key_not_text"],
  ["tools: { true: { operation: read } }\nrules: []\n", "key_not_text"],
  ["tools: { __proto__: { operation: read, default: allow } }\nrules: []\n", "bad_name"],
  ["tools: { t: { default: on } }\nrules: []\n", "bad_value"],
  ["tools: { t: { Default: deny } }\nrules: []\n", "unknown_key"],
  ["tools: { t: { reversible: no } }\nrules: []\n", "wrong_shape"],
  ["tools: [t]\nrules: []\n", "wrong_shape"],
  [`${TOOL}rules: { r: { tool: t, action: deny } }\n`, "wrong_shape"],
  [`${TOOL}agents:\nrules: []\n`, "wrong_shape"],
  [`${TOOL}agents: { a: { tools: [t] } }\nrules: []\n`, "missing_key"],
  [`${TOOL}agents: { a: { when: "true", tools: ["x*"] } }\nrules: []\n`, "unmatched_glob"],
  [`${TOOL}agents: { a: { when: "true", tools: [nosuch] } }\nrules: []\n`, "unknown_tool"],
  [`${TOOL}include: other.yaml\nrules: []\n`, "bad_include"],
  [`${TOOL}facts: { limit: 1, \uff4cimit: 2 }\nrules: []\n`, "look_alike_key"],
  [`${TOOL}facts: { limit: 9007199254740993 }\nrules: []\n`, "bad_number"],
  [`${TOOL}facts: { limit: .inf }\nrules: []\n`, "bad_number"],
  [`${TOOL}facts: { limit: .nan }\nrules: []\n`, "bad_number"],
  [`${TOOL}define: { tainted: "false" }\nrules: []\n`, "bad_name"],
  [`${TOOL}define: { host: "true" }\nrules: []\n`, "bad_name"],
  [`${TOOL}define: { a: b, b: a }\nrules: []\n`, "define_cycle"],
  [
    `${TOOL}rules: [{ name: r, tool: t, action: deny }, { name: r, tool: t, action: allow }]\n`,
    "duplicate_name",
  ],
];

/** One thing that two files say, each in its own way: neither may win in silence. */
const CONFLICTS: readonly (readonly [first: string, second: string])[] = [
  ["", "id: other\n"],
  ["mode: enforce\n", "mode: shadow\n"],
  ["", "tools: { t: { operation: read, default: allow } }\n"],
  [
    "rules: [{ name: r, tool: t, action: deny }]\n",
    "rules: [{ name: r, tool: t, action: allow }]\n",
  ],
  [
    'agents: { a: { when: "true", tools: [t] } }\n',
    'agents: { a: { when: "true", tools: [t], databases: { all: write } } }\n',
  ],
  ["facts: { domains: [acme.test] }\n", "facts: { domains: [evil.test] }\n"],
  ["facts: { domains: [acme.test] }\n", "facts: { \uff44omains: [evil.test] }\n"],
  ['define: { known: "false" }\n', 'define: { known: "true" }\n'],
  ["fallback: { message: one }\n", "fallback: { message: two }\n"],
  [
    "shapes: { user: { type: object, properties: { country: { type: string } } } }\n",
    "shapes: { user: { type: object, additionalProperties: true } }\n",
  ],
];

/** Attacks by the text of a policy: what cannot be read, what reads in two ways, what two files say. */
export const documentEvasions: readonly Evasion[] = [
  {
    id: "evasion.T14",
    title: "a condition that cannot be read stops the build, wherever it stands",
    run: async () => {
      for (const place of CONDITION_PLACES) {
        await built(place.replace("%", '"true"'));
        for (const condition of BAD_CONDITIONS)
          await refused(
            place.replace("%", () => JSON.stringify(condition)),
            CONDITION_CODES,
          );
      }
    },
  },
  {
    id: "evasion.T14",
    title: "a misspelt or optional argument in a condition stops the build and is not just false",
    run: async () => {
      const tool = `tools: { pay: { operation: spend, resources: none, default: allow, arguments: { type: object, properties: { amount: { type: number }, note: { type: string }, to: { type: object, properties: { iban: { type: string } } } }, required: [amount] } } }\n`;
      const rule = (when: string): string =>
        `${tool}rules: [{ name: r, tool: pay, when: ${JSON.stringify(when)}, action: deny }]\n`;
      await built(rule('arguments.amount > 5 || (has(arguments.note) && arguments.note != "x")'));
      for (const when of [
        "arguments.amout > 5",
        "has(arguments.memo)",
        'has(arguments.to) && arguments.to.ibn == "x"',
      ])
        await refused(rule(when), ["unknown_field"]);
      for (const when of [
        'arguments.note == "x"',
        'arguments.note != "x"',
        'has(arguments.to) && arguments.to.iban == "x"',
        'has(arguments.to.iban) && arguments.to.iban == "x"',
      ])
        await refused(rule(when), ["optional_without_has"]);
      for (const when of [
        'arguments.amount > "5"',
        "arguments.amount.contains(5)",
        "size(arguments.amount) > 1",
      ])
        await refused(rule(when), ["wrong_type", "never_equal"]);
      await refused(rule('arguments.amount == "5"'), ["never_equal", "wrong_type"]);
    },
  },
  {
    id: "evasion.T15",
    title: "a rule in other words than the grammar's, or with one key twice, stops the build",
    run: async () => {
      await built(`${TOOL}rules:\n  - { name: r, tool: t, action: deny }\n`);
      for (const [rule, code] of BAD_RULES) await refused(`${TOOL}rules:\n  - ${rule}\n`, [code]);
    },
  },
  {
    id: "evasion.T15",
    title: "a document that two readers could read in two ways stops the build",
    run: async () => {
      for (const [text, code] of BAD_DOCUMENTS) await refused(text, [code]);
      // The letter that a reader takes for another one is at least said to be one.
      const twins = await warnings(
        "tools: { pay1: { operation: read }, payl: { operation: read } }\nrules: []\n",
      );
      assert.ok(twins.has("look_alike_tools"));
    },
  },
  {
    id: "evasion.T15",
    title: "what two files say of one thing is a conflict, and a deny rule counts in any of them",
    run: async () => {
      for (const [one, two] of CONFLICTS) {
        const first = `interlatch: 1\nid: evasions\n${TOOL}${one}`;
        const second = `interlatch: 1\n${two}`;
        for (const files of [
          { "a.yaml": first, "b.yaml": second },
          { "a.yaml": second, "b.yaml": first },
        ])
          await refusedOf(files, ["duplicate_name"]);
      }
      const grants = `interlatch: 1\nid: evasions\n${TOOL}rules: [{ name: yes, tool: t, action: allow }]\n`;
      const denies = 'interlatch: 1\nrules: [{ name: no, tools: ["t*"], action: deny }]\n';
      const { bundle, trust } = await signing();
      for (const files of [
        { "a.yaml": grants, "b.yaml": denies },
        { "a.yaml": denies, "b.yaml": grants },
      ]) {
        const { guard } = await guardOver(await bundle(await builtOf(files)), trust);
        assert.equal((await attempt(guard, "t", {})).code, "rule_denied");
      }
      const { guard } = await guardOf(grants.split("\n").slice(2).join("\n"));
      assert.equal((await attempt(guard, "t", {})).code, "ran");
    },
  },
];
