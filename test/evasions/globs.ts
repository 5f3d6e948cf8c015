import assert from "node:assert/strict";
import { attempt, guardOf, refused, type Evasion } from "./evasion.ts";

const TOOL = "tools: { t: { operation: write, resources: none } }\n";

/** Attacks by globs that mean one thing here and another there. */
export const globEvasions: readonly Evasion[] = [
  {
    id: "evasion.T21",
    title: "a glob means the same in allow rules, in deny rules and in profiles",
    run: async () => {
      const tools = `
tools: { db_read: { operation: read, resources: none }, db_drop: { operation: delete, resources: none }, dbx: { operation: read, resources: none }, db/a: { operation: read, resources: none }, db/a/b: { operation: read, resources: none } }
`;
      const names = ["db_read", "db_drop", "dbx", "db/a", "db/a/b"];
      const globs: Readonly<Record<string, readonly string[]>> = {
        "*": ["db_read", "db_drop", "dbx"],
        "**": names,
        "db_*": ["db_read", "db_drop"],
        "db*": ["db_read", "db_drop", "dbx"],
        "*_drop": ["db_drop"],
        "db/*": ["db/a"],
        "db/**": ["db/a", "db/a/b"],
        "**/b": ["db/a/b"],
        "*r*": ["db_read", "db_drop"],
      };
      for (const [glob, matched] of Object.entries(globs)) {
        const allows = `${tools}rules: [{ name: some, tools: ["${glob}"], action: allow }]\n`;
        const denies = `${tools}rules: [{ name: all, tools: ["**"], action: allow }, { name: some, tools: ["${glob}"], action: deny }]\n`;
        const asks = denies.replace("action: deny", "action: review");
        const holds = `${tools}agents: { a: { when: "true", tools: ["${glob}"] } }\nrules: [{ name: all, tools: ["**"], action: allow }]\n`;
        for (const name of names) {
          const is = matched.includes(name);
          const expected = [
            [allows, is ? "ran" : "no_match"],
            [denies, is ? "rule_denied" : "ran"],
            [asks, is ? "review_unavailable" : "ran"],
            [holds, is ? "ran" : "out_of_scope"],
          ] as const;
          for (const [text, code] of expected) {
            const { guard } = await guardOf(text);
            assert.equal((await attempt(guard, name, {})).code, code, `${glob} ${name}`);
          }
        }
      }
      for (const action of ["allow", "deny"])
        await refused(`${TOOL}rules: [{ name: r, tools: ["nothing_*"], action: ${action} }]\n`, [
          "unmatched_glob",
        ]);
      // A glob that forbids is also for a tool that only an allow rule names; one that allows is not.
      const beside = (action: string): string =>
        `${TOOL}rules: [{ name: glob, tools: ["t*"], action: ${action} }, { name: yes, tool: tt, when: arguments.n == 1, action: allow }]\n`;
      for (const [action, code] of [
        ["deny", "rule_denied"],
        ["review", "review_unavailable"],
      ] as const) {
        const { guard } = await guardOf(beside(action));
        assert.equal((await attempt(guard, "tt", { n: 1 })).code, code);
      }
      const { guard } = await guardOf(beside("allow"));
      assert.equal((await attempt(guard, "tt", { n: 1 })).code, "ran");
      assert.equal((await attempt(guard, "tt", { n: 2 })).code, "no_match");
      await refused(beside("deny"), ["implicit_tool"], { strict: true });
    },
  },
];
