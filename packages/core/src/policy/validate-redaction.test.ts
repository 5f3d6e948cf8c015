import { describe, expect } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import type { Policy } from "./ir.ts";
import { validatePolicy } from "./validate.ts";

/** So many rules that each hide a hundred paths of two names. */
function hiding(rules: number): Policy {
  const paths = Array.from({ length: 100 }, (_, index) => ["order", `field${index}`]);
  const redact = { paths, as: "mark" } as const;
  return policyOf({ rules: Array.from({ length: rules }, () => ({ action: "allow", redact })) });
}

describe("the paths that rules hide", () => {
  verifies("worst.redaction", "are ten thousand names together at most", () => {
    expect(() => validatePolicy(hiding(50))).not.toThrow();
    expect(() => validatePolicy(hiding(51))).toThrow(/rules: hide paths of more than 10000 names/);
  });
});
