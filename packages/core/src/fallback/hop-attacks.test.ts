import { describe, expect } from "vitest";
import { argument, compare, perMinute, policyOf, says } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import type { FallbackTool, RunOptions } from "../guard/guard.ts";
import type { Fallback, Rule, ToolPolicy } from "../policy/ir.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import type { Denial } from "./denial.ts";

/** A hop to a tool with the arguments of the denied call. */
function hopTo(tool: string): Fallback {
  const expression = { kind: "variable", name: "arguments" } as const;
  return { kind: "tool", tool, arguments: { kind: "expression", expression } };
}

type PartialRule = Partial<Rule> & Pick<Rule, "action">;

/** `send` is denied and falls back to `draft`, of which the rest says more. */
function policyWith(rules: readonly PartialRule[], draft: Partial<ToolPolicy> = {}) {
  const no = { name: "no", action: "deny", tools: ["send"], fallback: hopTo("draft") } as const;
  return policyOf({ tools: { send: {}, draft }, rules: [no, ...rules], fallback: says("sorry") });
}

const DRAFTS = { name: "ok", action: "allow", tools: ["draft"] } as const;

function spy(): { readonly ran: string[]; readonly options: RunOptions<Denial> } {
  const ran: string[] = [];
  const toolNamed = (name: string): FallbackTool => ({
    execute: (args: unknown) => {
      ran.push(`${name} ${JSON.stringify(args)}`);
      return name;
    },
  });
  return { ran, options: { fallbackTool: toolNamed } };
}

function ask(guard: TestGuard, options: RunOptions<Denial>, args: object = {}, id = "c1") {
  const call = { ticket: guard.ticket(), id, tool: "send", arguments: args };
  return guard.run(call, () => "sent", options);
}

