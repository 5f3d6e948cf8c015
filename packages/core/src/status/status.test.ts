import { afterEach, describe, expect, it, vi } from "vitest";
import { instant, BEGIN, makeSigning } from "../../../../test/signed.ts";
import {
  HOUR,
  named,
  openPolicy,
  placeOf,
  stage,
  type Stage,
} from "../../../../test/status-stage.ts";
import { verifies } from "../../../../test/verifies.ts";
import { memoryRollback } from "../bundle/memory-rollback.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import type { KillSwitch } from "./document.ts";

const signing = await makeSigning();
const second = await signing.bundle(openPolicy(), { version: 2 });
const third = await signing.bundle(openPolicy(), { version: 3 });

/** A tool, and what is special about who calls it. */
type Asked = Parameters<Stage["ask"]>;

afterEach(() => {
  vi.useRealTimers();
});

describe("the kill switch", () => {
  verifies(
    "status.kill",
    "stops what it names and nothing else, and is lifted by a later status",
    async () => {
      const { publish, ask } = await stage(signing);
      expect(ask()).toMatchObject({ effect: "allow" });
      const acme = { tenant: "acme" };
      const sub = { agent: { id: "sub" }, delegation: [{ id: "clerk" }] };
      const cases: readonly (readonly [KillSwitch, readonly Asked[], readonly Asked[]])[] = [
        [{ all: true }, [["pay"], ["look"]], []],
        [{ tools: ["pay"] }, [["pay"]], [["pay.later"], ["look"]]],
        [{ tools: ["pay*"] }, [["pay"], ["pay.later"]], [["look"]]],
        [{ tools: ["*.later"] }, [["pay.later"]], [["pay"]]],
        [{ agents: ["clerk"] }, [["pay"], ["pay", sub]], [["pay", { agent: { id: "other" } }]]],
        [{ tenants: ["acme"] }, [["pay", acme]], [["pay"], ["pay", { tenant: "other" }]]],
        [{ sessions: ["s1"] }, [["pay"], ["pay", acme]], [["pay", { session: "s2" }]]],
      ];
      let version = 1;
      for (const [kill, stopped, goesOn] of cases) {
        await publish({ version: ++version, kill: { ...kill, reason: "drill" } });
        for (const call of stopped) {
          const decision = ask(...call);
          expect(decision, JSON.stringify([kill, call])).toMatchObject({
            effect: "deny",
            code: "killed",
          });
          expect(decision.reason).toMatch(/^the kill switch is on: .*: drill$/);
        }
        for (const call of goesOn)
          expect(ask(...call).effect, JSON.stringify([kill, call])).toBe("allow");
      }
      await publish({ version: ++version });
      expect(ask()).toMatchObject({ effect: "allow" });
    },
  );

  it("holds for a policy in shadow, which lets everything else run", async () => {
    const policy = openPolicy();
    const bundle = await signing.bundle({ ...policy, mode: "shadow", rules: [] });
    const { ask, publish } = await stage(signing, { bundle, more: { allowShadow: true } });
    expect(ask().effect).toBe("allow");
    await publish({ version: 2, kill: { all: true } });
    expect(ask()).toMatchObject({ effect: "deny", code: "killed" });
  });

  verifies("status.kill.poll", "reaches a guard that nobody calls within one poll", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { put, ask, next, status } = await stage(signing, { use: { pollSeconds: 60 } });
    await put({ version: 2, kill: { all: true } });
    const killed = next("killed");
    vi.advanceTimersByTime(66_000);
    expect(await killed).toEqual({ version: 2, what: ["everything"], reason: null });
    expect(ask()).toMatchObject({ code: "killed" });
    expect(status.reads).toBe(2);
  });

  verifies("status.kill.push", "reaches a guard at once when it is told to look", async () => {
    const { put, ask, guard, status, audit } = await stage(signing);
    await put({ version: 2, kill: { tools: ["pay"] } });
    await Promise.all(Array.from({ length: 100 }, () => guard.refresh()));
    expect(ask()).toMatchObject({ code: "killed" });
    // The one at the start, the one that began, and one for all that came meanwhile.
    expect(status.reads).toBe(3);
    const ticket = guard.for({ agent: { id: "clerk" }, session: "s1" });
    let ran = false;
    const call = { ticket, id: "c2", tool: "pay", arguments: {} };
    await guard.run(call, () => (ran = true));
    expect(ran).toBe(false);
    expect(JSON.stringify(audit.records)).toContain('"killed"');
  });

  verifies("status.kill.review", "stops a call that people have approved", async () => {
    const policy = openPolicy();
    const review = { by: ["reviewer"], quorum: 1, expiresMs: HOUR };
    const rules = policy.rules.map((rule) => ({ ...rule, action: "review" as const, review }));
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const { guard, publish, ask } = await stage(signing, {
      bundle: await signing.bundle({ ...policy, rules }),
      more: {
        onReview: async () => {
          await asked;
          return { reviewer: "rita", answer: "approve" };
        },
      },
    });
    expect(ask().effect).toBe("review");
    const ticket = guard.for({ agent: { id: "clerk" }, session: "s1" });
    let ran = false;
    const requested = new Promise((resolve) => guard.on("approval.requested", resolve));
    const result = guard.run({ ticket, id: "c1", tool: "pay", arguments: {} }, () => (ran = true));
    await requested;
    await publish({ version: 2, kill: { agents: ["clerk"] } });
    answer();
    expect(await result).toMatchObject({ decision: { code: "killed" } });
    expect(ran).toBe(false);
  });
});

