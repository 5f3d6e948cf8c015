import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDenial, type Policy, type RollbackStore } from "@interlatch/core";
import { afterAll, describe, expect } from "vitest";
import { policyOf } from "../../../test/policies.ts";
import { startDatabase } from "../../../test/postgres.ts";
import { guardOver, makeSigning } from "../../../test/signed.ts";
import { verifies } from "../../../test/verifies.ts";
import { openPlace, type Place, type Stores } from "../test/places.ts";
import { startRedis } from "../test/redis-server.ts";
import { startRelay } from "../test/relay.ts";
import { startProcess, type Started } from "../test/start-process.ts";

const [postgres, redis] = await Promise.all([startDatabase(), startRedis()]);
const [postgresRelay, redisRelay] = await Promise.all([
  startRelay(postgres?.port ?? 0),
  startRelay(redis?.port ?? 0),
]);
const folder = await mkdtemp(join(tmpdir(), "interlatch-stores-"));
const signing = await makeSigning();
const open: Stores[] = [];
const processes: Started[] = [];
let count = 0;

afterAll(async () => {
  await Promise.all(processes.map((each) => each.kill()));
  for (const stores of open) await stores.close();
  postgresRelay.close();
  redisRelay.close();
  await Promise.all([postgres?.stop(), redis?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** Each gives a new, empty place. */
const PLACES: readonly {
  readonly name: string;
  readonly isThere: boolean;
  readonly hasLimits: boolean;
  readonly hasApprovals: boolean;
  make(): Place;
}[] = [
  {
    name: "a file",
    isThere: true,
    hasLimits: false,
    hasApprovals: false,
    make: () => ({ kind: "file", path: join(folder, `${++count}.json`) }),
  },
  {
    name: "SQLite",
    isThere: true,
    hasLimits: true,
    hasApprovals: true,
    make: () => ({ kind: "sqlite", path: join(folder, `${++count}.db`) }),
  },
  {
    name: "PostgreSQL",
    isThere: postgres !== undefined,
    hasLimits: true,
    hasApprovals: true,
    make: () => ({ kind: "postgres", url: postgres?.url ?? "", prefix: `t${++count}_` }),
  },
  {
    name: "Redis",
    isThere: redis !== undefined,
    hasLimits: true,
    hasApprovals: false,
    make: () => ({ kind: "redis", port: redis?.port ?? 0, prefix: `t${++count}_` }),
  },
];

async function opened(place: Place, timeoutMs?: number): Promise<Stores> {
  const stores = await openPlace(place, timeoutMs);
  open.push(stores);
  return stores;
}

function started(work: Parameters<typeof startProcess>[0]): Started {
  const made = startProcess(work);
  processes.push(made);
  return made;
}

async function signed(policy: Policy, version = 1) {
  return { bundle: await signing.bundle(policy, { version }), trust: signing.trust };
}

const LIMIT = 100;
const allows = policyOf({ rules: [{ action: "allow" }] });
const limited = policyOf({
  rules: [
    {
      action: "allow",
      rateLimit: { max: LIMIT, windowMs: 3_600_000, by: ["agent"], onExceed: "deny" },
    },
  ],
});
const reviewed = policyOf({ rules: [{ action: "review" }] });

describe.each(PLACES.filter(({ isThere }) => isThere))("$name, shared", (place) => {
  verifies("stores.crash", "is whole and never older after processes were killed", async () => {
    const where = place.make();
    const { rollback } = await opened(where);
    for (let round = 0; round < 2; round++) {
      const before = (await rollback.get("bundle:test#test"))?.version ?? 0;
      const writer = started({ place: where, task: { kind: "advance", from: before + 1 } });
      let told = before;
      for (let n = 0; n < 5; n++) told = Number(await writer.next());
      await writer.kill();
      const kept = await rollback.get("bundle:test#test");
      expect(kept?.version).toBeGreaterThanOrEqual(told);
      expect(kept?.digest).toBe(createHash("sha256").update(String(kept?.version)).digest("hex"));
    }
  });

  verifies("stores.rollback.shared", "lets no other process go back", async () => {
    const where = place.make();
    const { rollback } = await opened(where);
    const policy = await signed(allows, 1);
    const second = await signed(allows, 2);
    expect(await started({ place: where, task: { kind: "start" }, policy }).next()).toBe(null);
    await guardOver(second.bundle, second.trust, { rollback });
    const again = started({ place: where, task: { kind: "start" }, policy });
    expect(await again.next()).toBe("ERR_BUNDLE_ROLLBACK");
    // The same version with other content is no better.
    const other = started({
      place: where,
      task: { kind: "start" },
      policy: await signed(limited, 2),
    });
    expect(await other.next()).toBe("ERR_BUNDLE_ROLLBACK");
  });
});

describe.each(PLACES.filter(({ isThere, hasLimits }) => isThere && hasLimits))(
  "$name, counted by several processes",
  (place) => {
    verifies("stores.limit.shared", "lets through as many as one process alone", async () => {
      const where = place.make();
      const policy = await signed(limited);
      const task = { kind: "calls", count: 60 } as const;
      const results = await Promise.all(
        [1, 2, 3].map(() => started({ place: where, task, policy }).next()),
      );
      const codes = results.flat();
      expect(codes.filter((code) => code === "ran")).toHaveLength(LIMIT);
      expect(codes.filter((code) => code === "rate_limited")).toHaveLength(180 - LIMIT);
    });
  },
);

describe.each(PLACES.filter(({ isThere, hasApprovals }) => isThere && hasApprovals))(
  "$name, asked in one process",
  (place) => {
    verifies("stores.approval.shared", "takes the answer of another, once", async () => {
      const where = place.make();
      const policy = await signed(reviewed);
      const { rollback, approvals } = await opened(where);
      if (approvals === undefined) throw new Error("it keeps approvals");
      const { guard } = await guardOver(policy.bundle, policy.trust, {
        rollback,
        stores: { approvals },
      });
      const asking = started({ place: where, task: { kind: "ask" }, policy });
      const id = String(await asking.next());
      const [question] = await guard.approvals.list({ states: ["pending"] });
      expect(question?.id).toBe(id);
      const digest = question?.digest ?? "";
      const reviewer = { id: "ann", groups: ["reviewer"] };
      const answer = { id, digest, reviewer, answer: "approve" } as const;
      expect(await guard.approvals.decide(answer)).toMatchObject({ ok: true });
      expect(await asking.next()).toBe("ran 1");
      expect((await guard.approvals.get(id))?.state).toBe("consumed");
      // The same call here: what ran there was used up.
      const ticket = guard.for({ agent: { id: "a" }, session: "s" });
      const call = { ticket, id: "c", tool: "tool", arguments: { amount: 7 } };
      const again = await guard.run(call, () => "ran", { reviews: "opened" });
      expect(isDenial(again)).toBe(true);
    });
  },
);

/** The servers behind a way that can be cut. */
const DISTANT = [
  {
    name: "PostgreSQL",
    isThere: postgres !== undefined,
    relay: postgresRelay,
    place: (): Place => ({
      kind: "postgres",
      url: `postgresql://postgres@127.0.0.1:${postgresRelay.port}/postgres`,
      prefix: `t${++count}_`,
    }),
  },
  {
    name: "Redis",
    isThere: redis !== undefined,
    relay: redisRelay,
    place: (): Place => ({ kind: "redis", port: redisRelay.port, prefix: `t${++count}_` }),
  },
];

describe.each(DISTANT.filter(({ isThere }) => isThere))("$name, out of reach", (distant) => {
  verifies("stores.away", "runs nothing that needs it, and all again afterwards", async () => {
    const { rollback, limits, approvals } = await opened(distant.place(), 300);
    if (limits === undefined) throw new Error("it keeps limits");
    const first = await signed(limited);
    const stores = { limits, ...(approvals === undefined ? {} : { approvals }) };
    const { guard } = await guardOver(first.bundle, first.trust, { rollback, stores });
    const ticket = guard.for({ agent: { id: "a" }, session: "s" });
    const run = async (id: string): Promise<unknown> => {
      const result = await guard.run({ ticket, id, tool: "tool", arguments: {} }, () => "ran");
      return isDenial(result) ? result.decision.code : result;
    };
    expect(await run("before")).toBe("ran");
    for (const state of ["silent", "gone"] as const) {
      distant.relay.become(state);
      expect(await run(state)).toBe("store_unavailable");
      await refusesAll(rollback);
      await expect(guardOver(first.bundle, first.trust, { rollback })).rejects.toMatchObject({
        code: "ERR_ROLLBACK_STATE",
      });
      if (approvals !== undefined) {
        await expect(approvals.get("x")).rejects.toMatchObject({ code: "ERR_STORE" });
      }
      distant.relay.become("open");
      // A client notices by itself that its server is back, a moment later.
      await expect.poll(() => run(crypto.randomUUID()), { timeout: 10_000 }).toBe("ran");
      expect(await rollback.get("bundle:test#test")).toMatchObject({ version: 1 });
    }
  });
});

async function refusesAll(rollback: RollbackStore): Promise<void> {
  const entry = { version: 9, digest: "a".repeat(64) };
  const refusal = { code: "ERR_ROLLBACK_STATE" };
  await expect(rollback.get("other")).rejects.toMatchObject(refusal);
  await expect(rollback.advance("other", entry)).rejects.toMatchObject(refusal);
  await expect(rollback.seen?.(1)).rejects.toMatchObject(refusal);
}
