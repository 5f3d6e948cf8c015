import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT, runProgram, type ChildResult } from "./child.ts";
import { readClosingLine } from "./counts.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "interlatch-ci-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SOUND: Readonly<Record<string, string>> = {
  test: "echo 40 passed, 0 failed",
  demo: "echo a story",
  check: "echo 20 passed, 0 failed, 2 skipped",
  suite: "echo 5 passed, 0 failed",
  fuzz: "echo 2 passed, 0 failed",
  bench: "echo 3 passed, 0 failed",
};

/** Runs `.ci/run` with an `npx` that does, for each script of the workspace, what is given here. */
function runCi(changes: Readonly<Record<string, string>>): Promise<ChildResult> {
  const branches = Object.entries({ ...SOUND, ...changes }).map(
    ([script, commands]) => `${script}) ${commands} ;;`,
  );
  const npx = join(folder, "npx");
  // Called as `npx -y pnpm@12 SCRIPT …`.
  writeFileSync(npx, `#!/usr/bin/env bash\ncase $3 in\n${branches.join("\n")}\nesac\n`);
  chmodSync(npx, 0o755);
  return runProgram("bash", [join(ROOT, ".ci/run")], {
    environment: { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` },
  });
}

describe("the run before a change is taken", () => {
  it("sums all closing lines and ends with one", async () => {
    const { code, output } = await runCi({});
    expect(output.trimEnd().split("\n").at(-1)).toBe("107 passed, 0 failed, 2 skipped");
    expect(code).toBe(0);
  });

  it("goes on after a failure and fails at the end", async () => {
    const { code, output } = await runCi({ test: "echo 39 passed, 1 failed; exit 1" });
    expect(readClosingLine(output)).toEqual({ passed: 106, failed: 1, skipped: 2 });
    expect(code).toBe(1);
  });

  it.each([
    ["dies without a closing line", "echo Segmentation fault; exit 139"],
    ["ends well without a closing line", "true"],
    ["counts nothing", "echo 0 passed, 0 failed"],
    ["fails after a closing line without failures", "echo 0 passed, 0 failed; exit 1"],
    ["prints its counts inside another line", "echo so far 3 passed, 0 failed"],
  ])("takes a step that %s for one failure", async (_, commands) => {
    const { code, output } = await runCi({ bench: commands });
    expect(readClosingLine(output)).toEqual({ passed: 104, failed: 1, skipped: 2 });
    expect(code).toBe(1);
  });

  it("takes the demo by its exit code, since it tells a story", async () => {
    const { code, output } = await runCi({ demo: "exit 3" });
    expect(readClosingLine(output)).toEqual({ passed: 106, failed: 1, skipped: 2 });
    expect(code).toBe(1);
  });
});