describe("a status that ends", () => {
  verifies("status.stale.reads", "lets reads go on for as long again, then nothing", async () => {
    const { ask, clock, next, publish, guard } = await stage(signing);
    clock.advance(HOUR - 1);
    expect(ask("pay").effect).toBe("allow");
    clock.advance(1);
    const told = next("status.stale");
    expect(ask("pay")).toMatchObject({ effect: "deny", code: "status_stale" });
    expect(await told).toMatchObject({ version: 1 });
    expect(guard.status().statusDocument).toMatchObject({ isStale: true });
    expect(ask("look").effect).toBe("allow");
    expect(ask("no_such_tool")).toMatchObject({ code: "status_stale" });
    clock.advance(2 * HOUR - 1);
    expect(ask("look").effect).toBe("allow");
    clock.advance(1);
    expect(ask("look")).toMatchObject({ code: "status_stale" });
    const [issued, expires] = [instant(clock.now()), instant(clock.now() + HOUR)];
    await publish({ version: 2, issued, expires });
    expect(ask("pay").effect).toBe("allow");
  });

  verifies("status.stale.deny", "lets nothing through where the host wants that", async () => {
    const { ask, clock } = await stage(signing, { use: { staleMode: "deny" } });
    clock.advance(HOUR);
    expect(ask("look")).toMatchObject({ code: "status_stale" });
  });

  verifies("status.clock", "does not live again by a clock that is set back", async () => {
    const { ask, clock } = await stage(signing, { use: { staleMode: "deny" } });
    clock.advance(HOUR);
    expect(ask().code).toBe("status_stale");
    clock.advance(-HOUR);
    expect(ask().code).toBe("status_stale");
    const before = await stage(signing);
    before.clock.advance(-HOUR - 60_001);
    expect(before.ask("look")).toMatchObject({ effect: "deny" });
  });
});

