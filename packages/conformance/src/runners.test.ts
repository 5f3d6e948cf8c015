import { join } from "node:path";
import { describe, expect } from "vitest";
import { ROOT, runProgram } from "../../../test/tasks/child.ts";
import { verifies } from "../../../test/verifies.ts";

const RUNNERS = "packages/conformance/test/runners";
const JEST = "examples/with-jest";

/** As in `examples/with-jest`, for the sources of this repository. */
const JEST_CONFIG = JSON.stringify({
  rootDir: join(ROOT, RUNNERS),
  testMatch: ["**/in-jest.ts"],
  testEnvironmentOptions: {
    customExportConditions: ["@interlatch/source", "node", "node-addons"],
  },
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": join(ROOT, JEST, "strip-types.cjs") },
});

// Vitest is the runner of `test/adapters.test.ts`.
describe("the kit takes the runner of its caller", () => {
  verifies("adapter.runner", "node:test, with a wrapper of a few lines", async () => {
    const { code, output } = await runProgram(process.execPath, [
      "--conditions=@interlatch/source",
      "--test",
      "--test-reporter=tap",
      `${RUNNERS}/in-node.ts`,
    ]);
    expect(output).toMatch(/^# pass (2[5-9]|[3-9]\d)$/m);
    expect(output).toMatch(/^# fail 0$/m);
    expect(code).toBe(0);
  });

  verifies("adapter.runner", "and Jest as it is", async () => {
    const { code, output } = await runProgram(
      process.execPath,
      [
        "--experimental-vm-modules",
        `${JEST}/node_modules/jest/bin/jest.js`,
        "--config",
        JEST_CONFIG,
      ],
      {
        environment: {
          ...process.env,
          NODE_OPTIONS: "",
          VITEST: undefined,
          JEST_WORKER_ID: undefined,
        },
      },
    );
    expect(output).toMatch(/^Tests: +\d+ passed, \d+ total$/m);
    expect(code).toBe(0);
  });
});
