import { describe, expect, it } from "vitest";
import { argument, compare, policyOf, says } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import type { AuditEvent, AuditSink } from "../audit/record.ts";
import { verifyAudit } from "../audit/verify.ts";
import { isDenial } from "../fallback/denial.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";

const policy = policyOf({
  tools: {
    read: { operation: "read", data: "internal" },
    write: {},
    banned: { operation: "read" },
  },
  rules: [
    { name: "ok", action: "allow", tools: ["read", "write"] },
    { name: "no", action: "deny", tools: ["banned"], fallback: says("no") },
  ],
});

function run(guard: TestGuard, tool: string, args: object = {}): unknown {
  return guard.run({ ticket: guard.ticket(), id: "c1", tool, arguments: args }, () => "ran");
}

/** A sink whose `append` is given; it notes what it was handed. */
function sinkOf(append: AuditSink["append"]): AuditSink & { readonly events: AuditEvent[] } {
  const events: AuditEvent[] = [];
  return {
    events,
    durable: true,
    append: (event, options) => {
      events.push(event);
      return append(event, options);
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

describe("a call that runs", () => {
  verifies(
    "core.audit.two",
    "leaves one record before it and one after, under one evaluation",
    async () => {
      const guard = await testGuard(policy);
      const call = {
        ticket: guard.ticket({ user: { id: "u1" }, tenant: "t1" }),
        id: "c1",
        tool: "read",
        arguments: {},
      };
      await guard.run(call, () => {
        expect(guard.audit.records.map(({ type }) => type)).toEqual(["start", "call"]);
        guard.time.advance(7);
      });
      const [, before, after, ...others] = guard.audit.records;
      expect(others).toEqual([]);
      expect(before).toMatchObject({
        type: "call",
        call: "c1",
        tool: "read",
        agent: "agent",
        user: "u1",
        tenant: "t1",
        session: "session",
        operation: "read",
        data: "internal",
        effect: "allow",
        code: "allowed",
        rule: "ok",
        bundle: { id: "test", version: 1 },
      });
      expect(after).toMatchObject({
        type: "outcome",
        outcome: "executed",
        durationMs: 7,
        fallback: null,
      });
      expect(
        before?.type === "call" &&
          after?.type === "outcome" &&
          before.evaluation === after.evaluation,
      ).toBe(true);
    },
  );

  verifies("promise.6", "leaves a log that verifies, and an edit of it is found", async () => {
    const guard = await testGuard(policy);
    run(guard, "read");
    run(guard, "banned");
    const lines = guard.audit.lines();
    expect(verifyAudit(lines)).toMatchObject({ fault: null });
    const edited = lines.map((line) => line.replace('"code":"rule_denied"', '"code":"allowed"'));
    expect(edited).not.toEqual(lines);
    expect(verifyAudit(edited).fault).not.toBe(null);
  });

  verifies(
    "core.audit.before",
    "waits until the record is kept, durably where it changes something",
    async () => {
      const order: string[] = [];
      const sink = sinkOf((event, { durable }) => {
        order.push(`${event.type}${durable ? " durable" : ""}`);
      });
      const guard = await testGuard(policy, { audit: sink });
      for (const tool of ["read", "write"]) {
        await guard.run({ ticket: guard.ticket(), id: "c1", tool, arguments: {} }, () =>
          order.push("ran"),
        );
      }
      expect(order).toEqual(["call", "ran", "outcome", "call durable", "ran", "outcome"]);
    },
  );
});

describe("a denied call", () => {
  verifies("core.audit.denied", "leaves its record and the outcome blocked", async () => {
    const guard = await testGuard(policy);
    run(guard, "banned");
    const [, before, after, ...others] = guard.audit.records;
    expect(before).toMatchObject({ type: "call", effect: "deny", code: "rule_denied", rule: "no" });
    expect(after).toMatchObject({
      type: "outcome",
      outcome: "blocked",
      fallback: "message",
      durationMs: 0,
    });
    expect(others).toEqual([]);
  });

  verifies("core.audit.denied", "is recorded whatever it was denied for", async () => {
    const guard = await testGuard(policy);
    run(guard, "nobody_knows");
    run(guard, "read", { n: Number.NaN });
    await guard.run({ ticket: undefined, id: undefined, tool: "read", arguments: {} }, () => "ran");
    guard.open([{ ticket: guard.ticket(), id: "c1", tool: "banned", arguments: {} }]);
    const codes = guard.audit.records.flatMap((one) => (one.type === "call" ? [one.code] : []));
    expect(codes).toEqual([
      "unknown_tool",
      "arguments_not_json",
      "identity_required",
      "rule_denied",
    ]);
    expect(verifyAudit(guard.audit.lines()).fault).toBe(null);
  });
});

describe("a record", () => {
  verifies(
    "core.audit.values",
    "holds no value of an argument, and neither does a log line",
    async () => {
      const lines: unknown[] = [];
      const log = (...parts: unknown[]): void => {
        lines.push(parts);
      };
      const secretive = policyOf({
        tools: {
          read: {
            operation: "read",
            arguments: { type: "object", properties: { n: { type: "number" } } },
          },
          write: {},
        },
        rules: [
          { action: "allow", name: "ok" },
          {
            action: "deny",
            name: "no",
            tools: ["write"],
            when: compare(argument("text"), "==", "hunter2"),
          },
        ],
      });
      const guard = await testGuard(secretive, {
        logger: { debug: log, info: log, warn: log, error: log },
      });
      run(guard, "write", { text: "hunter2" });
      run(guard, "write", { text: "hunter2", other: { hunter2: 1 } });
      run(guard, "read", { n: "hunter2" });
      run(guard, "write", { text: 1, note: "hunter2" });
      expect(guard.decisions).toHaveLength(4);
      expect(guard.audit.lines().join("\n")).not.toContain("hunter2");
      expect(lines.length).toBeGreaterThan(0);
      expect(JSON.stringify(lines)).not.toContain("hunter2");
    },
  );

  it("commits to the arguments with a salt, so that likely values cannot be tried", async () => {
    const guard = await testGuard(policy);
    run(guard, "read", { pin: 1 });
    run(guard, "read", { pin: 1 });
    const commitments = guard.audit.records.flatMap((one) =>
      one.type === "call" ? [one.commitment] : [],
    );
    expect(new Set(commitments).size).toBe(2);
    for (const commitment of commitments) expect(commitment).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("where a record cannot be kept", () => {
  const failing: readonly (readonly [string, AuditSink["append"]])[] = [
    [
      "a sink that throws",
      () => {
        throw new Error("disk full");
      },
    ],
    ["a sink that rejects", () => Promise.reject(new Error("disk full"))],
    ["a sink that rejects with nothing", () => Promise.reject(undefined)],
    ["a sink that rejects with what has no text", () => Promise.reject(Object.create(null))],
  ];
  for (const [name, append] of failing) {
    for (const tool of ["read", "write"]) {
      verifies("core.audit.fails", `by ${name}, a ${tool} tool does not run`, async () => {
        const guard = await testGuard(policy, { audit: sinkOf(append) });
        const alarms: unknown[] = [];
        guard.on("audit.failed", (event) => alarms.push(event));
        let ran = 0;
        const call = { ticket: guard.ticket(), id: "c1", tool, arguments: {} };
        const result = await guard.run(call, () => ++ran);
        expect(ran).toBe(0);
        expect(isDenial(result) && result.decision.code).toBe("audit_unavailable");
        await Promise.resolve();
        expect(alarms.length).toBeGreaterThan(0);
      });
    }

    verifies("core.audit.fails", `by ${name}, a denied call stays denied`, async () => {
      const guard = await testGuard(policy, { audit: sinkOf(append) });
      const result = run(guard, "banned");
      expect(isDenial(result) && result.decision.code).toBe("rule_denied");
    });
  }

  it("after the tool ran, its result stays and the alarm is given", async () => {
    const guard = await testGuard(policy, {
      audit: sinkOf((event) => {
        if (event.type === "outcome") throw new Error("disk full");
      }),
    });
    const alarms: unknown[] = [];
    guard.on("audit.failed", (event) => alarms.push(event));
    expect(run(guard, "write")).toBe("ran");
    expect(alarms).toEqual([{ message: "disk full" }]);
  });
});
