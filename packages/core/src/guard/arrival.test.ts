import { beforeAll, describe, expect, it } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { BEGIN, guardOver, makeSigning, type Signing } from "../../../../test/signed.ts";
import { placeOf } from "../../../../test/status-stage.ts";
import { verifies } from "../../../../test/verifies.ts";
import type { BundleSource } from "../bundle/source.ts";
import { verifyAudit } from "../audit/verify.ts";
import type { GuardEvents } from "./events.ts";
import type { Guard } from "./guard.ts";

const DAY = 86_400_000;
const allows = policyOf({ id: "p", rules: [{ action: "allow" }] });
const denies = policyOf({ id: "p", rules: [{ action: "deny" }] });
let signing: Signing;
beforeAll(async () => {
  signing = await makeSigning();
});

const heard = <Name extends keyof GuardEvents>(guard: Guard, name: Name): GuardEvents[Name][] => {
  const events: GuardEvents[Name][] = [];
  guard.on(name, (event) => events.push(event));
  return events;
};
function codeOf(guard: Guard): string {
  const ticket = guard.for({ agent: { id: "a" }, session: "s" });
  return guard.decide({ ticket, id: "c1", tool: "tool", arguments: {} }).code;
}

describe("how bundles arrive", () => {
  verifies(
    "arrival.events",
    "is told: what takes over, is refused, ends soon, comes no more",
    async () => {
      let now = BEGIN;
      const place = {
        ...placeOf(await signing.bundle(allows), "server"),
        watch: () => () => undefined,
      };
      place.read = async () => {
        if (place.content instanceof Error) throw place.content;
        return new TextEncoder().encode(place.content);
      };
      const { guard } = await guardOver(place, signing.trust, { clock: () => now });
      const loaded = heard(guard, "bundle.loaded");
      const rejected = heard(guard, "bundle.rejected");
      const stale = heard(guard, "bundle.stale");
      const expiring = heard(guard, "bundle.expiring");

      const good = place.content;
      place.content = new Error("down");
      for (const _ of [1, 2]) await guard.reload().catch(() => undefined);
      expect(rejected).toHaveLength(2);
      // Once for each time that nothing comes, however often it is tried.
      expect(stale).toMatchObject([{ code: "ERR_BUNDLE_UNREACHABLE", bundle: { version: 1 } }]);
      place.content = good;
      await guard.reload();
      place.content = "{}";
      await guard.reload().catch(() => undefined);
      expect(stale).toMatchObject([{}, { code: "ERR_BUNDLE_FORMAT" }]);

      // Of seven days a fifth is left.
      now = BEGIN + 5.5 * DAY;
      codeOf(guard);
      expect(expiring).toEqual([]);
      now = BEGIN + 5.7 * DAY;
      for (const _ of [1, 2]) expect(codeOf(guard)).toBe("allowed");
      expect(expiring).toMatchObject([{ bundle: { version: 1 }, expires: "2026-01-08T00:00:00Z" }]);
      place.content = await signing.bundle(denies, { version: 2 });
      await guard.reload();
      expect(loaded.at(-1)).toMatchObject({
        bundle: { version: 2 },
        source: "server",
        mode: "enforce",
      });
      expect(guard.status()).toMatchObject({
        bundle: { version: 2, source: "server" },
        source: null,
      });
    },
  );

  it("is not told again of the very bytes that are in force, which are not verified again", async () => {
    const bytes = new TextEncoder().encode(await signing.bundle(allows));
    const source: BundleSource = {
      name: "server",
      read: () => Promise.resolve(bytes),
      watch: () => () => undefined,
    };
    const { guard } = await guardOver(source, signing.trust);
    const loaded = heard(guard, "bundle.loaded");
    await guard.reload();
    // Whoever changes them behind the guard's back changes nothing that was verified.
    bytes.fill(0);
    await guard.reload();
    expect(loaded).toEqual([]);
    expect(codeOf(guard)).toBe("allowed");
  });

  verifies(
    "arrival.reloads",
    "a thousand times under calls: none is dropped, nothing is left",
    async () => {
      const texts = await Promise.all(
        Array.from({ length: 1_000 }, (_, index) =>
          signing.bundle(index % 2 === 0 ? allows : denies, { version: index + 1 }),
        ),
      );
      const place = placeOf(texts[0] ?? "", "server");
      const { guard, audit } = await guardOver(place, signing.trust);
      const ticket = guard.for({ agent: { id: "a" }, session: "s" });
      const before: WeakRef<object>[] = [];
      const calls: Promise<unknown>[] = [];
      for (const [index, text] of texts.entries()) {
        place.content = text;
        const reloading = guard.reload();
        for (const part of ["a", "b"]) {
          const call = { ticket, id: `${index}${part}`, tool: "tool", arguments: { index } };
          calls.push(
            Promise.resolve(guard.run(call, async () => "ran", { denied: () => "denied" })),
          );
        }
        await reloading;
        const { bundle } = guard.status();
        if (bundle !== null) before.push(new WeakRef(bundle));
      }
      const answers = await Promise.all(calls);
      await guard.flush();
      expect(answers).toHaveLength(2_000);
      expect(new Set(answers)).toEqual(new Set(["ran", "denied"]));
      const decided = audit.records.filter((record) => record.type === "call");
      expect(decided).toHaveLength(2_000);
      expect(verifyAudit(audit.lines())).toMatchObject({ fault: null });
      for (const [index, { bundle, effect }] of decided.entries()) {
        // Each on the bundle that its record names, and as that one says.
        expect(effect, String(index)).toBe((bundle?.version ?? 0) % 2 === 1 ? "allow" : "deny");
      }
      expect(guard.status()).toMatchObject({ openCalls: 0, bundle: { version: 1_000 } });
      await collected();
      const left = before.filter((each) => each.deref() !== undefined);
      expect(left.length).toBeLessThan(20);
    },
  );
});

/** Lets the collector run, where the process allows it to be asked, and everything settled before it. */
async function collected(): Promise<void> {
  const { setFlagsFromString } = await import("node:v8");
  const { runInNewContext } = await import("node:vm");
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // what the flag has put there
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
}
