import fc from "fast-check";
import { describe, expect } from "vitest";
import { instant, BEGIN, makeSigning } from "../../../../test/signed.ts";
import { HOUR, named, openPolicy, stage } from "../../../../test/status-stage.ts";
import { verifies } from "../../../../test/verifies.ts";
import type { KillSwitch } from "./document.ts";

const signing = await makeSigning();
const current = await signing.bundle(openPolicy());
const later = await signing.bundle(openPolicy(), { version: 2 });

const TOOLS = ["look", "pay", "pay.later", "unknown", "constructor"] as const;
const AGENTS = ["clerk", "other", "toString"] as const;
const some = (names: readonly string[]) =>
  fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 });

const kills: fc.Arbitrary<KillSwitch> = fc.record(
  {
    all: fc.constant(true as const),
    tools: some([...TOOLS, "*", "pay*", "*o*", "p*.l*"]),
    agents: some(AGENTS),
    tenants: some(["acme", "constructor"]),
    sessions: some(["s1", "s2"]),
    reason: fc.string({ maxLength: 20 }),
  },
  { requiredKeys: [] },
);

const OTHER_CONTENT = { version: 1, digest: "0".repeat(64) };

/** Mostly what lets calls through, so that what stops one is seen alone. */
function often<Usual, Rare>(usual: Usual, rare: fc.Arbitrary<Rare>): fc.Arbitrary<Usual | Rare> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight: 4 }, { arbitrary: rare, weight: 1 });
}

const statuses = fc.record({
  kill: often({}, kills),
  shop: often(named(current), fc.constantFrom(null, named(later), OTHER_CONTENT)),
  minVersion: often(null, fc.integer({ min: 1, max: 3 })),
  revoked: often([], fc.subarray([named(current).digest, named(later).digest])),
  life: fc.integer({ min: 1, max: 3 * HOUR }),
  at: often(0, fc.integer({ min: -2 * HOUR, max: 8 * HOUR })),
  staleMode: fc.constantFrom("reads" as const, "deny" as const),
});

const calls = fc.record({
  tool: fc.constantFrom(...TOOLS),
  agent: fc.record({ id: fc.constantFrom(...AGENTS) }),
  tenant: fc.option(fc.constantFrom("acme", "constructor"), { nil: undefined }),
  session: fc.constantFrom("s1", "s2"),
});

describe("a status", () => {
  verifies(
    "status.restricts",
    "allows nothing that is denied without it, whatever it says",
    async () => {
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(
          statuses,
          fc.array(calls, { minLength: 1, maxLength: 6 }),
          async (is, made) => {
            const issued = BEGIN + HOUR - (is.life >> 1);
            const { minVersion, shop, revoked, kill, staleMode } = is;
            const entry =
              shop === null ? null : { ...shop, ...(minVersion === null ? {} : { minVersion }) };
            const first = {
              issued: instant(issued),
              expires: instant(Math.max(issued + 1_000, issued + is.life)),
              streams: entry === null ? {} : { shop: entry },
              revoked: { bundles: revoked },
              kill,
            };
            const by = await stage(signing, { bundle: current, first, use: { staleMode } });
            const without = await stage(signing, { bundle: current, use: null });
            for (const { clock } of [by, without]) clock.advance(is.at);
            for (const { tool, agent, tenant, session } of made) {
              const identity = { agent, session, ...(tenant === undefined ? {} : { tenant }) };
              const decided = by.ask(tool, identity);
              seen.add(decided.code);
              if (decided.effect === "deny") continue;
              expect(without.ask(tool, identity)).toEqual(decided);
            }
            await Promise.all([by.guard.close(), without.guard.close()]);
          },
        ),
        { numRuns: 150 },
      );
      // It was really asked: some calls went through, and each way of stopping one was seen.
      expect([...seen]).toEqual(
        expect.arrayContaining(["allowed", "killed", "no_bundle", "status_stale"]),
      );
    },
  );
});
