import { describe, expect } from "vitest";
import { knownFailure, vectorReport } from "./suites/vectors.ts";
import { verifies } from "./verifies.ts";

async function failuresOf(topic: string): Promise<readonly string[]> {
  const { passed, files } = await vectorReport(topic);
  expect(passed + files.reduce((sum, { skipped }) => sum + skipped, 0)).toBeGreaterThan(0);
  return files
    .flatMap(({ failures }) => failures)
    .filter((failure) => knownFailure(failure) === undefined)
    .map(({ vector, case: name, differences }) => [vector, name, ...differences].join("\n  "));
}

describe("the decision vectors", () => {
  verifies("vectors.arguments", "of arguments hold", async () => {
    expect(await failuresOf("arguments")).toEqual([]);
  });
  verifies("vectors.build-errors", "of build errors hold", async () => {
    expect(await failuresOf("build-errors")).toEqual([]);
  });
  verifies("vectors.combining", "of combining hold", async () => {
    expect(await failuresOf("combining")).toEqual([]);
  });
  verifies("vectors.conditions", "of conditions hold", async () => {
    expect(await failuresOf("conditions")).toEqual([]);
  });
  verifies("vectors.fallback", "of fallbacks hold", async () => {
    expect(await failuresOf("fallback")).toEqual([]);
  });
  verifies("vectors.functions", "of functions hold", async () => {
    expect(await failuresOf("functions")).toEqual([]);
  });
  verifies("vectors.limits", "of limits hold", async () => {
    expect(await failuresOf("limits")).toEqual([]);
  });
  verifies("vectors.rewriting", "of rewriting hold", async () => {
    expect(await failuresOf("rewriting")).toEqual([]);
  });
  verifies("vectors.risk", "of the risk score hold, but for what a session has read", async () => {
    expect(await failuresOf("risk")).toEqual([]);
  });
  verifies(
    "vectors.risk-untrusted",
    "of the risk score hold for what a session has read",
    async () => {
      const { files } = await vectorReport("risk");
      expect(
        files.flatMap(({ failures }) => failures.map((failure) => failure.case)),
      ).not.toContain("risk-untrusted");
    },
  );
  verifies("vectors.scopes", "of scopes hold", async () => {
    expect(await failuresOf("scopes")).toEqual([]);
  });
  verifies("vectors.seed", "of the first idea hold", async () => {
    expect(await failuresOf("seed")).toEqual([]);
  });
});