describe("a guard without a status", () => {
  verifies("status.none", "denies every call until one comes, and asks for it", async () => {
    const { ask, put, next, guard, clock } = await stage(signing, { first: null });
    expect(guard.status()).toMatchObject({
      statusDocument: null,
      lastStatusError: { code: "ERR_BUNDLE_UNREACHABLE" },
    });
    await put();
    const loaded = next("status.loaded");
    expect(ask("look")).toMatchObject({ effect: "deny", code: "status_stale" });
    expect(await loaded).toMatchObject({ version: 1, source: "status" });
    expect(ask().effect).toBe("allow");
    expect(guard.status()).toMatchObject({
      statusDocument: { version: 1, isStale: false, kills: [] },
    });
    await guard.close();
    clock.advance(HOUR);
  });

  it("does not start with one that is not valid, nor with options that are none", async () => {
    await expect(stage(signing, { first: { audience: ["other"] } })).rejects.toMatchObject({
      code: "ERR_STATUS_AUDIENCE",
    });
    for (const use of [
      { pollSeconds: 0 },
      { pollSeconds: NaN },
      { staleMode: "never" as "deny" },
    ]) {
      await expect(stage(signing, { use })).rejects.toMatchObject({ code: "ERR_OPTIONS" });
    }
  });
});

describe("the bundle that a status names", () => {
  verifies("status.current", "alone may take over", async () => {
    const { bundle, guard, publish, ask, next, clock } = await stage(signing);
    bundle.content = second;
    await expect(guard.reload()).rejects.toMatchObject({ code: "ERR_BUNDLE_NOT_CURRENT" });
    expect(ask()).toMatchObject({ effect: "allow", bundle: { version: 1 } });
    const loaded = next("bundle.loaded");
    await publish({ version: 2 });
    expect(await loaded).toMatchObject({ bundle: { version: 2 } });
    expect(ask()).toMatchObject({ effect: "allow", bundle: { version: 2 } });
    expect(clock.now()).toBe(BEGIN + HOUR);
  });

  verifies(
    "status.freeze",
    "must arrive before the status ends, or the one in force stops",
    async () => {
      const { publish, ask, clock, bundle, guard } = await stage(signing);
      const later = { shop: named(second) };
      // A host whose bundles are held back keeps its bundle for now,
      await publish({ version: 2, streams: later }).catch(() => undefined);
      expect(ask()).toMatchObject({ effect: "allow", bundle: { version: 1 } });
      // and statuses that go on arriving do not give it more time.
      clock.advance(HOUR - 1);
      const [issued, expires] = [instant(clock.now()), instant(clock.now() + 2 * HOUR)];
      await publish({ version: 3, issued, expires, streams: later }).catch(() => undefined);
      expect(ask().effect).toBe("allow");
      clock.advance(1);
      expect(ask()).toMatchObject({ code: "status_stale" });
      expect(ask().reason).toContain("a later bundle, which has not come in time");
      expect(ask("look").effect).toBe("allow");
      bundle.content = second;
      await guard.refresh();
      expect(ask()).toMatchObject({ effect: "allow", bundle: { version: 2 } });
    },
  );

  verifies(
    "status.revoked",
    "is refused, and stopped where it is in force, when it is revoked",
    async () => {
      const revoked = async (is: object): Promise<string> => {
        const made = await stage(signing);
        await made.publish({ version: 2, ...is }).catch(() => undefined);
        const { code, reason } = made.ask("look");
        expect(code).toBe("bundle_revoked");
        await expect(made.guard.reload()).rejects.toMatchObject({ code: "ERR_BUNDLE_REVOKED" });
        return reason;
      };
      const first = named(await signing.bundle(openPolicy()));
      expect(await revoked({ revoked: { bundles: [first.digest] } })).toContain(
        "version 1 is revoked",
      );
      const below = { shop: { ...named(third), minVersion: 2 } };
      expect(await revoked({ streams: below })).toContain("below version 2");
      expect(await revoked({ streams: {} })).toContain("does not list the stream shop");
      expect(
        await revoked({ streams: { shop: { version: 1, digest: "0".repeat(64) } } }),
      ).toContain("not the content");
    },
  );

  it("starts a guard that has none yet, and takes over when it comes", async () => {
    const { ask, bundle, guard } = await stage(signing, {
      first: { streams: { shop: named(second) } },
    });
    expect(ask()).toMatchObject({ effect: "deny", code: "no_bundle" });
    bundle.content = second;
    await guard.refresh();
    expect(ask().effect).toBe("allow");
  });
});

