import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, vi } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { takeSnapshot } from "../snapshot/snapshot.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import { commitTo } from "./commitment.ts";
import type { CallInput } from "./guard.ts";
import type { OnReview } from "./review.ts";

const approve: OnReview = () => ({ answer: "approve", reviewer: "ann" });
const reject: OnReview = () => ({ answer: "reject", reviewer: "ann" });

function callOf(guard: TestGuard): CallInput {
  return { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: {} };
}

/** What a guard knows of its calls: how many are open, and what its records say. */
function left(guard: TestGuard): readonly unknown[] {
  const told = guard.audit.records.map((record) =>
    record.type === "outcome" ? record.outcome : record.type,
  );
  return [guard.status().openCalls, ...told.slice(1)];
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Collects garbage until something is so; gives up after a few hundred turns. */
async function collectUntil(isSo: () => boolean): Promise<void> {
  setFlagsFromString("--expose-gc");
  // The flag gives the function to new contexts alone.
  const collect = runInNewContext("gc") as () => void;
  for (let turns = 0; turns < 300 && !isSo(); turns++) {
    await turn(); // what a WeakRef was asked for lives until the turn ends
    collect();
  }
}

async function* parts(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

async function partsOf(stream: unknown): Promise<readonly unknown[]> {
  const got: unknown[] = [];
  // Declared a stream; what is none fails the test here.
  for await (const part of stream as AsyncIterable<unknown>) got.push(part);
  return got;
}

describe("what a tool returns", () => {
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const withThen = (then: unknown): Promise<number> => Object.assign(Promise.resolve(1), { then });
  const hostile: readonly (readonly [string, () => unknown])[] = [
    ["a revoked proxy", revoked],
    [
      "a tag that throws",
      () => ({
        get [Symbol.toStringTag]() {
          throw new Error("no");
        },
      }),
    ],
    [
      "a `then` that throws when it is read",
      () => ({
        get then() {
          throw new Error("no");
        },
      }),
    ],
    [
      "a promise whose `then` throws",
      () =>
        withThen(() => {
          throw new Error("no");
        }),
    ],
    ["a promise whose `then` does nothing", () => withThen(() => undefined)],
    [
      "a function with a `then`",
      () => Object.assign(() => 1, { then: (done: (value: number) => void) => done(1) }),
    ],
    [
      "a promise of a tag that throws",
      async () => ({
        get [Symbol.toStringTag]() {
          throw new Error("no");
        },
      }),
    ],
  ];
  for (const [name, make] of hostile) {
    verifies("core.attack.result", `cannot hide that the call is over: ${name}`, async () => {
      const guard = await testGuard({ tool: "allow" });
      const result: unknown = guard.run(callOf(guard), make);
      // Reading such a result may fail; the guard has nothing to do with that.
      await Promise.resolve(result).catch(() => undefined);
      expect(left(guard)).toEqual([0, "call", "executed"]);
    });
  }

  verifies(
    "core.attack.result",
    "is waited for where it is a stray stream that cannot be looked at",
    async () => {
      const guard = await testGuard({ tool: "review" }, { onReview: approve });
      await Promise.resolve(guard.run(callOf(guard), revoked)).catch(() => undefined);
      expect(left(guard)).toEqual([0, "call", "executed"]);
    },
  );
});

describe("a stream", () => {
  verifies(
    "core.attack.stream",
    "that yields while it is closed is over all the same",
    async () => {
      const guard = await testGuard({ tool: "allow" });
      const stream = guard.run(callOf(guard), async function* () {
        try {
          yield 1;
        } finally {
          yield "one more";
        }
      });
      for await (const _ of stream as AsyncIterable<unknown>) break; // an async generator came back
      expect(left(guard)).toEqual([0, "call", "aborted"]);
    },
  );

  verifies(
    "core.attack.stream",
    "that a reviewer refused is recorded though nobody reads it",
    async () => {
      const guard = await testGuard({ tool: "review" }, { onReview: reject });
      void guard.run(callOf(guard), parts);
      await vi.waitFor(() => expect(left(guard)).toEqual([0, "call", "blocked"]));
    },
  );

  verifies(
    "core.attack.stream",
    "left before its answer came does not run, and its records are whole",
    async () => {
      let answer: (() => void) | undefined;
      const onReview: OnReview = () =>
        new Promise((done) => (answer = () => done({ answer: "approve", reviewer: "ann" })));
      const guard = await testGuard({ tool: "review" }, { onReview });
      let ran = 0;
      const execute = (): AsyncGenerator<number> => {
        ran++;
        return parts();
      };
      const stream = guard.run(callOf(guard), execute, { stream: true }) as AsyncGenerator<number>; // it waits
      expect(await stream.return("enough")).toEqual({ done: true, value: "enough" });
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      await vi.waitFor(() => expect(answer).toBeTypeOf("function"));
      answer?.();
      await vi.waitFor(() => expect(left(guard)).toEqual([0, "call", "aborted"]));
      expect(ran).toBe(0);
    },
  );

  verifies("core.attack.stream", "that nobody holds any more is over", async () => {
    for (const effect of ["allow", "review"] as const) {
      const guard = await testGuard({ tool: effect }, { onReview: approve });
      (() => void guard.run(callOf(guard), parts))();
      await turn();
      await collectUntil(() => guard.status().openCalls === 0);
      expect(left(guard)).toEqual([0, "call", "aborted"]);
    }
  });

  verifies(
    "core.attack.stream",
    "of a class of its own that was declared is over where its parts are",
    async () => {
      const guard = await testGuard({ tool: "allow" });
      const own = { [Symbol.asyncIterator]: () => parts()[Symbol.asyncIterator]() };
      const stream = guard.run(callOf(guard), () => own, { stream: true });
      expect(left(guard)).toEqual([1, "call"]);
      expect(await partsOf(stream)).toEqual([1, 2]);
      expect(left(guard)).toEqual([0, "call", "executed"]);
    },
  );

  verifies(
    "core.attack.stream",
    "promised by a declared tool is read part by part after a wait too",
    async () => {
      const guard = await testGuard({ tool: "review" }, { onReview: approve });
      const stream = guard.run(callOf(guard), async () => parts(), { stream: true });
      expect(await partsOf(stream)).toEqual([1, 2]);
    },
  );
});

describe("a record", () => {
  verifies(
    "core.attack.memory",
    "keeps no large arguments alive, whatever they are made of",
    async () => {
      const flags = {
        many: Array.from({ length: 2_000 }, () => true),
        none: Array(2_000).fill(null),
      };
      for (const value of [
        { text: "x".repeat(2_000) },
        flags,
        { lists: Array.from({ length: 2_000 }, () => []) },
      ]) {
        const kept = ((): {
          readonly commitment: () => string;
          readonly image: WeakRef<object>;
        } => {
          const snapshot = takeSnapshot(value);
          if (typeof snapshot === "string") throw new Error(snapshot);
          return { commitment: commitTo("tool", snapshot), image: new WeakRef(snapshot.image) };
        })();
        await collectUntil(() => kept.image.deref() === undefined);
        expect(kept.image.deref()).toBeUndefined();
        expect(kept.commitment()).toMatch(/^[0-9a-f]{64}$/);
      }
    },
  );
});
