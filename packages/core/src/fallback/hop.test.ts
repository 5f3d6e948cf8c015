import { describe, expect } from "vitest";
import { argument, policyOf, says } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import type { FallbackTool, RunOptions } from "../guard/guard.ts";
import type { Fallback, ValueTemplate } from "../policy/ir.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import { isDenial, type Denial } from "./denial.ts";

const TO: ValueTemplate = {
  kind: "object",
  entries: [
    ["to", { kind: "expression", expression: argument("to") }],
    ["note", { kind: "literal", value: "not sent" }],
  ],
};
const TO_DRAFT: Fallback = { kind: "tool", tool: "draft", arguments: TO };
const DENIED = { name: "no", action: "deny", tools: ["send"], reason: "closed" } as const;
const ALLOWED = { name: "ok", action: "allow", tools: ["draft"] } as const;
const POLICY = policyOf({
  tools: { send: {}, draft: {} },
  rules: [{ ...DENIED, fallback: TO_DRAFT }, ALLOWED],
  fallback: says("sorry"),
});

/** What the lesser tool got, and what it gives. */
function lesserTool(give: (args: unknown) => unknown = () => "saved"): {
  readonly got: unknown[];
  readonly options: RunOptions<Denial>;
} {
  const got: unknown[] = [];
  const draft: FallbackTool = {
    execute: (args: unknown) => {
      got.push(args);
      return give(args);
    },
  };
  return { got, options: { fallbackTool: (tool) => (tool === "draft" ? draft : undefined) } };
}

function send(
  guard: TestGuard,
  options: RunOptions<Denial>,
  id = "c1",
  args: object = { to: "a" },
) {
  const call = { ticket: guard.ticket(), id, tool: "send", arguments: args };
  return guard.run(call, () => "sent", options);
}

function outcomes(guard: TestGuard): readonly unknown[] {
  return guard.audit.records
    .filter((record) => record.type === "outcome")
    .map(({ call, tool, outcome, fallback }) => [call, tool, outcome, fallback]);
}

describe("a lesser tool in place of a denied one", () => {
  verifies("fallback.hop", "runs on the arguments that the policy makes", async () => {
    const guard = await testGuard(POLICY);
    const { got, options } = lesserTool();
    const denial = send(guard, options);
    expect(denial).toMatchObject({
      kind: "tool",
      call: { id: "c1", tool: "send" },
      decision: { code: "rule_denied", rule: "no" },
      tool: "draft",
      id: "c1#fallback",
      result: "saved",
      message: "sorry\nInstead, draft ran, and the result is its own.",
    });
    expect(isDenial(denial) && Object.isFrozen(denial)).toBe(true);
    expect(got).toEqual([{ to: "a", note: "not sent" }]);
  });

  verifies("fallback.hop.records", "has records of its own beside those of the call", async () => {
    const guard = await testGuard(POLICY);
    await send(guard, lesserTool().options);
    const calls = guard.audit.records.filter((record) => record.type === "call");
    expect(calls.map(({ call, tool, effect }) => [call, tool, effect])).toEqual([
      ["c1", "send", "deny"],
      ["c1#fallback", "draft", "allow"],
    ]);
    expect(outcomes(guard)).toEqual([
      ["c1", "send", "blocked", "tool"],
      ["c1#fallback", "draft", "executed", null],
    ]);
    expect(guard.decisions.map(({ call }) => call)).toEqual(["c1", "c1#fallback"]);
    expect(guard.status().openCalls).toBe(0);
  });

  verifies("fallback.hop.synchronous", "is there at once where nothing waits", async () => {
    const guard = await testGuard(POLICY);
    expect(send(guard, lesserTool().options)).toMatchObject({ kind: "tool" });
    const late = send(guard, lesserTool(async () => "later").options);
    expect(late).toBeInstanceOf(Promise);
    expect(await late).toMatchObject({ kind: "tool", result: "later" });
  });

  verifies("fallback.hop.stream", "is read to its last part", async () => {
    const guard = await testGuard(POLICY);
    async function* parts() {
      yield "s";
      yield "saved";
    }
    for (const give of [parts, async () => parts(), () => ({ [Symbol.asyncIterator]: parts })]) {
      expect(await send(guard, lesserTool(give).options, `c${String(give)}`)).toMatchObject({
        kind: "tool",
        result: "saved",
      });
    }
    const fresh = await testGuard(POLICY);
    expect(await send(fresh, lesserTool(parts).options)).toMatchObject({ result: "saved" });
    expect(outcomes(fresh).at(-1)).toEqual(["c1#fallback", "draft", "executed", null]);
  });

  verifies("fallback.hop.stream", "is the one part of a denied stream", async () => {
    const guard = await testGuard(POLICY);
    const call = { ticket: guard.ticket(), id: "c1", tool: "send", arguments: { to: "a" } };
    const made = guard.run(
      call,
      async function* () {
        yield "sent";
      },
      { ...lesserTool().options, stream: true },
    );
    expect(await made).toMatchObject({ kind: "tool", result: "saved" });
  });

  verifies("fallback.hop.read", "is judged on what its own schema makes of them", async () => {
    const onlyUpper = {
      kind: "compare",
      operator: "==",
      left: argument("to"),
      right: { kind: "literal", value: "A" },
    } as const;
    const guard = await testGuard(
      policyOf({
        tools: { send: {}, draft: {} },
        rules: [
          { ...DENIED, fallback: TO_DRAFT },
          { ...ALLOWED, when: onlyUpper },
        ],
      }),
    );
    const got: unknown[] = [];
    const read = (args: unknown): unknown => ({ to: (args as { to: string }).to.toUpperCase() });
    const tools: Record<string, FallbackTool> = {
      draft: { read, execute: (args: unknown) => got.push(args) },
    };
    expect(await send(guard, { fallbackTool: (tool) => tools[tool] })).toMatchObject({
      kind: "tool",
    });
    expect(got).toEqual([{ to: "A" }]);
    const late = { ...tools["draft"], read: async () => ({ to: "A" }), execute: () => "late" };
    expect(await send(guard, { fallbackTool: () => late }, "c2")).toMatchObject({ result: "late" });
  });
});

