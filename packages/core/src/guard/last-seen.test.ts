import { describe, expect, it } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { BEGIN, guardOver, makeSigning } from "../../../../test/signed.ts";
import { verifies } from "../../../../test/verifies.ts";
import { memoryRollback } from "../bundle/memory-rollback.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import type { GuardEvents } from "./events.ts";
import type { Guard } from "./guard.ts";

const MINUTE = 60_000;
const signing = makeSigning();
const policy = policyOf({
  tools: {
    look: { operation: "read" },
    refund: { operation: "write" },
    pay: { operation: "egress" },
  },
  rules: [{ action: "allow" }],
});

function codes(guard: Guard): readonly string[] {
  const ticket = guard.for({ agent: { id: "a" }, session: "s" });
  return ["look", "refund", "pay"].map(
    (tool) => guard.decide({ ticket, id: tool, tool, arguments: {} }).code,
  );
}

/** A guard whose clock can be set. */
async function guardWith(rollback: RollbackStore) {
  const { bundle, trust } = await signing;
  const time = { now: BEGIN + 60 * MINUTE };
  const text = await bundle(policy);
  const start = () => guardOver(text, trust, { rollback, clock: () => time.now });
  return { time, start };
}

describe("a clock that was set back", () => {
  const allowed = "allowed";
  const behind = "bundle_not_yet_valid";

  verifies("stores.clock", "denies the tools that write, until it is right again", async () => {
    const { time, start } = await guardWith(memoryRollback());
    const { guard } = await start();
    const events: GuardEvents["clock.behind"][] = [];
    guard.on("clock.behind", (event) => events.push(event));
    const began = time.now;
    time.now = began - 5 * MINUTE;
    expect(codes(guard)).toEqual([allowed, allowed, allowed]);
    time.now -= 1;
    expect(codes(guard)).toEqual([allowed, behind, behind]);
    await guard.reload();
    expect(events).toEqual([{ now: time.now, lastSeen: began }]);
    expect(codes(guard)).toEqual([allowed, behind, behind]);
    time.now = began;
    expect(codes(guard)).toEqual([allowed, allowed, allowed]);
  });

  verifies(
    "stores.clock",
    "denies them after a restart as well, and an approval does not help",
    async () => {
      const rollback = memoryRollback();
      const { time, start } = await guardWith(rollback);
      await start();
      time.now -= 6 * MINUTE;
      const { guard } = await start();
      expect(codes(guard)).toEqual([allowed, behind, behind]);
      const ticket = guard.for({ agent: { id: "a" }, session: "s" });
      const denial = await guard.run(
        { ticket, id: "c", tool: "refund", arguments: {} },
        () => "ran",
      );
      expect(denial).toMatchObject({
        decision: { code: behind, reason: expect.stringContaining("the clock was set back") },
      });
    },
  );

  verifies(
    "stores.clock",
    "is noticed by whoever looks for a bundle and finds the same one",
    async () => {
      const rollback = memoryRollback();
      const { bundle, trust } = await signing;
      const bytes = new TextEncoder().encode(await bundle(policy));
      const time = { now: BEGIN + 60 * MINUTE };
      const source = { name: "same", read: async () => bytes };
      const { guard } = await guardOver(source, trust, { rollback, clock: () => time.now });
      time.now += 60 * MINUTE;
      await guard.reload();
      expect(await rollback.seen?.(0)).toBe(time.now);
      time.now -= 6 * MINUTE;
      expect(codes(guard)).toEqual([allowed, behind, behind]);
      await guard.reload();
      expect(codes(guard)).toEqual([allowed, behind, behind]);
    },
  );

  it("is not believed where it runs ahead of every bundle: what it said then stops nobody later", async () => {
    const { time, start } = await guardWith(memoryRollback());
    const { guard } = await start();
    const right = time.now;
    time.now += 8 * 24 * 60 * MINUTE;
    await expect(guard.reload()).rejects.toMatchObject({ code: "ERR_BUNDLE_EXPIRED" });
    time.now = right;
    await guard.reload();
    expect(codes(guard)).toEqual([allowed, allowed, allowed]);
  });

  it("denies them where the store answers nonsense, and is believed after a load where it keeps no time", async () => {
    const { seen: _, ...forgetful } = memoryRollback();
    const without = await guardWith(forgetful);
    const { guard: unaware } = await without.start();
    without.time.now -= 6 * MINUTE;
    expect(codes(unaware)).toEqual([allowed, behind, behind]);
    await unaware.reload();
    expect(codes(unaware)).toEqual([allowed, allowed, allowed]);
    for (const answer of [Number.NaN, undefined, null, "soon", BEGIN] as unknown as number[]) {
      const { start } = await guardWith({ ...forgetful, seen: () => Promise.resolve(answer) });
      expect(codes((await start()).guard)).toEqual([allowed, behind, behind]);
    }
  });
});
