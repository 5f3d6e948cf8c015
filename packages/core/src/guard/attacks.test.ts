import { describe, expect } from "vitest";
import { argument, compare, perMinute, policyOf } from "../../../../test/policies.ts";
import { guardOver, makeSigning } from "../../../../test/signed.ts";
import { verifies } from "../../../../test/verifies.ts";
import type { AuditEvent, AuditSink } from "../audit/record.ts";
import { verifyAudit } from "../audit/verify.ts";
import { inlineSource } from "../bundle/inline-source.ts";
import { isDenial } from "../fallback/denial.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import { BundleKeeper } from "./bundles.ts";
import type { CallInput } from "./guard.ts";
import type { Agent } from "./identity.ts";
import type { OnReview } from "./review.ts";

function callOf(guard: TestGuard, more: Partial<CallInput> = {}): CallInput {
  return { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: {}, ...more };
}

function codeOf(result: unknown): unknown {
  return isDenial(result) ? result.decision.code : result;
}

/** Does something while every object inherits these, as after a careless merge of a client's JSON. */
async function polluted<Result>(lent: object, body: () => Result): Promise<Awaited<Result>> {
  for (const [name, value] of Object.entries(lent)) {
    Object.defineProperty(Object.prototype, name, { value, writable: true, configurable: true });
  }
  try {
    return await body();
  } finally {
    for (const name of Object.keys(lent)) Reflect.deleteProperty(Object.prototype, name);
  }
}

const once = policyOf({ rules: [{ name: "once", action: "allow", rateLimit: perMinute(1) }] });

describe("a polluted Object.prototype", () => {
  verifies("core.attack.pollution", "runs no call that a limit refused", async () => {
    const guard = await testGuard(once);
    expect(guard.run(callOf(guard), () => "ran")).toBe("ran");
    const judged = { decision: { effect: "allow" }, snapshot: null, tool: "tool", id: "c1" };
    const lent = { evaluation: "e", judged, open: {} };
    expect(codeOf(await polluted(lent, () => guard.run(callOf(guard), () => "ran")))).toBe(
      "rate_limited",
    );
  });

  verifies(
    "core.attack.pollution",
    "makes no approval of an empty answer, and no yes of a store's",
    async () => {
      // What a host's code answers is not always what its types say.
      const onReview = (() => ({})) as unknown as OnReview;
      const asked = await testGuard({ tool: "review" }, { onReview });
      const approval = { answer: "approve", reviewer: "mallory" };
      const answered = await polluted(approval, () => asked.run(callOf(asked), () => "ran"));
      expect(codeOf(answered)).toBe("review_unavailable");
      const limits = { reserve: () => ({}) as { ok: true }, peek: () => ({}) as { ok: true } };
      const counted = await testGuard(once, { stores: { limits } });
      const taken = await polluted({ ok: true }, () => counted.run(callOf(counted), () => "ran"));
      expect(codeOf(taken)).toBe("store_unavailable");
    },
  );

  verifies(
    "core.attack.pollution",
    "turns no denial into an exception, and forges no record",
    async () => {
      const guard = await testGuard({ tool: "deny" });
      for (const lent of [{ get: "x" }, { denied: "x" }, { batch: "x" }, { part: 1, detail: {} }]) {
        const result = await polluted(lent, () => guard.run(callOf(guard), () => "ran"));
        expect(isDenial(result)).toBe(true);
      }
      const lines = await polluted({ reviewer: "mallory" }, () => guard.audit.lines());
      expect(lines.join("\n")).not.toContain("mallory");
    },
  );
});

