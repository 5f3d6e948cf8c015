import { join } from "node:path";
import { expect } from "vitest";
import { childEnvironment, ROOT, runProgram } from "../tasks/child.ts";
import { verifies } from "../verifies.ts";

verifies("trust.drill", "the drill runs to its end", async () => {
  const { code, output } = await runProgram(
    process.execPath,
    ["--conditions=@interlatch/source", "main.ts"],
    { folder: join(ROOT, "examples/key-compromise"), environment: childEnvironment(false) },
  );
  // The program asserts each step in both services; these are the steps that it must have come to.
  expect(output).toMatch(/it loads\.\n {2}delete_customers allowed_by_default\n/);
  expect(output).toContain("delete_customers bundle_revoked");
  expect(output).toMatch(/version 1000 +ERR_BUNDLE_KEY_REVOKED/);
  expect(output).toMatch(/services recover\.\n {2}list_orders +allowed_by_default\n/);
  expect(code).toBe(0);
});
