import { describe, expect, it } from "vitest";
import { HOLDS, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { canonicalHost } from "../evaluate/functions/host-name.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { prepareEvaluator } from "../guard/bundles.ts";
import type { AgentProfile, Policy, Resources } from "../policy/ir.ts";
import { validatePolicy } from "../policy/validate.ts";

const AT = { file: "policy.yaml", line: 1 } as const;

/** A policy of many profiles, all of which hold all tools, and of tools that all touch the same. */
function policy(
  tools: number,
  resources: Resources,
  profiles: number,
  listed: (index: number) => Partial<AgentProfile>,
): Policy {
  const names = Array.from({ length: tools }, (_, index) => `tool${index}`);
  const agents = Array.from({ length: profiles }, (_, index): [string, AgentProfile] => [
    `agent${index}`,
    { when: HOLDS, tools: names, at: AT, ...listed(index) },
  ]);
  return policyOf({
    agents: Object.fromEntries(agents),
    tools: Object.fromEntries(names.map((name) => [name, { resources }])),
  });
}

/** Loads it; the code where it was refused, else `null`. */
async function load(given: Policy): Promise<string | null> {
  try {
    await prepareEvaluator(validatePolicy(given));
    return null;
  } catch (error) {
    if (!isInterlatchError(error)) throw error;
    return error.code;
  }
}

/** Not ASCII, and no two the same: each must be encoded anew. */
function han(length: number, seed: number): string {
  const points = Array.from(
    { length },
    (_, index) => 0x4e00 + ((seed * 977 + index * 7919) % 20_000),
  );
  return String.fromCodePoint(...points);
}

describe("a bundle that would take long to load", () => {
  verifies("scope.24", "is refused for long URLs under many globs", async () => {
    const url = { kind: "literal", value: `https://a.test/${"x".repeat(8_000)}` } as const;
    const code = await load(
      policy(1, { endpoints: [url] }, 900, (index) => ({
        endpoints: [`https://a.test/${"**x".repeat(160)}${index}`],
      })),
    );
    expect(code).toBe("ERR_BUNDLE_POLICY");
  });

  verifies("scope.24", "is refused for names that no host can have", async () => {
    const entries = Array.from({ length: 900 }, (_, index) => han(240, index));
    const code = await load(policy(1, {}, 1, () => ({ network: entries })));
    expect(code).toBe("ERR_BUNDLE_POLICY");
  });

  it("loads where it is ordinary: a hundred tools, a hundred profiles, ten entries each", async () => {
    const urls = Array.from({ length: 10 }, (_, index) => `https://api${index}.acme.test/**`);
    const touched = { kind: "literal", value: "https://api9.acme.test/orders" } as const;
    const code = await load(
      policy(100, { endpoints: [touched, touched] }, 100, () => ({ endpoints: urls })),
    );
    expect(code).toBeNull();
  });
});

describe("a host name outside of ASCII", () => {
  it("has at most 63 characters a label, and 255 encoded", () => {
    expect(canonicalHost("bücher.test")).toBe("xn--bcher-kva.test");
    expect(canonicalHost(`${han(40, 1)}.test`)).toMatch(/^xn--.*\.test$/);
    expect(canonicalHost(`${"ü".repeat(64)}.test`)).toBeNull();
    expect(canonicalHost(`${"ü".repeat(64)}。test`)).toBeNull();
    // Within the bound as written, beyond it once encoded.
    expect(canonicalHost([han(62, 1), han(62, 2), han(62, 3)].join("."))).toBeNull();
  });
});
