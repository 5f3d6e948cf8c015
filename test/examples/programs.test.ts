import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { childEnvironment, ROOT, runNode, runProgram, type ChildResult } from "../tasks/child.ts";

/** Runs what `start` or `test` of an example runs. */
function inExample(name: string, ...parameters: readonly string[]): Promise<ChildResult> {
  return runProgram(process.execPath, parameters, {
    folder: join(ROOT, "examples", name),
    environment: childEnvironment(false),
  });
}

const SOURCE = "--conditions=@interlatch/source";

describe("the examples", () => {
  it("commonjs: a program that requires every package is guarded", async () => {
    const { code, output } = await inExample("commonjs", SOURCE, "main.cjs");
    expect(output).toBe("refunded 50; rule_denied: Finance makes refunds above 1,000.\n");
    expect(code).toBe(0);
  });

  it("with-jest: its tests pass under Jest", async () => {
    const jest = ["--experimental-vm-modules", "node_modules/jest/bin/jest.js"];
    const { code, output } = await inExample("with-jest", ...jest);
    expect(output).toContain("4 passed, 4 total");
    expect(code).toBe(0);
  });

  it("with-vitest: its tests pass by its own script", async () => {
    const { code, output } = await inExample(
      "with-vitest",
      "node_modules/vitest/vitest.mjs",
      "run",
    );
    expect(output).toContain("4 passed");
    expect(code).toBe(0);
  });
});

describe("the Nest example", () => {
  const folder = join(ROOT, "examples/nest");
  const project = join(folder, "tsconfig.json");

  it("compiles with the decorators that Nest has", async () => {
    const { output } = await runNode("node_modules/typescript/bin/tsc", ["-p", project]);
    // What packages say of themselves is for `check`.
    expect(output.split("\n").filter((line) => line.startsWith("examples/nest/"))).toEqual([]);
  });

  it("answers by who signed in, and ends as it is told", async () => {
    const bundled = await runProgram(
      join(ROOT, "node_modules/.bin/esbuild"),
      [
        "src/main.ts",
        "--bundle",
        "--packages=external",
        "--platform=node",
        "--format=esm",
        "--outfile=dist/main.js",
        "--log-level=warning",
      ],
      { folder },
    );
    expect(bundled).toEqual({ code: 0, output: "" });

    const app = spawn(process.execPath, [SOURCE, "dist/main.js"], {
      cwd: folder,
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(app, "exit");
    try {
      const [line] = (await once(createInterface(app.stdout), "line")) as [string];
      const url = line.replace("Post to ", "");
      const ask = async (token: string, amount: number): Promise<string> => {
        const reply = await fetch(url, {
          method: "POST",
          headers: { authorization: token, "content-type": "application/json" },
          body: JSON.stringify({ prompt: `Refund ${amount} for order 17` }),
        });
        return reply.text();
      };
      expect(await ask("Bearer token-of-ann", 50)).toContain("Refunded 50 for order 17.");
      expect(await ask("Bearer token-of-ann", 5000)).toContain("Finance makes refunds above");
      expect(await ask("Bearer token-of-tom", 50)).toContain("No rule permits");
      expect(await ask("none", 50)).toContain("Forbidden");
    } finally {
      app.kill("SIGTERM");
    }
    expect(await ended).toEqual([null, "SIGTERM"]);
  });
});
