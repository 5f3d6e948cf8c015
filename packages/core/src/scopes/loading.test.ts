import { describe, expect } from "vitest";
import { HOLDS, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { prepareEvaluator } from "../guard/bundles.ts";
import type { Policy } from "../policy/ir.ts";
import { validatePolicy } from "../policy/validate.ts";

const AT = { file: "policy.yaml", line: 1 } as const;

/** One tool that touches so many long URLs, and a profile of so many globs that nearly fit each of them. */
function policy(urls: number, globs: number): Policy {
  const path = "a".repeat(8_000);
  const endpoints = Array.from(
    { length: urls },
    (_, index) => ({ kind: "literal", value: `https://a.test/${path}${index}` }) as const,
  );
  const nearly = Array.from({ length: globs }, () => `https://a.test/${"**a".repeat(150)}b`);
  return policyOf({
    tools: { tool: { resources: { endpoints } } },
    agents: {
      all: { when: HOLDS, tools: ["tool"], endpoints: [...nearly, "https://a.test/**"], at: AT },
    },
  });
}

describe("what is compared when a bundle is loaded", () => {
  verifies("worst.load", "ends in seconds: a bundle that asks for more is refused", async () => {
    const refused = prepareEvaluator(validatePolicy(policy(300, 900)));
    await expect(refused).rejects.toMatchObject({ code: "ERR_BUNDLE_POLICY" });
    await expect(prepareEvaluator(validatePolicy(policy(10, 10)))).resolves.toBeDefined();
  });
});
