import { CLOCK_SKEW_MS } from "../bundle/instant.ts";
import { describe, expect, it } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { BEGIN, guardOver, instant, makeSigning } from "../../../../test/signed.ts";
import { verifies } from "../../../../test/verifies.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { isDenial } from "../fallback/denial.ts";
import { testGuard } from "../testing/index.ts";
import type { Guard } from "./guard.ts";

const allows = policyOf({ id: "p", rules: [{ action: "allow" }] });
const denies = policyOf({ id: "p", rules: [{ action: "deny" }] });
const signing = makeSigning();

function codeOf(guard: Guard): string {
  const ticket = guard.for({ agent: { id: "a" }, session: crypto.randomUUID() });
  const result = guard.run({ ticket, id: "c1", tool: "tool", arguments: {} }, () => "ran");
  if (isDenial(result)) return result.decision.code;
  return typeof result === "string" ? result : "waits";
}

describe("the policy in force", () => {
  verifies(
    "core.run.reload",
    "changes for the calls that come after, not for the one under way",
    async () => {
      const guard = await testGuard(allows);
      const call = { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: {} };
      const version = await guard.run(call, async (_, { decision }) => {
        await guard.use(denies);
        return decision.bundle?.version;
      });
      expect(version).toBe(1);
      expect(codeOf(guard)).toBe("rule_denied");
      expect(guard.decisions.map(({ decision }) => decision.bundle?.version)).toEqual([1, 2]);
    },
  );

  verifies(
    "core.run.reload",
    "stays when a new bundle is bad, and the reason is told",
    async () => {
      const { bundle, trust } = await signing;
      const [first, older, second] = [
        await bundle(allows, { version: 5 }),
        await bundle(denies, { version: 4 }),
        await bundle(denies, { version: 6 }),
      ];
      const stranger = await makeSigning();
      const bad: readonly (readonly [string, string])[] = [
        ["", "ERR_BUNDLE_FORMAT"],
        [older, "ERR_BUNDLE_ROLLBACK"],
        [await stranger.bundle(denies, { version: 6 }), "ERR_BUNDLE_SIGNATURE"],
        [await bundle(denies, { version: 6, audience: ["other"] }), "ERR_BUNDLE_AUDIENCE"],
      ];
      let text = first;
      const source = { name: "memory", read: async () => new TextEncoder().encode(text) };
      const { guard } = await guardOver(source, trust);
      const rejected: string[] = [];
      guard.on("bundle.rejected", ({ code }) => rejected.push(code));
      for (const [envelope, code] of bad) {
        text = envelope;
        const failure: unknown = await guard.reload().catch((error: unknown) => error);
        expect(isInterlatchError(failure) && failure.code).toBe(code);
        expect(codeOf(guard)).toBe("ran");
        expect(guard.status()).toMatchObject({
          state: "ready",
          bundle: { version: 5 },
          lastError: { code },
        });
      }
      expect(rejected).toEqual(bad.map(([, code]) => code));
      text = second;
      await guard.reload();
      expect(codeOf(guard)).toBe("rule_denied");
      expect(guard.status()).toMatchObject({ bundle: { version: 6 }, lastError: null });
    },
  );

  verifies(
    "core.run.reload",
    "is one at a time: a thousand calls under way finish on one digest each",
    async () => {
      const guard = await testGuard(allows);
      const all = Array.from({ length: 1_000 }, async (_, n) => {
        const ticket = guard.ticket();
        const before = guard.decide({ ticket, id: `c${n}`, tool: "tool", arguments: {} });
        if (n === 500)
          await guard.use(policyOf({ id: "p", rules: [{ action: "allow", name: "other" }] }));
        const after = await guard.run(
          { ticket, id: `c${n}`, tool: "tool", arguments: {} },
          async (_args, { decision }) => {
            const digest = decision.bundle?.digest;
            await Promise.resolve();
            return digest === decision.bundle?.digest && decision.rule !== null;
          },
        );
        return before.bundle !== null && after === true;
      });
      expect(await Promise.all(all)).toEqual(Array(1_000).fill(true));
      const digests = new Set(guard.decisions.map(({ decision }) => decision.bundle?.digest));
      expect(digests.size).toBe(2);
    },
  );

  verifies(
    "core.run.expiry",
    "ends at its last instant, and begins at its first, less the skew of clocks",
    async () => {
      const { bundle, trust } = await signing;
      let now = BEGIN + 1_000;
      const envelope = await bundle(allows, { expires: instant(BEGIN + 60_000) });
      const { guard } = await guardOver(envelope, trust, { clock: () => now });
      expect(codeOf(guard)).toBe("ran");
      now = BEGIN + 59_999;
      expect(codeOf(guard)).toBe("ran");
      now = BEGIN + 60_000;
      expect(codeOf(guard)).toBe("bundle_expired");
      now = BEGIN - CLOCK_SKEW_MS - 1;
      expect(codeOf(guard)).toBe("bundle_not_yet_valid");
    },
  );

  verifies(
    "core.run.no-bundle",
    "may be missing: every call is denied until one arrives",
    async () => {
      const { bundle, trust } = await signing;
      const envelope = new TextEncoder().encode(await bundle(allows));
      let reachable = false;
      let reads = 0;
      const source = {
        name: "far",
        read: () => {
          reads++;
          return reachable ? Promise.resolve(envelope) : Promise.reject(new Error("no route"));
        },
      };
      let now = BEGIN + 1_000;
      const { guard } = await guardOver(source, trust, { clock: () => now });
      expect(guard.status()).toMatchObject({
        state: "no_bundle",
        lastError: { code: "ERR_BUNDLE_UNREACHABLE" },
      });
      expect(codeOf(guard)).toBe("no_bundle");
      const before = reads;
      for (let n = 0; n < 50; n++) codeOf(guard);
      // The first of them asked again; the others came within the same second.
      expect(reads).toBe(before);
      reachable = true;
      await new Promise((done) => setImmediate(done));
      now += 5_000;
      expect(codeOf(guard)).toBe("no_bundle");
      while (guard.status().state !== "ready") await new Promise((done) => setImmediate(done));
      expect(codeOf(guard)).toBe("ran");
    },
  );

  it("must be valid at the start, or there is no guard", async () => {
    const { bundle, trust } = await signing;
    const expired = await bundle(allows, { expires: instant(BEGIN + 1_000) });
    await expect(guardOver(expired, trust)).rejects.toMatchObject({ code: "ERR_BUNDLE_EXPIRED" });
    await expect(guardOver("", trust)).rejects.toMatchObject({ code: "ERR_BUNDLE_FORMAT" });
    const otherPin = { ...trust, digest: `sha256:${"0".repeat(64)}` };
    await expect(guardOver(await bundle(allows), otherPin)).rejects.toMatchObject({
      code: "ERR_TRUST_ROOT_DIGEST",
    });
  });
});

describe("a closed guard", () => {
  verifies("core.run.closed", "denies whatever comes", async () => {
    const guard = await testGuard(allows);
    expect(codeOf(guard)).toBe("ran");
    await guard.close();
    expect(codeOf(guard)).toBe("no_bundle");
    expect(guard.status().state).toBe("closed");
    const call = { ticket: guard.ticket(), id: "c", tool: "tool", arguments: {} };
    expect(guard.decide(call).code).toBe("no_bundle");
    expect(guard.open([call])[0]?.denial?.decision.code).toBe("no_bundle");
    expect(guard.visibleTools(guard.ticket(), [{ name: "tool" }])).toEqual([]);
    await guard.close();
  });

  it("is what `await using` leaves behind", async () => {
    let kept: Guard | undefined;
    {
      await using guard = await testGuard(allows);
      kept = guard;
    }
    expect(codeOf(kept)).toBe("no_bundle");
  });
});
