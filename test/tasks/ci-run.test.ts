import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
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
  matrix: "echo 4 passed, 0 failed",
  bench: "echo 3 passed, 0 failed",
};

/** Programs that `.ci/run` finds in place of the machine's. */
function plant(name: string, commands: string): void {
  const program = join(folder, name);
  writeFileSync(program, `#!/usr/bin/env bash\n${commands}\n`);
  chmodSync(program, 0o755);
}

/** Runs `.ci/run` with an `npx` that does, for each script of the workspace, what is given here. */
function runCi(
  changes: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv = { CHROMIUM_PATH: process.execPath },
): Promise<ChildResult> {
  const branches = Object.entries({ ...SOUND, ...changes }).map(
    ([script, commands]) => `${script}) ${commands} ;;`,
  );
  // Called as `npx -y pnpm@12 SCRIPT …`.
  plant("npx", `case $3 in\n${branches.join("\n")}\nesac`);
  return runProgram("bash", [join(ROOT, ".ci/run")], {
    environment: {
      ...process.env,
      PATH: `${folder}${delimiter}${process.env["PATH"]}`,
      ...environment,
    },
  });
}

describe("the run before a change is taken", () => {
  it("sums all closing lines and ends with one", async () => {
    const { code, output } = await runCi({});
    expect(output.trimEnd().split("\n").at(-1)).toBe("126 passed, 0 failed, 2 skipped");
    expect(code).toBe(0);
  });

  it("goes on after a failure and fails at the end", async () => {
    const { code, output } = await runCi({ test: "echo 39 passed, 1 failed; exit 1" });
    expect(readClosingLine(output)).toEqual({ passed: 125, failed: 1, skipped: 2 });
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
    expect(readClosingLine(output)).toEqual({ passed: 123, failed: 1, skipped: 2 });
    expect(code).toBe(1);
  });

  it("takes the demo by its exit code, since it tells a story", async () => {
    const { code, output } = await runCi({ demo: "exit 3" });
    expect(readClosingLine(output)).toEqual({ passed: 125, failed: 1, skipped: 2 });
    expect(code).toBe(1);
  });

  describe("without a browser and a database", () => {
    /** A machine of a few programs, on which we are root. */
    function bareMachine(): NodeJS.ProcessEnv {
      for (const name of ["bash", "dirname", "env", "grep", "mktemp", "rm", "tail", "tee"]) {
        const found = (process.env["PATH"] ?? "")
          .split(delimiter)
          .map((place) => join(place, name))
          .find((file) => existsSync(file));
        if (found !== undefined) symlinkSync(found, join(folder, name));
      }
      plant("id", "echo 0");
      return { PATH: folder, CHROMIUM_PATH: "" };
    }

    it("installs them before the tests", async () => {
      const asked = join(folder, "asked");
      plant("apt-get", `echo "$*" >> ${asked}`);
      const { output } = await runCi({}, bareMachine());
      expect(readFileSync(asked, "utf8")).toBe(
        "-qq update\n-qq install -y chromium\n-qq update\n-qq install -y redis-server\n",
      );
      expect(output.lastIndexOf("Installed.")).toBeLessThan(output.indexOf("== test"));
      expect(readClosingLine(output)).toEqual({ passed: 126, failed: 0, skipped: 2 });
    });

    it("goes on where they cannot be installed, and says so", async () => {
      plant("apt-get", "echo 'Unable to locate package'; exit 100");
      const { output } = await runCi({}, bareMachine());
      for (const name of ["chromium", "redis-server"]) {
        expect(output).toContain(
          `Unable to locate package\n${name} could not be installed: the tests that need it fail.`,
        );
      }
      expect(readClosingLine(output)).toEqual({ passed: 126, failed: 0, skipped: 2 });
    });
  });
});
