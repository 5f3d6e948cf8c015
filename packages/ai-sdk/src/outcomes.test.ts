import { describe, expect } from "vitest";
import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { WAYS } from "../test/majors.ts";
import { NO_REFUND, NO_REPORT, POLICY } from "../test/policy.ts";
import { guardAI } from "./index.ts";

const anything = z.looseObject({});

describe.each(WAYS)("$title", ({ sdk, mode }) => {
  verifies("ai.01", "an allowed call runs once and its result reaches the model", async () => {
    const guard = await testGuard(POLICY);
    const ran: unknown[] = [];
    const search = tool({
      inputSchema: z.object({ q: z.string() }),
      execute: async (input) => {
        ran.push(input);
        return { hits: 3 };
      },
    });
    const turns = [{ calls: [{ id: "c1", tool: "search", input: { q: "hats" } }] }];
    const g = guardAI(guard, guard.ticket());
    const result = await sdk.converse(mode, turns, g.options({ search }));

    expect(ran).toEqual([{ q: "hats" }]);
    expect(result.answer("c1")).toEqual({ type: "json", value: { hits: 3 } });
    expect(result.output("c1")).toEqual({ hits: 3 });
    expect(result.text).toBe("done");
    expect(recorded(guard)).toEqual([
      {
        call: "c1",
        tool: "search",
        effect: "allow",
        code: "allowed",
        outcome: "executed",
        fallback: null,
      },
    ]);
  });

  verifies(
    "ai.02",
    "a denied call comes back as execution-denied and the run goes on",
    async () => {
      const guard = await testGuard(POLICY);
      let ran = 0;
      const refund = tool({ inputSchema: anything, execute: () => ++ran });
      const turns = [{ calls: [{ id: "c1", tool: "refund" }] }];
      const g = guardAI(guard, guard.ticket());
      const result = await sdk.converse(mode, turns, g.options({ refund }));

      expect(ran).toBe(0);
      expect(result.answers).toEqual([
        { id: "c1", tool: "refund", output: { type: "execution-denied", reason: NO_REFUND } },
      ]);
      expect(result.text).toBe("done");
      expect(recorded(guard)).toEqual([
        {
          call: "c1",
          tool: "refund",
          effect: "deny",
          code: "rule_denied",
          outcome: "blocked",
          fallback: "message",
        },
      ]);
    },
  );

  verifies("ai.x.value", "a value that the policy gives instead is the tool's output", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const report = tool({ inputSchema: anything, execute: () => ++ran });
    const turns = [{ calls: [{ id: "c1", tool: "report" }] }];
    const g = guardAI(guard, guard.ticket());
    const result = await sdk.converse(mode, turns, g.options({ report }));

    expect(ran).toBe(0);
    expect(result.output("c1")).toEqual(NO_REPORT);
    expect(result.answer("c1")).toEqual({ type: "json", value: NO_REPORT });
    expect(recorded(guard)).toEqual([
      {
        call: "c1",
        tool: "report",
        effect: "deny",
        code: "rule_denied",
        outcome: "blocked",
        fallback: "value",
      },
    ]);
  });

  verifies("ai.17", "a value that cannot be made gives way to the message", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const broken_report = tool({ inputSchema: anything, execute: () => ++ran });
    const turns = [{ calls: [{ id: "c1", tool: "broken_report" }] }];
    const g = guardAI(guard, guard.ticket());
    const result = await sdk.converse(mode, turns, g.options({ broken_report }));
    expect(ran).toBe(0);
    expect(result.answer("c1")).toEqual({ type: "execution-denied", reason: "Not yours." });
    expect(result.text).toBe("done");
    expect(recorded(guard)).toMatchObject([{ outcome: "blocked", fallback: "message" }]);
  });

  verifies(
    "ai.x.clamp",
    "the model is told what the policy changed, the output stays as typed",
    async () => {
      const guard = await testGuard(POLICY);
      const ran: unknown[] = [];
      const export_rows = tool({
        inputSchema: z.object({ size: z.number() }),
        execute: ({ size }) => {
          ran.push(size);
          return { rows: size };
        },
      });
      const turns = [
        { calls: [{ id: "c1", tool: "export_rows", input: { size: 5000 } }] },
        { calls: [{ id: "c2", tool: "export_rows", input: { size: 7 } }] },
      ];
      const g = guardAI(guard, guard.ticket());
      const result = await sdk.converse(mode, turns, g.options({ export_rows }));

      expect(ran).toEqual([100, 7]);
      expect(result.output("c1")).toEqual({ rows: 100 });
      expect(result.answer("c1")).toEqual({
        type: "content",
        value: [
          { type: "text", text: '{"rows":100}' },
          {
            type: "text",
            text: "The policy changed this call before it ran: arguments.size was reduced from 5000 to 100.",
          },
        ],
      });
      expect(result.answer("c2")).toEqual({ type: "json", value: { rows: 7 } });
    },
  );

  verifies("ai.x.mixed", "in one step each call gets its own answer, once", async () => {
    const guard = await testGuard(POLICY);
    const ran: string[] = [];
    const counting = (name: string): object =>
      tool({ inputSchema: anything, execute: () => ({ ran: ran.push(name) }) });
    const names = ["search", "refund", "report", "export_rows"] as const;
    const tools = Object.fromEntries(names.map((name) => [name, counting(name)]));
    const calls = names.map((name, index) => ({
      id: `c${index}`,
      tool: name,
      input: name === "export_rows" ? { size: 200 } : {},
    }));
    const g = guardAI(guard, guard.ticket());
    const result = await sdk.converse(mode, [{ calls }], g.options(tools));

    expect(ran.sort()).toEqual(["export_rows", "search"]);
    expect(result.answers.map(({ id, output }) => `${id} ${output.type}`).sort()).toEqual([
      "c0 json",
      "c1 execution-denied",
      "c2 json",
      "c3 content",
    ]);
    expect(
      recorded(guard)
        .map(({ call, outcome }) => `${call} ${outcome}`)
        .sort(),
    ).toEqual(["c0 executed", "c1 blocked", "c2 blocked", "c3 executed"]);
    expect(result.text).toBe("done");
  });

  verifies("ai.x.limit", "a limit that is used up denies the second call of a step", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const limited = tool({ inputSchema: anything, execute: () => `run ${++ran}` });
    const calls = [
      { id: "c1", tool: "limited" },
      { id: "c2", tool: "limited" },
    ];
    const g = guardAI(guard, guard.ticket());
    const result = await sdk.converse(mode, [{ calls }], g.options({ limited }));

    expect(ran).toBe(1);
    expect(result.answer("c1")).toEqual({ type: "text", value: "run 1" });
    expect(result.answer("c2")).toMatchObject({ type: "execution-denied" });
    expect(result.answer("c2")?.reason).toContain("60 seconds");
    expect(recorded(guard).map(({ call, code }) => [call, code])).toEqual([
      ["c1", "allowed"],
      ["c2", "rate_limited"],
    ]);
  });

  verifies(
    "ai.32",
    "a call id that stands twice in a step runs once; the other is denied",
    async () => {
      for (const execute of [() => "found", () => Promise.resolve("found")]) {
        const guard = await testGuard(POLICY);
        let ran = 0;
        const search = tool({ inputSchema: anything, execute: () => (ran++, execute()) });
        const calls = ["a", "b"].map((q) => ({ id: "same", tool: "search", input: { q } }));
        const g = guardAI(guard, guard.ticket());
        await sdk.converse(mode, [{ calls }], g.options({ search }));
        expect(ran).toBe(1);
        expect(recorded(guard).map(({ code, outcome }) => `${code} ${outcome}`)).toEqual([
          "allowed executed",
          "duplicate_call_id blocked",
        ]);
      }
    },
  );

  verifies("ai.32", "an id that comes again in a later step is a new call", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const search = tool({ inputSchema: anything, execute: () => `run ${++ran}` });
    const step = { calls: [{ id: "same", tool: "search" }] };
    const g = guardAI(guard, guard.ticket());
    await sdk.converse(mode, [step, step], g.options({ search }));
    expect(ran).toBe(2);
  });

  verifies("ai.x.identity", "without a ticket of this guard every call is denied", async () => {
    const [guard, other] = [await testGuard(POLICY), await testGuard(POLICY)];
    let ran = 0;
    const search = tool({ inputSchema: anything, execute: () => ++ran });
    for (const ticket of [undefined, other.ticket()]) {
      const g = guardAI(guard, ticket);
      const turns = [{ calls: [{ id: "c1", tool: "search" }] }];
      const result = await sdk.converse(mode, turns, g.options({ search }));
      expect(result.answer("c1")?.type).toBe("execution-denied");
    }
    expect(ran).toBe(0);
    expect(recorded(guard).map(({ code }) => code)).toEqual([
      "identity_required",
      "identity_required",
    ]);
  });

  verifies("ai.17", "a store that fails denies the call and the run goes on", async () => {
    const broken = {
      reserve: () => {
        throw new Error("down");
      },
      peek: () => {
        throw new Error("down");
      },
    };
    const guard = await testGuard(POLICY, { stores: { limits: broken } });
    let ran = 0;
    const limited = tool({ inputSchema: anything, execute: () => ++ran });
    const search = tool({ inputSchema: anything, execute: () => "found" });
    const calls = [
      { id: "c1", tool: "limited" },
      { id: "c2", tool: "search" },
    ];
    const g = guardAI(guard, guard.ticket());
    const result = await sdk.converse(mode, [{ calls }], g.options({ limited, search }));

    expect(ran).toBe(0);
    expect(result.answer("c1")?.type).toBe("execution-denied");
    expect(result.answer("c2")).toEqual({ type: "text", value: "found" });
    expect(result.text).toBe("done");
    expect(recorded(guard).find(({ call }) => call === "c1")?.code).toBe("store_unavailable");
  });

  verifies(
    "ai.x.closed",
    "a guard that is closed or has no policy denies and the run goes on",
    async () => {
      const guard = await testGuard(POLICY);
      const g = guardAI(guard, guard.ticket());
      await guard.close();
      let ran = 0;
      const search = tool({ inputSchema: anything, execute: () => ++ran });
      const turns = [{ calls: [{ id: "c1", tool: "search" }] }];
      const result = await sdk.converse(mode, turns, g.options({ search }));
      expect(ran).toBe(0);
      expect(result.answer("c1")?.type).toBe("execution-denied");
      expect(result.text).toBe("done");
    },
  );
});