describe("a status that is refused", () => {
  verifies("status.kept", "leaves the one in use, and the event says why", async () => {
    const { status, publish, next, ask, guard, put } = await stage(signing);
    await publish({ version: 5, kill: { tools: ["look"] } });
    const bad = [
      [() => put({ version: 4 }), "ERR_STATUS_ROLLBACK"],
      [() => put({ version: 5 }), "ERR_STATUS_ROLLBACK"],
      [() => put({ version: 6, audience: ["other"] }), "ERR_STATUS_AUDIENCE"],
      [() => put({ version: 6, expires: instant(BEGIN + HOUR / 2) }), "ERR_STATUS_EXPIRED"],
      [() => put({ version: 6, issued: instant(BEGIN + 1.5 * HOUR) }), "ERR_STATUS_DATES"],
      [async () => void (status.content = await signing.bundle(openPolicy())), "ERR_BUNDLE_TYPE"],
      [async () => void (status.content = "{"), "ERR_BUNDLE_FORMAT"],
      [async () => void (status.content = new Error("503")), "ERR_BUNDLE_UNREACHABLE"],
    ] as const;
    for (const [prepare, code] of bad) {
      await prepare();
      const rejected = next("status.rejected");
      await expect(guard.refresh(), code).rejects.toMatchObject({ code });
      expect(await rejected).toMatchObject({ code });
      expect(guard.status().lastStatusError).toMatchObject({ code });
      expect(ask("look").code).toBe("killed");
      expect(ask("pay").effect).toBe("allow");
    }
  });

  it("takes the place of no later one where a store answers after its time", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const kept = memoryRollback();
    let answer: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (answer = resolve));
    const rollback: RollbackStore = {
      ...kept,
      advance: async (key, entry) => {
        const answer = await kept.advance(key, entry);
        if (key.startsWith("status#") && entry.version === 2) await late;
        return answer;
      },
    };
    const { guard, next, put, publish, ask } = await stage(signing, { rollback });
    await put({ version: 2 });
    const rejected = next("status.rejected");
    const looking = guard.refresh().catch((error: unknown) => error);
    await vi.waitFor(async () =>
      expect(await kept.get("status#test")).toMatchObject({ version: 2 }),
    );
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await looking).toMatchObject({
      code: "ERR_BUNDLE_UNREACHABLE",
      message: "No status came within 30 seconds.",
    });
    await rejected;
    await publish({ version: 3, kill: { all: true } });
    const loaded: number[] = [];
    guard.on("status.loaded", ({ version }) => loaded.push(version));
    answer();
    await guard.refresh();
    expect(ask().code).toBe("killed");
    expect(loaded).toEqual([]);
  });

  verifies("status.restart", "does not come back after a restart", async () => {
    const rollback = memoryRollback();
    const before = await stage(signing, { rollback, first: { version: 7, kill: { all: true } } });
    const old = await signing.status({
      version: 6,
      streams: { shop: named(String(before.bundle.content)) },
    });
    await before.guard.close();
    const source = placeOf(old, "status");
    await expect(stage(signing, { rollback, more: { status: { source } } })).rejects.toMatchObject({
      code: "ERR_STATUS_ROLLBACK",
    });
  });
});

it("polls no more once the guard is closed, and as often as the status asks", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { status, guard, next, put } = await stage(signing, { first: { refresh: 5 } });
  await put({ version: 2 });
  const loaded = next("status.loaded");
  vi.advanceTimersByTime(6_000);
  await loaded;
  await guard.close();
  vi.advanceTimersByTime(10 * HOUR);
  expect(status.reads).toBe(2);
});
