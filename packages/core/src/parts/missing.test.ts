import { describe, expect, vi } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { guardOver, makeSigning } from "../../../../test/signed.ts";
import { verifies } from "../../../../test/verifies.ts";
import { POLICIES_USING } from "../../test/parts-policies.ts";
import { prepareEvaluator, prepareOutputs } from "../guard/bundles.ts";
import type { Guard } from "../guard/guard.ts";
import { NO_PARTS, type PartName } from "./parts.ts";

const PART_MODULES = [
  "../evaluate/pattern/part.ts",
  "../evaluate/operations.ts",
  "../evaluate/functions/part.ts",
  "../evaluate/schema/part.ts",
  "../evaluate/schema/format/part.ts",
  "../scopes/part.ts",
  "../redact/part.ts",
  "../guard/facts.ts",
  "../fallback/value.ts",
  "../fallback/hop.ts",
];
for (const path of PART_MODULES) {
  vi.doMock(path, () => {
    throw new Error("the file is not there");
  });
}

const needy = POLICIES_USING.filter(({ parts }) => parts.length > 0);
const frugal = POLICIES_USING.filter(({ parts }) => parts.length === 0);

function effectOf(guard: Guard): string {
  const ticket = guard.for({ agent: { id: "a" }, session: "s" });
  return guard.decide({ ticket, id: "c1", tool: "tool", arguments: { x: "a" } }).effect;
}

describe("a part of the run time that cannot be loaded", () => {
  verifies("parts.lost", "refuses every policy that uses it, and no other", async () => {
    const refused = new Set<PartName>();
    for (const { what, policy, parts } of needy) {
      const error = { code: "ERR_BUNDLE_ENGINE" };
      await expect(prepareEvaluator(policy), what).rejects.toMatchObject(error);
      await expect(prepareOutputs(policy), what).rejects.toMatchObject(error);
      for (const name of parts) refused.add(name);
    }
    expect(refused.size).toBe(Object.keys(NO_PARTS).length);
    for (const { policy } of frugal) expect((await prepareEvaluator(policy)).policy).toBe(policy);
  });

  verifies("parts.start", "stops a guard from starting", async () => {
    const { bundle, trust } = await makeSigning();
    for (const { what, policy } of needy) {
      await expect(guardOver(await bundle(policy), trust), what).rejects.toMatchObject({
        code: "ERR_BUNDLE_ENGINE",
      });
    }
    const plain = await bundle(policyOf({ rules: [{ action: "allow" }] }));
    await expect(
      guardOver(plain, trust, { redactionKey: new Uint8Array(32) }),
    ).rejects.toMatchObject({ code: "ERR_BUNDLE_ENGINE" });
  });

  verifies("parts.reload", "leaves the bundle in force that was there before", async () => {
    const { bundle, trust } = await makeSigning();
    const state = { text: await bundle(policyOf({ rules: [{ action: "allow" }] })), version: 1 };
    const changed: (() => void)[] = [];
    const source = {
      name: "memory",
      read: async () => new TextEncoder().encode(state.text),
      watch: (tell: () => void) => {
        changed.push(tell);
        return () => undefined;
      },
    };
    const { guard } = await guardOver(source, trust);
    for (const { what, policy } of needy) {
      const rejected = new Promise<unknown>((resolve) => guard.on("bundle.rejected", resolve));
      state.text = await bundle(policy, { version: 2 });
      changed.forEach((tell) => tell());
      expect(await rejected, what).toMatchObject({ code: "ERR_BUNDLE_ENGINE" });
      expect(effectOf(guard), what).toBe("allow");
    }
    // What was refused has not moved the rollback state on: the version is still to be had.
    const loaded = new Promise<unknown>((resolve) => guard.on("bundle.loaded", resolve));
    state.text = await bundle(policyOf({ rules: [{ action: "deny" }] }), { version: 2 });
    changed.forEach((tell) => tell());
    await loaded;
    expect(effectOf(guard)).toBe("deny");
  });
});