describe("a call that is not what its type says", () => {
  verifies("core.attack.batch", "in a batch that is no object is denied", async () => {
    const guard = await testGuard({ tool: "allow" });
    for (const batch of ["b", 1, null, true]) {
      const result = guard.run(callOf(guard, { batch: batch as unknown as object }), () => "ran");
      expect(isDenial(result)).toBe(true);
    }
    const call = Object.defineProperty(callOf(guard), "batch", {
      get() {
        throw new Error("no");
      },
    });
    expect(isDenial(guard.run(call, () => "ran"))).toBe(true);
    expect(guard.status().openCalls).toBe(0);
  });

  verifies(
    "core.attack.names",
    "is denied when a batch is opened, and throws nothing",
    async () => {
      const guard = await testGuard({ tool: "allow" });
      const throwing = Object.defineProperty(callOf(guard), "id", {
        get() {
          throw new Error("no");
        },
      });
      const opened = guard.open([null as unknown as CallInput, throwing, callOf(guard)]);
      expect(opened.map(({ decision }) => decision.code)).toEqual([
        "internal_error",
        "internal_error",
        "allowed",
      ]);
    },
  );

  verifies(
    "core.attack.names",
    "has the id and the tool it had when it was first read",
    async () => {
      const guard = await testGuard({ tool: "allow" });
      const reads = { id: 0, tool: 0 };
      const shifting = Object.defineProperties(callOf(guard), {
        id: { get: () => (reads.id++ === 0 ? "c1" : 7) },
        tool: { get: () => (reads.tool++ === 0 ? "tool" : "other") },
      });
      expect(guard.run(shifting, () => "ran")).toBe("ran");
      expect(reads).toEqual({ id: 1, tool: 1 });
      expect(guard.audit.records[1]).toMatchObject({ call: "c1", tool: "tool" });
    },
  );

  verifies(
    "core.attack.names",
    "keeps them where the guard fails, so that its answer finds it",
    async () => {
      let now = 0;
      const time = { now: () => now, advance: () => undefined, set: () => undefined };
      const guard = await testGuard({ tool: "allow" }, { time });
      now = Number.NaN;
      const [opened] = guard.open([callOf(guard)]);
      expect(opened?.denial).toMatchObject({ call: { id: "c1", tool: "tool" } });
      expect(guard.audit.records[1]).toMatchObject({
        call: "c1",
        tool: "tool",
        code: "internal_error",
      });
    },
  );

  verifies(
    "core.attack.reentrant",
    "may ask the guard while it is read, and changes no answer",
    async () => {
      const small = compare(argument("size"), "<=", 50);
      const guard = await testGuard(
        policyOf({
          tools: { tool: { batch: { argument: "size" } }, no: {} },
          rules: [
            { name: "a", action: "allow", tools: ["tool"], when: small, maxBatchSize: 10 },
            { name: "n", action: "deny", tools: ["no"] },
          ],
        }),
      );
      const inner: unknown[] = [];
      const args = {
        get size() {
          inner.push(codeOf(guard.run(callOf(guard, { id: "in", tool: "no" }), () => "ran")));
          inner.push(guard.decide(callOf(guard, { arguments: { size: 99 } })).code);
          return 50;
        },
      };
      expect(guard.run(callOf(guard, { arguments: args }), (got: unknown) => got)).toEqual({
        size: 10,
      });
      expect(inner).toEqual(["rule_denied", "no_match"]);
    },
  );
});

describe("a name of some megabytes", () => {
  verifies("core.attack.long-name", "does not make a log that nobody can verify", async () => {
    const guard = await testGuard({ tool: "allow", no: "deny" });
    const id = "\u0001".repeat(3_000_000);
    expect(guard.run(callOf(guard, { id }), () => "ran")).toBe("ran");
    const denied = guard.run(callOf(guard, { id, tool: "no" }), () => "ran");
    // The answer must still find the call; the record only has to be readable.
    expect(isDenial(denied) && denied.call.id).toBe(id);
    void guard.run(callOf(guard, { tool: "x".repeat(17_000_000) }), () => "ran");
    const report = verifyAudit(guard.audit.lines());
    expect(report).toMatchObject({ ok: true, calls: 3, open: 0 });
  });
});

