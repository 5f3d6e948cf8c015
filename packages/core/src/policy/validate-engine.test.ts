import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { ENGINE } from "./ir.ts";
import { validatePolicy } from "./validate.ts";

const at = { file: "policy.yaml", line: 1 };

/** JSON as whoever can sign may write it. */
type Loose = { readonly [field: string]: unknown };

/** What a compiler wrote. */
function written(changes: Loose = {}): Loose {
  return {
    engine: ENGINE,
    id: "p",
    mode: "enforce",
    agents: null,
    tools: { t: tool() },
    facts: {},
    rules: [rule()],
    ...changes,
  };
}

function tool(changes: Loose = {}): Loose {
  return { operation: "read", reversible: true, default: "deny", at, ...changes };
}

function rule(changes: Loose = {}): Loose {
  return { name: "r", tools: ["t"], action: "deny", at, ...changes };
}

function refusal(value: unknown): string {
  try {
    validatePolicy(value);
  } catch (error) {
    if (isInterlatchError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("semantics of a policy", () => {
  verifies("language.engine", "are this run time's own, and no others", () => {
    expect(refusal(written())).toBe("accepted");
    expect(refusal(written({ engine: ENGINE - 1 }))).toBe(
      `ERR_BUNDLE_ENGINE policy.engine: has semantics ${ENGINE - 1}, which this run time with its ${ENGINE} does not run; build it again`,
    );
    expect(refusal(written({ engine: ENGINE + 1 }))).toBe(
      `ERR_BUNDLE_ENGINE policy.engine: needs semantics ${ENGINE + 1}; this run time has ${ENGINE}`,
    );
  });

  it.each([-1, 0.5, "0", null, NaN])("are a whole number: %j is refused", (engine) => {
    expect(refusal(written({ engine }))).toMatch(/^ERR_BUNDLE_POLICY policy\.engine/);
  });

  it("are looked at first: a later policy is refused as such, whatever else it holds", () => {
    expect(refusal(written({ engine: 9, later: true, rules: "none" }))).toMatch(
      /^ERR_BUNDLE_ENGINE/,
    );
  });

  it("say to build again where an old policy asks for a pattern, which was compiled at load", () => {
    const when = { kind: "matches", of: { kind: "literal", value: "a" }, pattern: "a" };
    expect(refusal(written({ rules: [rule({ when })] }))).toBe(
      'ERR_BUNDLE_POLICY policy.rules[0].when.pattern: the policy holds no program for the pattern "a"; build it again',
    );
  });
});
