import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { workplace } from "../../../test/cli/command-line.ts";

const BIN = fileURLToPath(new URL("./bin.ts", import.meta.url));

function runBin(argv: readonly string[], cwd: string): Promise<{ code: number; stdout: string }> {
  const node = ["--conditions=@interlatch/source", BIN, ...argv];
  return new Promise((resolve) => {
    execFile(process.execPath, node, { cwd }, (error, stdout) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout });
    });
  });
}

describe("the program", () => {
  it("writes where it is started, and ends with the exit code of its command", async () => {
    const { folder, read } = workplace();
    const made = await runBin(["init", "--json"], folder);
    expect(made.code).toBe(0);
    expect(JSON.parse(made.stdout).pin).toMatch(/^trust\.json#sha256:[0-9a-f]{64}$/);
    expect(read("policy.yaml")).toContain("interlatch: 1");
    const again = await runBin(["init", "--json"], folder);
    expect(again.code).toBe(3);
    expect(JSON.parse(again.stdout).error.code).toBe("ERR_FILE");
  });
});
