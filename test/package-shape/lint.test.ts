import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, runNode } from "../tasks/child.ts";
import { HALVES, PLANTED, SOUND, type Planted } from "./planted.ts";

/** A finding of oxlint: `import(no-cycle)` in a file. */
interface Finding {
  readonly code: string;
  readonly filename: string;
}

let folder = "";
let findings: readonly Finding[] = [];

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "interlatch-lint-"));
  // Our own configuration, but for the editor's schema, which lies in node_modules.
  write(".oxlintrc.json", readFileSync(join(ROOT, ".oxlintrc.json"), "utf8"));
  write("tsconfig.json", JSON.stringify({ compilerOptions: { module: "nodenext", strict: true } }));
  for (const { file, text } of PLANTED) write(file, text);
  for (const [file, text] of Object.entries({ ...HALVES, ...SOUND })) write(file, text);
  const { output } = await runNode(
    join(ROOT, "node_modules/oxlint/bin/oxlint"),
    ["--deny-warnings", "--format=json"],
    { folder },
  );
  // Printed by oxlint in the format asked for.
  ({ diagnostics: findings } = JSON.parse(output) as { readonly diagnostics: readonly Finding[] });
}, 30_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rulesFor(file: string): readonly string[] {
  return findings
    .filter(({ filename }) => filename.replaceAll("\\", "/") === file)
    .map(({ code }) => code);
}

describe("lint finds", () => {
  it.each(PLANTED.map((planted): [string, Planted] => [planted.what, planted]))(
    "%s",
    (_, { file, rule }) => {
      expect(rulesFor(file)).toContain(rule);
    },
  );
});

describe("lint allows", () => {
  it.each(Object.keys(SOUND))("what stands in %s", (file) => {
    expect(rulesFor(file)).toEqual([]);
  });
});

it("every rule that the configuration names beyond the defaults is planted once", () => {
  const planted = new Set(PLANTED.map(({ rule }) => rule));
  expect([...named(readFileSync(join(ROOT, ".oxlintrc.json"), "utf8"))].toSorted()).toEqual(
    [...planted].toSorted(),
  );
});

/** The codes of all rules that a configuration sets to `error`, as oxlint reports them. */
function named(configuration: string): ReadonlySet<string> {
  const rules = [...configuration.matchAll(/^\s*"([a-z-]+(?:\/[a-z-]+)?)": (?:"error"|\[)/gm)]
    .map(([, rule = ""]) => rule)
    .filter((rule) => !["plugins", "files", "patterns", "group", "overrides"].includes(rule))
    .map((rule) => {
      const [plugin, name] = rule.includes("/") ? rule.split("/") : ["eslint", rule];
      return `${plugin}(${name})`;
    });
  return new Set(rules);
}