describe("a clock in another unit", () => {
  verifies("core.attack.clock", "denies and never throws", async () => {
    for (const wrong of [1.7e18, 8.64e15 + 2, -8.64e15 - 2]) {
      let now = 0;
      const time = { now: () => now, advance: () => undefined, set: () => undefined };
      const guard = await testGuard({ tool: "allow", no: "deny" }, { time });
      now = wrong;
      for (const tool of ["tool", "no"]) {
        expect(codeOf(guard.run(callOf(guard, { tool }), () => "ran"))).toBe("internal_error");
      }
      expect(verifyAudit(guard.audit.lines()).ok).toBe(true);
    }
  });
});

describe("a listener", () => {
  const signed = makeSigning();
  const start = async (): Promise<Awaited<ReturnType<typeof guardOver>>> => {
    const { bundle, trust } = await signed;
    const told = (): void => undefined;
    // Told of every failure, so that the failure is put into words.
    const logger = { debug: told, info: told, warn: told, error: told };
    return guardOver(await bundle(policyOf({ rules: [{ action: "allow" }] })), trust, { logger });
  };

  verifies(
    "core.attack.listener",
    "that throws what has no words, or rejects later, changes nothing",
    async () => {
      const { guard, audit } = await start();
      guard.on("decision", () => {
        throw Object.create(null);
      });
      const late = async (): Promise<void> => {
        await Promise.resolve();
        throw new Error("an unhandled one would fail this run");
      };
      // What the types let through all the same: a function that gives something where nothing is asked for.
      guard.on("decision", late as () => void);
      const call = {
        ticket: guard.for({ agent: { id: "a" } }),
        id: "c1",
        tool: "tool",
        arguments: {},
      };
      expect(guard.run(call, () => "ran")).toBe("ran");
      await new Promise((done) => setImmediate(done));
      expect(audit.records.map(({ type }) => type)).toEqual(["start", "call", "outcome"]);
      expect(guard.status().openCalls).toBe(0);
    },
  );

  verifies(
    "core.attack.listener",
    "that comes back each time it is told is told once",
    async () => {
      const guard = await testGuard({ tool: "allow" });
      let told = 0;
      const listen = (): (() => void) =>
        guard.on("decision", () => {
          if (++told > 9) throw new Error("told without end");
          leave();
          leave = listen();
        });
      let leave = listen();
      void guard.run(callOf(guard), () => "ran");
      expect(told).toBe(1);
      void guard.run(callOf(guard), () => "ran");
      expect(told).toBe(2);
    },
  );

  verifies(
    "core.attack.shared",
    "finds nothing that it could change for others or for later calls",
    async () => {
      const guard = await testGuard(
        policyOf({
          tools: { tool: { batch: { argument: "size" } } },
          rules: [{ action: "allow", maxBatchSize: 10, rateLimit: perMinute(9) }],
        }),
      );
      const call = callOf(guard, { arguments: { size: 50, more: [{ a: 1 }] } });
      void guard.run(call, () => "ran");
      const decision = guard.decisions[0]?.decision;
      expect(unfrozen(decision, "decision")).toEqual([]);
      // A preview is the caller's own; what it shares with other calls is frozen all the same.
      const own = ["decision", "decision.rewrites", "decision.rewrites.0"];
      expect(unfrozen(guard.decide(call), "decision")).toEqual(own);
    },
  );
});

/** The places of all objects within that can be changed. */
function unfrozen(value: unknown, place: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, item]) => unfrozen(item, `${place}.${key}`));
  return Object.isFrozen(value) ? inner : [place, ...inner];
}

