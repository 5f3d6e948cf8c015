import {
  type Approval,
  type ApprovalStore,
  callDigest,
  type JsonObject,
  type Opening,
} from "@interlatch/core";
import { approvalKey } from "@interlatch/core/approvals";
import type { Runner } from "../runner.ts";

/** A store for approvals that the kit tests. */
export interface ApprovalStoreUnderTest {
  readonly name: string;
  /** A new, empty store. */
  approvals(): ApprovalStore | Promise<ApprovalStore>;
}

const START = Date.parse("2026-01-01T00:00:00Z");
const MINUTE = 60_000;
const MOST = 3;

/**
 * What every store for approvals must do, told to a test runner: one question for one call, one winner for one write,
 * the bound on questions, all of it also when many come at once.
 *
 * @param store - makes a new, empty store for each test
 * @param runner - `{ describe, it, expect }` of the caller's test runner
 *
 * @example
 * ```ts
 * import { testApprovalStore } from "@interlatch/conformance";
 * import { memoryApprovals } from "@interlatch/core/approvals";
 * import { describe, expect, it } from "vitest";
 * testApprovalStore({ name: "memory", approvals: () => memoryApprovals() }, { describe, expect, it });
 * ```
 */
export function testApprovalStore(store: ApprovalStoreUnderTest, runner: Runner): void {
  const { expect } = runner;
  const check = (
    id: string,
    title: string,
    body: (approvals: ApprovalStore) => Promise<void>,
  ): void => {
    runner.it(`[${id}] ${title}`, async () => body(await store.approvals()));
  };

  runner.describe(`approvals of ${store.name}`, () => {
    check("store.approvals.open", "put a question once for one call", async (approvals) => {
      const [first, second] = [question(), question()];
      expect(await approvals.open(first, MOST)).toEqual({ kind: "opened", approval: first });
      expect(await approvals.open(second, MOST)).toEqual({ kind: "joined", approval: first });
      expect(await approvals.get(second.id)).toBe(null);
      const approved = inState(first, "approved");
      expect(await approvals.replace(first.id, 1, approved)).toBe(true);
      expect(await approvals.open(second, MOST)).toEqual({ kind: "joined", approval: approved });
    });

    check("store.approvals.open", "give many who ask at once the same one", async (approvals) => {
      const drafts = Array.from({ length: 50 }, () => question());
      const made = await Promise.all(drafts.map(async (draft) => approvals.open(draft, MOST)));
      expect(made.filter(({ kind }) => kind === "opened").length).toBe(1);
      expect(new Set(made.map(idOf)).size).toBe(1);
    });

    check("store.approvals.open", "put it anew once it is over", async (approvals) => {
      for (const state of ["consumed", "superseded", "expired", "cancelled"] as const) {
        const one = question({ call: state });
        await approvals.open(one, MOST);
        await approvals.replace(one.id, 1, inState(one, state));
        const again = question({ call: state });
        expect((await approvals.open(again, MOST)).kind).toBe("opened");
        expect((await approvals.latest(again.key))?.id).toBe(again.id);
        await approvals.replace(again.id, 1, inState(again, "consumed"));
      }
    });

    check("store.approvals.budget", "keep the number of questions", async (approvals) => {
      for (let n = 0; n < MOST; n++) {
        expect((await approvals.open(question({ n }), MOST)).kind).toBe("opened");
      }
      const last = question({ n: MOST });
      expect(await approvals.open(last, MOST)).toEqual({ kind: "full" });
      expect(await approvals.get(last.id)).toBe(null);
      expect(await approvals.latest(last.key)).toBe(null);
      // Its own question is no further one, and another tool or session has questions of its own.
      expect((await approvals.open(question({ n: 0 }), MOST)).kind).toBe("joined");
      expect((await approvals.open(question({ n: 9, tool: "other" }), MOST)).kind).toBe("opened");
      expect((await approvals.open(question({ n: 9, session: "b" }), MOST)).kind).toBe("opened");
      expect((await approvals.open(question({ n: 9, tenant: "t" }), MOST)).kind).toBe("opened");
      // One whose time is over takes no room any more.
      const later = question({ n: MOST, at: 15 * MINUTE });
      expect((await approvals.open(later, MOST)).kind).toBe("opened");
    });

    check("store.approvals.budget", "keep it when many come at once", async (approvals) => {
      const drafts = Array.from({ length: 40 }, (_, n) => question({ n }));
      const made = await Promise.all(drafts.map(async (draft) => approvals.open(draft, MOST)));
      expect(made.filter(({ kind }) => kind === "opened").length).toBe(MOST);
      expect(made.filter(({ kind }) => kind === "full").length).toBe(40 - MOST);
    });

    check("store.approvals.rejected", "know what was rejected", async (approvals) => {
      const one = question({ n: 1 });
      await approvals.open(one, MOST);
      const rejected = inState(one, "rejected");
      await approvals.replace(one.id, 1, rejected);
      const other = question({ n: 1, call: "c2" });
      expect(await approvals.open(other, MOST)).toEqual({ kind: "rejected", approval: rejected });
      expect((await approvals.open(question({ n: 1, session: "b" }), MOST)).kind).toBe("opened");
      expect((await approvals.open(question({ n: 2 }), MOST)).kind).toBe("opened");
      expect((await approvals.open(question({ n: 3 }), MOST)).kind).toBe("opened");
      // The rejected one counts.
      expect((await approvals.open(question({ n: 4 }), MOST)).kind).toBe("full");
    });

    check("store.approvals.replace", "let one writer of a version win", async (approvals) => {
      const one = question();
      await approvals.open(one, MOST);
      const writes = Array.from({ length: 50 }, async (_, n) =>
        approvals.replace(one.id, 1, { ...inState(one, "approved"), limits: [`r${n}`] }),
      );
      const won = (await Promise.all(writes)).map((ok, n) => (ok ? n : -1)).filter((n) => n >= 0);
      expect(won.length).toBe(1);
      const kept = await approvals.get(one.id);
      expect(kept?.limits).toEqual([`r${won[0]}`]);
      expect(kept?.version).toBe(2);
      expect(await approvals.replace(one.id, 1, inState(one, "consumed"))).toBe(false);
      expect(await approvals.replace("nobody", 1, inState(one, "consumed"))).toBe(false);
      expect((await approvals.get(one.id))?.state).toBe("approved");
    });

    check("store.approvals.keys", "keep names apart that look alike", async (approvals) => {
      const names = ["a", "A", "a ", "__proto__", "constructor", '["a"]', "a\0", "é", "e\u0301"];
      for (const name of names) {
        for (const one of [
          question({ session: name }),
          question({ tenant: name }),
          question({ session: "calls", tool: name, call: name }),
        ]) {
          expect(await approvals.open(one, MOST)).toEqual({ kind: "opened", approval: one });
          expect((await approvals.latest(one.key))?.id).toBe(one.id);
        }
      }
      for (const name of names) {
        expect((await approvals.list({ tenant: null, session: name })).length).toBe(1);
        expect((await approvals.list({ tenant: name })).length).toBe(1);
        expect((await approvals.list({ tool: name })).length).toBe(1);
        expect((await approvals.list({ call: name })).length).toBe(1);
        expect(await approvals.get(name)).toBe(null);
        expect(await approvals.latest(name)).toBe(null);
      }
    });

    check("store.approvals.list", "give what a filter names, youngest first", async (approvals) => {
      const made = [0, 1, 2].map((n) => question({ n, at: n * 1000 }));
      for (const one of made) await approvals.open(one, MOST);
      const [oldest, , youngest] = made;
      if (oldest === undefined || youngest === undefined) throw new Error("there are three");
      await approvals.replace(oldest.id, 1, inState(oldest, "approved"));
      const ids = async (filter: Parameters<ApprovalStore["list"]>[0]): Promise<unknown> =>
        (await approvals.list(filter)).map(({ id }) => made.findIndex((one) => one.id === id));
      expect(await ids({})).toEqual([2, 1, 0]);
      expect(await ids({ limit: 2 })).toEqual([2, 1]);
      expect(await ids({ states: ["pending"] })).toEqual([2, 1]);
      expect(await ids({ states: ["approved", "rejected"] })).toEqual([0]);
      expect(await ids({ states: [] })).toEqual([]);
      expect(await ids({ tenant: "t" })).toEqual([]);
    });

    check("store.approvals.whole", "give back what was put in", async (approvals) => {
      const args = {
        text: 'é"\\\n\u2028\0',
        list: [1, 0.1, -1e21, null, true, { "": [] }],
        ["__proto__x"]: {},
      };
      const one = question({ args });
      await approvals.open(one, MOST);
      expect(plain(await approvals.get(one.id))).toEqual(plain(one));
      expect(plain(await approvals.latest(one.key))).toEqual(plain(one));
      expect((await approvals.list({})).map(plain)).toEqual([plain(one)]);
    });
  });
}

