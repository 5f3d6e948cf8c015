import { expect } from "vitest";
import { jsonSchemaReport } from "./suites/json-schema.ts";
import { verifies } from "./verifies.ts";

verifies("schema.suite", "the public JSON Schema suite passes", async () => {
  const { passed, failures, outside } = await jsonSchemaReport();
  expect(failures).toEqual([]);
  expect(passed).toBeGreaterThan(1_400);
  // What is left out is written down group by group; it must not become the larger part.
  expect(outside).toBeLessThan(250);
});
