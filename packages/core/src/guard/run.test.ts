import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import type { AuditRecord, AuditSink } from "../audit/record.ts";
import { isDenial } from "../fallback/denial.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import type { OnReview } from "./review.ts";

const approve: OnReview = () => ({ answer: "approve", reviewer: "ann" });

function callOf(guard: TestGuard, tool = "tool") {
  return { ticket: guard.ticket(), id: "c1", tool, arguments: {} };
}

function outcomes(records: readonly AuditRecord[]): readonly string[] {
  return records.flatMap((record) => (record.type === "outcome" ? [record.outcome] : []));
}

async function partsOf(stream: unknown): Promise<readonly unknown[]> {
  const parts: unknown[] = [];
  // The tests below show that it is an async generator.
  for await (const part of stream as AsyncIterable<unknown>) parts.push(part);
  return parts;
}

describe("a plain tool", () => {
  verifies("core.run.synchronous", "gives back what it gave, in the same form", async () => {
    const guard = await testGuard({ tool: "allow" });
    const object = { a: 1 };
    expect(guard.run(callOf(guard), () => object)).toBe(object);
    expect(guard.run(callOf(guard), () => undefined)).toBe(undefined);
    expect(guard.run(callOf(guard), () => null)).toBe(null);
    const promise = guard.run(callOf(guard), () => Promise.resolve(object));
    expect(promise).toBeInstanceOf(Promise);
    expect(await promise).toBe(object);
    const iterator = [1][Symbol.iterator]();
    expect(guard.run(callOf(guard), () => iterator)).toBe(iterator);
  });

  verifies("core.run.synchronous", "is denied synchronously too", async () => {
    const guard = await testGuard({ tool: "deny" });
    const result = guard.run(callOf(guard), () => "ran");
    expect(isDenial(result)).toBe(true);
    expect(guard.run(callOf(guard), () => "ran", { denied: ({ message }) => [message] })).toEqual([
      "A rule forbids this call as it is.",
    ]);
  });

  it("is told the decision it runs under", async () => {
    const guard = await testGuard({ tool: "allow" });
    const decision = guard.run(callOf(guard), (_, context) => context.decision);
    expect(decision).toBe(guard.decisions[0]?.decision);
  });

  verifies("core.run.tool-error", "throws what it throws", async () => {
    const guard = await testGuard({ tool: "allow" });
    const thrown = new TypeError("mine");
    const thrower = (): never => {
      throw thrown;
    };
    expect(() => guard.run(callOf(guard), thrower)).toThrow(thrown);
    await expect(guard.run(callOf(guard), () => Promise.reject(thrown))).rejects.toBe(thrown);
    expect(outcomes(guard.audit.records)).toEqual(["error", "error"]);
    expect(guard.status().openCalls).toBe(0);
  });

  it("is waited for where a review is: a promise comes back", async () => {
    const guard = await testGuard({ tool: "review" }, { onReview: approve });
    const result = guard.run(callOf(guard), () => "ran");
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe("ran");
    expect(outcomes(guard.audit.records)).toEqual(["executed"]);
  });

  it("that throws after a wait rejects", async () => {
    const guard = await testGuard({ tool: "review" }, { onReview: approve });
    const thrown = new Error("mine");
    const result = guard.run(callOf(guard), () => {
      throw thrown;
    });
    await expect(result).rejects.toBe(thrown);
    expect(outcomes(guard.audit.records)).toEqual(["error"]);
  });

  it("waits for a sink where a tool that writes must", async () => {
    let kept = (): void => undefined;
    const sink: AuditSink = {
      durable: true,
      append: (_, { durable }) => (durable ? new Promise((done) => (kept = done)) : undefined),
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const guard = await testGuard({ tool: "allow" }, { audit: sink });
    let ran = false;
    const result = guard.run(callOf(guard), () => {
      ran = true;
      return "ran";
    });
    await Promise.resolve();
    expect(ran).toBe(false);
    kept();
    expect(await result).toBe("ran");
  });
});

describe("a generator tool", () => {
  async function* twoParts(): AsyncGenerator<string, string, undefined> {
    yield "one";
    yield "two";
    return "end";
  }

  verifies("core.run.generator", "goes out as an async generator, part by part", async () => {
    const guard = await testGuard({ tool: "allow" });
    const stream = guard.run(callOf(guard), twoParts) as ReturnType<typeof twoParts>; // nothing waits
    expect(Object.prototype.toString.call(stream)).toBe("[object AsyncGenerator]");
    expect(await stream.next()).toEqual({ done: false, value: "one" });
    expect(outcomes(guard.audit.records)).toEqual([]);
    expect(await stream.next()).toEqual({ done: false, value: "two" });
    expect(await stream.next()).toEqual({ done: true, value: "end" });
    expect(outcomes(guard.audit.records)).toEqual(["executed"]);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(outcomes(guard.audit.records)).toEqual(["executed"]);
  });

  verifies("core.run.generator", "that throws says error", async () => {
    const guard = await testGuard({ tool: "allow" });
    const stream = guard.run(callOf(guard), async function* () {
      yield 1;
      throw new Error("mine");
    });
    await expect(partsOf(stream)).rejects.toThrow("mine");
    expect(outcomes(guard.audit.records)).toEqual(["error"]);
  });

  verifies(
    "core.run.generator",
    "that is left early says aborted, and is closed itself",
    async () => {
      const guard = await testGuard({ tool: "allow" });
      let closed = false;
      const stream = guard.run(callOf(guard), async function* () {
        try {
          yield 1;
          yield 2;
        } finally {
          closed = true;
        }
      });
      for await (const part of stream as AsyncIterable<number>) {
        expect(part).toBe(1);
        break;
      }
      expect(closed).toBe(true);
      expect(outcomes(guard.audit.records)).toEqual(["aborted"]);
      expect(guard.status().openCalls).toBe(0);
    },
  );

  it("that is never read is aborted by return", async () => {
    const guard = await testGuard({ tool: "allow" });
    const stream = guard.run(callOf(guard), twoParts) as ReturnType<typeof twoParts>; // nothing waits
    await stream.return("early");
    expect(outcomes(guard.audit.records)).toEqual(["aborted"]);
  });

  verifies("core.run.generator-waits", "waits for the answer before its first part", async () => {
    let answer = (): void => undefined;
    const guard = await testGuard(
      { tool: "review" },
      {
        onReview: () =>
          new Promise((done) => (answer = () => done({ answer: "approve", reviewer: "ann" }))),
      },
    );
    let started = false;
    const stream = guard.run(callOf(guard), async function* () {
      started = true;
      yield "one";
    });
    expect(Object.prototype.toString.call(stream)).toBe("[object AsyncGenerator]");
    const parts = partsOf(stream);
    await new Promise((done) => setImmediate(done));
    expect(started).toBe(false);
    answer();
    expect(await parts).toEqual(["one"]);
    expect(outcomes(guard.audit.records)).toEqual(["executed"]);
  });

  verifies(
    "core.run.generator-waits",
    "that is rejected has the denial as its only part",
    async () => {
      const guard = await testGuard(
        { tool: "review" },
        { onReview: () => ({ answer: "reject", reviewer: "ann" }) },
      );
      const [part, ...others] = await partsOf(guard.run(callOf(guard), twoParts));
      expect(isDenial(part) && part.decision.code).toBe("approval_rejected");
      expect(others).toEqual([]);
      expect(outcomes(guard.audit.records)).toEqual(["blocked"]);
    },
  );

  it("that is rejected gives what the adapter makes of a denial", async () => {
    const guard = await testGuard(
      { tool: "review" },
      { onReview: () => Promise.reject(new Error("down")) },
    );
    const stream = guard.run(callOf(guard), twoParts, {
      denied: ({ message }) => `no: ${message}`,
    });
    const [part] = await partsOf(stream);
    expect(part).toMatch(/^no: /);
  });
});

describe("a plain function that gives a stream", () => {
  async function* inner(): AsyncGenerator<number> {
    yield 1;
  }

  it("is like a generator function where nothing waits", async () => {
    const guard = await testGuard({ tool: "allow" });
    expect(await partsOf(guard.run(callOf(guard), () => inner()))).toEqual([1]);
    expect(outcomes(guard.audit.records)).toEqual(["executed"]);
  });

  verifies("core.run.cannot-wait", "is denied after a wait, with a hint", async () => {
    const guard = await testGuard({ tool: "review" }, { onReview: approve });
    const result = await guard.run(callOf(guard), () => inner());
    expect(isDenial(result) && result.decision.code).toBe("cannot_wait");
    expect(isDenial(result) && result.decision.reason).toContain("stream: true");
  });

  verifies("core.run.cannot-wait", "is waited for when it is declared `stream: true`", async () => {
    const guard = await testGuard({ tool: "review" }, { onReview: approve });
    expect(await partsOf(guard.run(callOf(guard), () => inner(), { stream: true }))).toEqual([1]);
    expect(outcomes(guard.audit.records)).toEqual(["executed"]);
  });
});