interface Parts {
  readonly n?: number;
  readonly tool?: string;
  readonly call?: string;
  readonly session?: string;
  readonly tenant?: string | null;
  /** Milliseconds after the start. */
  readonly at?: number;
  readonly args?: JsonObject;
}

/** A question that lives fifteen minutes. Those with the same parts are about the same call. */
function question(parts: Parts = {}): Approval {
  const { n = 0, tool = "tool", session = "a", tenant = null, at = 0, args = { n } } = parts;
  const call = { id: parts.call ?? `c${n}`, tool };
  const digest = callDigest(tool, args);
  const agent = { id: "agent", roles: [] };
  const [createdAt, expiresAt] = [START + at, START + at + 15 * MINUTE].map((time) =>
    new Date(time).toISOString(),
  ) as [string, string]; // two go in
  return {
    id: globalThis.crypto.randomUUID(),
    key: approvalKey({ tenant, session, askedDigest: digest, call, agent, user: null }),
    version: 1,
    state: "pending",
    call,
    arguments: args,
    asked: args,
    digest,
    askedDigest: digest,
    agent,
    user: null,
    tenant,
    session,
    why: {
      code: "review_required",
      reason: "a review rule matched",
      rule: "ask",
      rules: [],
      risk: { score: 20, factors: [{ name: "operation:write", points: 20 }] },
    },
    bundle: { id: "policy", version: 1, digest: "0".repeat(64) },
    demands: [{ by: ["reviewer"], quorum: 1, expiresMs: 15 * MINUTE }],
    priority: "low",
    limits: [],
    createdAt,
    expiresAt,
    votes: [],
    modified: null,
    history: [{ time: createdAt, event: "requested", by: null, digest }],
  };
}

function inState(approval: Approval, state: Approval["state"]): Approval {
  return { ...approval, state, version: approval.version + 1 };
}

function idOf(opening: Opening): string | null {
  return opening.kind === "full" ? null : opening.approval.id;
}

/** As JSON: a store need not keep prototypes. */
function plain(approval: Approval | null): unknown {
  return JSON.parse(JSON.stringify(approval));
}