describe("a lesser tool", () => {
  verifies("fallback.hop.decided", "is none that this agent may not use", async () => {
    const at = { file: "policy.yaml", line: 1 };
    const agents = { a: { when: compare(argument("x"), "==", 1), tools: ["send"], at } };
    const whole = policyWith([DRAFTS]);
    const guard = await testGuard({ ...whole, agents });
    const { ran, options } = spy();
    expect(ask(guard, options, { x: 1 })).toMatchObject({ kind: "message", message: "sorry" });
    expect(guard.decisions.map(({ call, decision }) => [call, decision.code])).toEqual([
      ["c1", "rule_denied"],
      ["c1#fallback", "out_of_scope"],
    ]);
    expect(ran).toEqual([]);
  });

  verifies(
    "fallback.hop.decided",
    "does not take what its own rules and schema refuse",
    async () => {
      const to = { type: "string", maxLength: 3 } as const;
      const args = { type: "object", properties: { to }, required: ["to"] } as const;
      const outside = compare(argument("to"), "==", "eve");
      const deny = { name: "eve", action: "deny", tools: ["draft"], when: outside } as const;
      const guard = await testGuard(policyWith([DRAFTS, deny], { arguments: args }));
      const { ran, options } = spy();
      const kinds = [{ to: "ann" }, { to: "eve" }, { to: "long name" }, { to: "ann", bcc: "eve" }]
        .map((given, index) => ask(guard, options, given, `c${index}`))
        .map((denial) => (denial as Denial).kind);
      expect(kinds).toEqual(["tool", "message", "message", "message"]);
      expect(ran).toEqual(['draft {"to":"ann"}']);
    },
  );

  verifies("fallback.hop.decided", "counts against its own limits", async () => {
    const guard = await testGuard(policyWith([{ ...DRAFTS, rateLimit: perMinute(1) }]));
    const { ran, options } = spy();
    const kinds = [1, 2].map((n) => (ask(guard, options, { n }, `c${n}`) as Denial).kind);
    expect(kinds).toEqual(["tool", "message"]);
    expect(ran).toHaveLength(1);
    // And the denied call took nothing of it.
    guard.time.advance(60_001);
    expect(ask(guard, options, { n: 3 }, "c3")).toMatchObject({ kind: "tool" });
  });

  verifies("fallback.hop.decided", "runs in place of a call that a limit refused", async () => {
    const limited = { rateLimit: perMinute(1), fallback: hopTo("draft") };
    const open = { name: "few", action: "allow", tools: ["send"], ...limited } as const;
    const guard = await testGuard(
      policyOf({ tools: { send: {}, draft: {} }, rules: [open, DRAFTS] }),
    );
    const { options } = spy();
    expect(ask(guard, options)).toBe("sent");
    expect(ask(guard, options, {}, "c2")).toMatchObject({
      kind: "tool",
      decision: { code: "rate_limited" },
    });
  });

  verifies("fallback.hop.review", "asks nobody, whatever the guard could ask", async () => {
    const asked: string[] = [];
    const review = { name: "ask", action: "review", tools: ["draft"] } as const;
    const beyond = { ...DRAFTS, rateLimit: perMinute(1, { onExceed: "review" }) };
    for (const rules of [[review], [beyond]]) {
      const guard = await testGuard(policyWith(rules), {
        reviewTimeout: 1_000,
        onReview: ({ call }) => {
          asked.push(call.id);
          return { answer: "approve", reviewer: "ann" };
        },
      });
      const { options } = spy();
      const denials = [1, 2].map((n) => ask(guard, options, { n }, `c${n}`));
      expect(denials.at(-1)).toMatchObject({ kind: "message", message: "sorry" });
      expect(await guard.approvals.list()).toEqual([]);
    }
    expect(asked).toEqual([]);
  });

  verifies("fallback.hop.once", "has none in its turn, and leads into no circle", async () => {
    const circle = policyOf({
      tools: { send: {}, draft: {} },
      rules: [
        { name: "a", action: "deny", tools: ["send"], fallback: hopTo("draft") },
        { name: "b", action: "deny", tools: ["draft"], fallback: hopTo("send") },
      ],
    });
    const itself = policyOf({ tools: { send: {} }, rules: [], fallback: hopTo("send") });
    for (const [policy, decided] of [
      [circle, 2],
      [itself, 1],
    ] as const) {
      const guard = await testGuard(policy);
      const { ran, options } = spy();
      expect(ask(guard, options)).toMatchObject({ kind: "message" });
      expect(guard.decisions).toHaveLength(decided);
      expect(ran).toEqual([]);
    }
  });

  verifies(
    "fallback.hop.id",
    "and a model's own call under its id never run beside each other",
    async () => {
      const guard = await testGuard(policyWith([DRAFTS]));
      const { ran, options } = spy();
      const batch = {};
      const ticket = guard.ticket();
      const own = { ticket, id: "c1#fallback", tool: "draft", arguments: { own: 1 }, batch };
      const denied = { ticket, id: "c1", tool: "send", arguments: {}, batch };
      let end = (): void => undefined;
      const running = guard.run(own, () => new Promise<void>((resolve) => (end = resolve)));
      expect(guard.run(denied, () => "sent", options)).toMatchObject({ kind: "message" });
      end();
      await running;
      // In one turn of the model an id is used once; in another it is another call.
      expect(guard.run({ ...denied, id: "c1" }, () => "sent", options)).toMatchObject({
        kind: "message",
      });
      expect(ran).toEqual([]);
      const turn = {};
      const first = guard.run({ ...denied, batch: turn }, () => "sent", options);
      expect(first).toMatchObject({ kind: "tool", id: "c1#fallback" });
      expect(guard.run({ ...own, batch: turn }, () => "own")).toMatchObject({
        decision: { code: "duplicate_call_id" },
      });
    },
  );

  verifies(
    "fallback.hop.open",
    "does not run while people may still approve the call",
    async () => {
      const ask1 = {
        name: "ask",
        action: "review",
        tools: ["send"],
        fallback: hopTo("draft"),
      } as const;
      const policy = policyOf({ tools: { send: {}, draft: {} }, rules: [ask1, DRAFTS] });
      const guard = await testGuard(policy);
      const { ran, options } = spy();
      const pending = await ask(guard, { ...options, reviews: true });
      expect(pending).toMatchObject({ kind: "message", decision: { code: "review_pending" } });
      expect(ran).toEqual([]);
      const [approval] = await guard.approvals.list();
      await guard.approvals.decide({
        id: approval?.id ?? "",
        digest: approval?.digest ?? "",
        answer: "reject",
        reviewer: { id: "ann", groups: ["reviewer"] },
      });
      const rejected = await ask(guard, { ...options, reviews: true });
      expect(rejected).toMatchObject({ kind: "tool", decision: { code: "approval_rejected" } });
    },
  );

  verifies("fallback.hop.open", "does not run where the call itself has begun", async () => {
    const fallback = hopTo("draft");
    const asked = { name: "ask", action: "review", tools: ["send"], fallback } as const;
    const policy = policyOf({ tools: { send: {}, draft: {} }, rules: [asked, DRAFTS] });
    const reviewer = { id: "ann", groups: ["reviewer"] };
    const guard = await testGuard(policy, {
      onReview: ({ call }) => ({ answer: call.id === "c1" ? "approve" : "reject", reviewer }),
    });
    const { ran, options } = spy();
    expect(await ask(guard, options)).toBe("sent");
    // Whoever can send the call again has it denied, and must not get the lesser tool for it.
    const again = await ask(guard, { ...options, reviews: "opened" });
    expect(again).toMatchObject({ kind: "message", decision: { code: "approval_used" } });

    const begun = async function* () {
      yield "sent";
    };
    const call = { ticket: guard.ticket(), id: "c1", tool: "send", arguments: { n: 2 } };
    const stray = await guard.run<unknown, Denial>(call, () => begun(), options);
    expect(stray).toMatchObject({ kind: "message", decision: { code: "cannot_wait" } });
    expect(ran).toEqual([]);
  });

  verifies(
    "fallback.hop.open",
    "does not run for one of two calls under an id, nor again and again",
    async () => {
      const guard = await testGuard(policyWith([DRAFTS]));
      const { ran, options } = spy();
      const call = { ticket: guard.ticket(), id: "c1", tool: "send", arguments: {} };
      const opened = guard.open([call, call], { leave: ["tool"] });
      expect(opened.map(({ denial }) => denial?.decision.code)).toEqual([
        "duplicate_call_id",
        "duplicate_call_id",
      ]);
      const kinds = [1, 2, 3].map(() => (ask(guard, options) as Denial).kind);
      expect(kinds).toEqual(["tool", "message", "message"]);
      expect(ran).toHaveLength(1);
    },
  );

  verifies(
    "fallback.hop.open",
    "does not run while calls are opened, and is left where that is asked",
    async () => {
      const guard = await testGuard(policyWith([DRAFTS]));
      const call = { ticket: guard.ticket(), id: "c1", tool: "send", arguments: {} };
      expect(guard.open([call])[0]?.denial).toMatchObject({ kind: "message", message: "sorry" });
      expect(guard.open([call], { leave: "tool" })[0]?.denial).toBeUndefined();
      expect(guard.open([call], { leave: ["value", "tool"] })[0]?.denial).toBeUndefined();
      expect(guard.open([call], { leave: ["value"] })[0]?.denial).toBeDefined();
    },
  );

  verifies("fallback.hop.shadow", "does not run where the policy is in shadow", async () => {
    const whole = policyWith([DRAFTS]);
    const { ran, options } = spy();
    const shadow = await testGuard({ ...whole, mode: "shadow" });
    expect(ask(shadow, options)).toBe("sent");
    const beside = await testGuard({ send: "allow", draft: "allow" }, { shadow: whole });
    expect(ask(beside, options)).toBe("sent");
    const denied = await testGuard({ send: "deny", draft: "allow" }, { shadow: whole });
    expect(ask(denied, options)).toMatchObject({ kind: "message" });
    expect(ran).toEqual([]);
  });

  verifies("fallback.hop.refused", "that is given up leaves its records whole", async () => {
    const guard = await testGuard(policyWith([DRAFTS]));
    const stop = new AbortController();
    const lesser: FallbackTool = {
      execute: () =>
        new Promise((_, reject) => {
          stop.signal.addEventListener("abort", () => reject(new Error("given up")));
        }),
    };
    const denial = ask(guard, { fallbackTool: () => lesser, signal: stop.signal });
    stop.abort();
    expect(await denial).toMatchObject({ kind: "message", message: "sorry" });
    const outcomes = guard.audit.records.filter((record) => record.type === "outcome");
    expect(outcomes.map(({ call, outcome }) => [call, outcome])).toEqual([
      ["c1", "blocked"],
      ["c1#fallback", "error"],
    ]);
    expect(guard.status().openCalls).toBe(0);
  });
});