describe("a store or a sink with promises of its own", () => {
  /** The least that `await` waits for: its `then` gives nothing back. */
  const promised = <Value>(value: Value): Promise<Value> =>
    ({
      then: (done: (value: Value) => void): void => {
        done(value);
      },
    }) as unknown as Promise<Value>;

  verifies("core.attack.thenable", "is waited for like any other", async () => {
    const stores = {
      limits: {
        reserve: () => promised({ ok: true as const }),
        peek: () => ({ ok: true }) as const,
      },
    };
    const counted = await testGuard(once, { stores });
    expect(await counted.run(callOf(counted), () => "ran")).toBe("ran");
    const kept: string[] = [];
    const audit: AuditSink = {
      durable: true,
      append: ({ type }) => {
        kept.push(type);
        return promised(undefined);
      },
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const guard = await testGuard({ tool: "allow" }, { audit });
    expect(await guard.run(callOf(guard), () => "ran")).toBe("ran");
    expect(kept).toEqual(["call", "outcome"]);
  });
});

describe("closing twice", () => {
  verifies(
    "core.attack.close",
    "waits for the same end, and a sink that cannot flush is closed too",
    async () => {
      const done: string[] = [];
      let flushed = (): void => undefined;
      const audit: AuditSink = {
        durable: true,
        append: () => undefined,
        flush: () =>
          new Promise((_, failed) => (flushed = () => failed(new Error("the disk is full")))),
        close: async () => {
          done.push("closed");
        },
      };
      const guard = await testGuard({ tool: "allow" }, { audit });
      const ends = [guard.close(), guard.close()].map((end) =>
        end.catch((error: Error) => error.message),
      );
      expect(codeOf(guard.run(callOf(guard), () => "ran"))).toBe("no_bundle");
      await Promise.resolve();
      expect(done).toEqual([]);
      flushed();
      expect(await Promise.all(ends)).toEqual(["the disk is full", "the disk is full"]);
      expect(done).toEqual(["closed"]);
    },
  );
});

describe("a source that cannot be left", () => {
  verifies("core.attack.close", "keeps no record back when the guard is closed", async () => {
    const { bundle, trust } = await makeSigning();
    const source = {
      ...inlineSource(await bundle(once)),
      watch: () => () => {
        throw new Error("stuck");
      },
    };
    const { guard, audit } = await guardOver(source, trust);
    await expect(guard.close()).rejects.toThrow("stuck");
    expect(() => audit.append({} as AuditEvent)).toThrow("closed");
  });
});

describe("a clock that was set back", () => {
  verifies("core.attack.clock", "does not put off the next attempt to load a bundle", async () => {
    let attempts = 0;
    const keeper = new BundleKeeper(
      async () => {
        attempts++;
        throw new Error("unreachable");
      },
      { loaded: () => undefined, rejected: () => undefined },
    );
    for (const now of [1e12, 1e12 + 1, 5]) {
      keeper.retry(now);
      await new Promise((done) => setImmediate(done));
    }
    expect(attempts).toBe(2);
  });
});

describe("an identity with a chain of agents", () => {
  verifies(
    "core.attack.delegation",
    "loses no agent of it and gains none by what others write",
    async () => {
      const roles = {
        kind: "field",
        of: { kind: "variable", name: "agent" },
        name: "roles",
      } as const;
      const guard = await testGuard(
        policyOf({
          rules: [
            { action: "allow" },
            { action: "deny", when: compare({ kind: "literal", value: "guest" }, "in", roles) },
          ],
        }),
      );
      const guest = { id: "guest", roles: ["guest"] };
      const delegation: Agent[] = [guest];
      const ticket = guard.for({ agent: { id: "a" }, delegation, session: "s" });
      delegation.pop();
      const args = { delegation: [], agent: { id: "a", delegation: [] } };
      const codes = (): readonly unknown[] => [
        guard.decide(callOf(guard, { ticket, arguments: args })).code,
        guard.decide(callOf(guard, { ticket: guard.for({ agent: { id: "a" } }) })).code,
      ];
      expect(codes()).toEqual(["rule_denied", "allowed"]);
      for (const lent of [[], [guest], undefined]) {
        const made = await polluted({ delegation: lent, delegator: "x" }, codes);
        expect(made).toEqual(["rule_denied", "allowed"]);
      }
    },
  );
});
