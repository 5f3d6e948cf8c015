import { readFileSync } from "node:fs";
import { validatePolicy } from "@interlatch/core/build";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPolicy } from "./check.ts";
import type { CompileResult } from "./compile.ts";
import { formatDiagnostic } from "./diagnostics/format.ts";
import { parsePolicyTests } from "./cases/parse.ts";

const example = (name: string): string =>
  readFileSync(new URL(`../../../examples/policies/${name}.yaml`, import.meta.url), "utf8");
const EXAMPLES = [example("seed"), example("acme-support")];

/** Whatever comes out has to be usable: a policy that loads, or errors with places in the text. */
function judge(result: CompileResult, texts: readonly string[]): void {
  const diagnostics = [...(result.ok ? [] : result.errors), ...result.warnings];
  for (const diagnostic of diagnostics) {
    const lines = texts[Number(diagnostic.file)]?.split("\n") ?? [""];
    expect(diagnostic.line).toBeGreaterThanOrEqual(1);
    expect(diagnostic.line).toBeLessThanOrEqual(lines.length);
    expect(diagnostic.column).toBeGreaterThanOrEqual(1);
    expect(diagnostic.column).toBeLessThanOrEqual((lines[diagnostic.line - 1] ?? "").length + 1);
    expect(formatDiagnostic(diagnostic)).toContain(diagnostic.message);
  }
  if (result.ok)
    expect(validatePolicy(JSON.parse(JSON.stringify(result.policy)))).toEqual(result.policy);
  else expect(result.errors.length).toBeGreaterThan(0);
}

async function compileAll(...texts: readonly string[]): Promise<void> {
  const files = texts.map((text, index) => ({ path: String(index), text }));
  judge(await checkPolicy({ files }, { now: 0 }), texts);
}

const yamlish = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."\n|\n  |\n    |- |: | #|: |, |[|]|{|}|'|\"|&a |*a |!t |? ||>|%|@|`|---\n|...\n|<<: |\\|\t|\r\n".split(
          "|",
        ),
      ),
      fc.constantFrom(
        "interlatch: 1",
        "id",
        "rules",
        "tools",
        "when",
        "name",
        "action",
        "define",
        "facts",
        "fallback",
        "agents",
        "__proto__",
        "constructor",
      ),
      fc.constantFrom(
        "tainted",
        "agent.role",
        "arguments.a",
        "has(",
        ")",
        "&&",
        "||",
        "!",
        "==",
        "in",
        "1",
        "true",
        "null",
        "0x1",
        ".inf",
        '"x"',
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(""));

/** An example with some stretch replaced, removed or doubled. */
const mutated = fc
  .tuple(
    fc.constantFrom(...EXAMPLES),
    fc.nat(),
    fc.nat({ max: 40 }),
    fc.oneof(yamlish, fc.string({ maxLength: 5 }), fc.constant("")),
  )
  .map(([text, seed, length, patch]) => {
    const at = seed % text.length;
    return text.slice(0, at) + patch + text.slice(at + length);
  });

const condition = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: "condition" },
    fc.constantFrom(
      "arguments.n",
      "arguments.note",
      "arguments.to",
      "agent.role",
      "agent.id",
      "facts.f",
      "1",
      "-2.5",
      '"x"',
      "true",
      "null",
      "[]",
      "nosuch",
      "tainted",
      "request.time",
      "data_type",
    ),
    fc
      .tuple(
        tie("expression"),
        fc.constantFrom("&&", "||", "==", "!=", "<", ">=", "in", "+", "-", "*", "/", "%"),
        tie("expression"),
      )
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie("expression").map((a) => `!${a}`),
    tie("expression").map((a) => `-(${a})`),
    fc
      .tuple(tie("expression"), tie("expression"), tie("expression"))
      .map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(
        tie("expression"),
        fc.constantFrom("all", "exists", "map", "filter", "exists_one"),
        tie("expression"),
      )
      .map(([a, macro, b]) => `${a}.${macro}(x, ${b} == x)`),
    fc
      .tuple(
        fc.constantFrom("has", "size", "host", "lower", "timestamp", "now", "fromUser"),
        tie("expression"),
      )
      .map(([name, a]) => `${name}(${a})`),
    fc
      .tuple(
        tie("expression"),
        fc.constantFrom("startsWith", "matches", "getHours", "nosuch"),
        tie("expression"),
      )
      .map(([a, name, b]) => `${a}.${name}(${b})`),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `${a}[${b}]`),
    tie("expression").map((a) => `${a}.field`),
  ),
})).expression;

describe("whatever is written", () => {
  it("is answered: YAML-like noise", async () => {
    await fc.assert(
      fc.asyncProperty(yamlish, (text) => compileAll(text)),
      { numRuns: 600 },
    );
  }, 30_000);

  it("is answered: any text, in several files", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "binary" }), { maxLength: 3 }), (texts) =>
        compileAll(...texts),
      ),
      { numRuns: 200 },
    );
  }, 30_000);

  it("is answered: a policy with something broken in it", async () => {
    await fc.assert(
      fc.asyncProperty(mutated, (text) => compileAll(text)),
      { numRuns: 400 },
    );
  }, 30_000);

  it("is answered: two policies merged", async () => {
    await fc.assert(
      fc.asyncProperty(mutated, mutated, (a, b) => compileAll(a, b)),
      { numRuns: 60 },
    );
  }, 30_000);

  it("is answered: a condition of any kind, and one that builds builds again", async () => {
    const head =
      "interlatch: 1\nid: x\ntools: { t: { operation: read, arguments: { properties: { n: { type: number }, note: { type: string }, to: { type: array, items: { type: string } } }, required: [n, to] } } }\nfacts: { f: [1] }\nrules:\n";
    await fc.assert(
      fc.asyncProperty(condition, (text) =>
        compileAll(`${head}  - name: r\n    tool: t\n    action: deny\n    when: '${text}'\n`),
      ),
      { numRuns: 500 },
    );
  }, 30_000);

  it("is answered: tests of any kind", () => {
    const file =
      "defaults: { identity: { agent: { id: a } } }\ncases:\n  - name: c\n    call: { tool: t, arguments: { a: 1 } }\n    expect: { effect: allow }\n";
    fc.assert(
      fc.property(
        fc.nat({ max: file.length }),
        fc.nat({ max: 20 }),
        yamlish,
        (at, length, patch) => {
          const result = parsePolicyTests(file.slice(0, at) + patch + file.slice(at + length), "t");
          expect(result.ok || result.errors.length > 0).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  }, 30_000);
});
