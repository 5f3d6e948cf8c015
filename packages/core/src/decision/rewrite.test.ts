import { describe, expect } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { testGuard } from "../testing/index.ts";
import { batchSize } from "./rewrite.ts";

describe("the size of a batch", () => {
  verifies(
    "core.clamp.size",
    "is a number of at least 0 or the length of a list, and nothing else",
    () => {
      expect(batchSize({ size: 0 }, "size")).toBe(0);
      expect(batchSize({ size: [1, 2] }, "size")).toBe(2);
      for (const size of [-1, -0.5, "5", null, true, { length: 1 }]) {
        expect(batchSize({ size }, "size"), JSON.stringify(size)).toBeNull();
      }
      expect(batchSize({}, "size")).toBeNull();
      expect(batchSize({ size: 5 }, undefined)).toBeNull();
    },
  );

  verifies(
    "core.clamp.size",
    "denies where a negative one would slip under the limit",
    async () => {
      const policy = policyOf({
        id: "p",
        tools: { tool: { batch: { argument: "size" } } },
        rules: [{ action: "allow", maxBatchSize: 100 }],
      });
      const guard = await testGuard(policy);
      const ask = (size: number) =>
        guard.decide({ ticket: guard.ticket(), id: "c1", tool: "tool", arguments: { size } });
      expect(ask(-1)).toMatchObject({ effect: "deny", code: "obligation_failed" });
      expect(ask(500)).toMatchObject({ effect: "allow", arguments: { size: 100 } });
    },
  );
});
