import { describe, expect } from "vitest";
import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { WAYS, type Part } from "../test/majors.ts";
import { NO_REFUND, POLICY } from "../test/policy.ts";
import { guardAI } from "./index.ts";

const anything = z.looseObject({});
const approve = () => Promise.resolve({ answer: "approve", reviewer: "ann" } as const);

const results = (parts: readonly Part[]): object[] =>
  parts
    .filter(({ type }) => type === "tool-result" || type === "tool-error")
    .map(({ type, output, preliminary }) => ({ type, output, preliminary }));

describe.each(WAYS)("$title", ({ sdk, mode }) => {
  const once = (name: string) => [{ calls: [{ id: "c1", tool: name }] }];

  verifies("ai.18", "a generator tool gives the same parts as without the guard", async () => {
    const guard = await testGuard(POLICY);
    const search = tool({
      inputSchema: anything,
      async *execute() {
        yield { progress: 1 };
        yield { progress: 2 };
        yield { done: true };
      },
    });
    const g = guardAI(guard, guard.ticket());
    const plain = await sdk.converse(mode, once("search"), { tools: { search } });
    const guarded = await sdk.converse(mode, once("search"), g.options({ search }));

    expect(guarded.output("c1")).toEqual({ done: true });
    expect(results(guarded.parts)).toEqual(results(plain.parts));
    expect(guarded.answers).toEqual(plain.answers);
    expect(recorded(guard)).toMatchObject([{ effect: "allow", outcome: "executed" }]);
  });

  verifies(
    "ai.x.stream-wait",
    "a generator tool that waits for a reviewer still streams",
    async () => {
      const guard = await testGuard(POLICY, { onReview: approve });
      async function* execute(): AsyncGenerator<unknown> {
        yield { progress: 1 };
        yield { done: true };
      }
      const recognised = tool({ inputSchema: anything, execute });
      const declared = tool({ inputSchema: anything, execute: () => execute() });
      const g = guardAI(guard, guard.ticket(), { streams: ["ask"] });
      const plain = await sdk.converse(mode, once("ask"), { tools: { ask: recognised } });
      for (const ask of [recognised, declared]) {
        const guarded = await sdk.converse(mode, once("ask"), g.options({ ask }));
        expect(guarded.output("c1")).toEqual({ done: true });
        expect(results(guarded.parts)).toEqual(results(plain.parts));
      }
      expect(recorded(guard).map(({ code, outcome }) => [code, outcome])).toEqual([
        ["approved", "executed"],
        ["approved", "executed"],
      ]);
    },
  );

  verifies(
    "ai.x.stray-stream",
    "a stream that nobody declared and that must wait is denied",
    async () => {
      const guard = await testGuard(POLICY, { onReview: approve });
      let parts = 0;
      async function* stream(): AsyncGenerator<number> {
        yield ++parts;
      }
      const ask = tool({ inputSchema: anything, execute: () => stream() });
      const g = guardAI(guard, guard.ticket());
      const result = await sdk.converse(mode, once("ask"), g.options({ ask }));
      expect(parts).toBe(0);
      expect(result.answer("c1")?.type).toBe("execution-denied");
      expect(recorded(guard).map(({ code }) => code)).toContain("cannot_wait");
    },
  );

  verifies("ai.19", "a tool that gives a plain value gives it synchronously still", async () => {
    const guard = await testGuard(POLICY);
    const search = tool({ inputSchema: anything, execute: () => 7 });
    const g = guardAI(guard, guard.ticket());
    const guarded = g.tools({ search });
    const options = { toolCallId: "direct", messages: [], context: {} };
    expect(guarded.search.execute({}, options)).toBe(7);
    const result = await sdk.converse(mode, once("search"), g.options({ search }));
    expect(result.output("c1")).toBe(7);
    expect(result.answer("c1")).toEqual({ type: "json", value: 7 });
  });

  verifies(
    "ai.20",
    "a tool that gives a promise gives it still, and its error stays the tool's",
    async () => {
      const guard = await testGuard(POLICY);
      let fails = false;
      const search = tool({
        inputSchema: anything,
        execute: async () => {
          await Promise.resolve();
          if (fails) throw new Error("no connection");
          return "found";
        },
      });
      const g = guardAI(guard, guard.ticket());
      const good = await sdk.converse(mode, once("search"), g.options({ search }));
      expect(good.answer("c1")).toEqual({ type: "text", value: "found" });
      fails = true;
      const bad = await sdk.converse(mode, once("search"), g.options({ search }));
      const plain = await sdk.converse(mode, once("search"), { tools: { search } });
      expect(bad.answer("c1")).toEqual(plain.answer("c1"));
      expect(bad.answer("c1")?.type).toBe("error-text");
      expect(bad.text).toBe("done");
      expect(recorded(guard).map(({ outcome }) => outcome)).toEqual(["executed", "error"]);
    },
  );

  verifies("ai.21", "a denied generator tool gives one denial and no parts", async () => {
    const guard = await testGuard(POLICY);
    let parts = 0;
    const refund = tool({
      inputSchema: anything,
      async *execute() {
        yield ++parts;
      },
    });
    const g = guardAI(guard, guard.ticket());
    for (const settings of [g.options({ refund }), { tools: g.tools({ refund }) }]) {
      const result = await sdk.converse(mode, once("refund"), settings);
      expect(result.answers.map(({ output }) => output)).toEqual([
        { type: "execution-denied", reason: NO_REFUND },
      ]);
      expect(results(result.parts).length).toBeLessThanOrEqual(1);
    }
    expect(parts).toBe(0);
    expect(recorded(guard)).toHaveLength(2);
  });

  verifies(
    "ai.23",
    "the tool's own toModelOutput is kept, and keeps its note beside it",
    async () => {
      const guard = await testGuard(POLICY);
      class Rows {
        readonly #label = "rows";
        readonly inputSchema = z.object({ size: z.number() });
        readonly execute = ({ size }: { size: number }) => ({ size, secret: "s3cret" });
        readonly toModelOutput = ({ output }: { output: { size: number } }) => ({
          type: "text" as const,
          value: `${output.size} ${this.#label}`,
        });
      }
      const turns = [
        { calls: [{ id: "c1", tool: "export_rows", input: { size: 5 } }] },
        { calls: [{ id: "c2", tool: "export_rows", input: { size: 500 } }] },
      ];
      const g = guardAI(guard, guard.ticket());
      const result = await sdk.converse(mode, turns, g.options({ export_rows: new Rows() }));
      expect(result.answer("c1")).toEqual({ type: "text", value: "5 rows" });
      expect(result.answer("c2")).toMatchObject({
        type: "content",
        value: [{ text: "100 rows" }, { text: expect.stringContaining("from 500 to 100") }],
      });
      expect(JSON.stringify(result.prompts)).not.toContain("s3cret");
    },
  );

  verifies(
    "ai.x.review",
    "a review without anybody to ask is denied, with a reviewer the call waits",
    async () => {
      let ran = 0;
      const ask = tool({ inputSchema: anything, execute: () => `run ${++ran}` });
      const nobody = await testGuard(POLICY);
      const alone = guardAI(nobody, nobody.ticket());
      const refused = await sdk.converse(mode, once("ask"), alone.options({ ask }));
      expect(ran).toBe(0);
      expect(refused.answer("c1")?.type).toBe("execution-denied");
      expect(recorded(nobody).map(({ code }) => code)).toEqual(["review_unavailable"]);

      const somebody = await testGuard(POLICY, { onReview: approve });
      const asked = guardAI(somebody, somebody.ticket());
      const result = await sdk.converse(mode, once("ask"), asked.options({ ask }));
      expect(result.answer("c1")).toEqual({ type: "text", value: "run 1" });
      expect(recorded(somebody).map(({ code, outcome }) => [code, outcome])).toEqual([
        ["approved", "executed"],
      ]);
    },
  );
});