describe("the words of the denied call stand", () => {
  const refused = { kind: "message", message: "sorry", decision: { rule: "no" } };

  verifies("fallback.hop.refused", "where the caller has no such tool", async () => {
    const guard = await testGuard(POLICY);
    expect(send(guard, {})).toMatchObject(refused);
    expect(send(guard, { fallbackTool: () => undefined }, "c2")).toMatchObject(refused);
    const broken = () => {
      throw new Error("no list of tools");
    };
    expect(send(guard, { fallbackTool: broken }, "c3")).toMatchObject(refused);
    expect(outcomes(guard).map((one) => (one as unknown[])[3])).toEqual([
      "message",
      "message",
      "message",
    ]);
  });

  verifies("fallback.hop.refused", "where its arguments cannot be made or read", async () => {
    const guard = await testGuard(POLICY);
    const { got, options } = lesserTool();
    expect(send(guard, options, "c1", {})).toMatchObject(refused);
    for (const read of [
      () => {
        throw new Error("not these");
      },
      async () => {
        throw new Error("not these");
      },
    ]) {
      const tool: FallbackTool = { read, execute: () => got.push("ran") };
      expect(await send(guard, { fallbackTool: () => tool }, `c${String(read)}`)).toMatchObject({
        kind: "message",
      });
    }
    expect(got).toEqual([]);
  });

  verifies("fallback.hop.refused", "where it throws, now or later", async () => {
    for (const give of [
      () => {
        throw new Error("disk full: /secret/path");
      },
      async () => {
        throw new Error("disk full: /secret/path");
      },
    ]) {
      const guard = await testGuard(POLICY);
      const denial = await send(guard, lesserTool(give).options);
      expect(denial).toMatchObject(refused);
      expect(outcomes(guard)).toEqual([
        ["c1", "send", "blocked", "tool"],
        ["c1#fallback", "draft", "error", null],
      ]);
    }
  });

  verifies(
    "fallback.hop.refused",
    "where the lesser tool is denied, with their own reason",
    async () => {
      const rules = [
        { ...DENIED, fallback: TO_DRAFT },
        { ...ALLOWED, action: "deny", reason: "no drafts either", fallback: says("never seen") },
      ] as const;
      const guard = await testGuard(
        policyOf({
          tools: { send: {}, draft: {} },
          rules,
          fallback: { kind: "message", message: ["Because ", { name: "reason" }] },
        }),
      );
      const { got, options } = lesserTool();
      expect(send(guard, options)).toMatchObject({ kind: "message", message: "Because closed" });
      expect(got).toEqual([]);
      expect(outcomes(guard)).toEqual([
        ["c1#fallback", "draft", "blocked", "message"],
        ["c1", "send", "blocked", "message"],
      ]);
    },
  );
});
