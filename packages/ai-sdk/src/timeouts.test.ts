import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { asks } from "../test/counted.ts";
import { WAYS, type Conversation } from "../test/majors.ts";
import { POLICY } from "../test/policy.ts";
import { guardAI } from "./index.ts";

const anything = z.looseObject({});

/** Ends when it is told to, and not before. */
const waiting = () =>
  tool({
    inputSchema: anything,
    execute: (_input, { abortSignal }) =>
      new Promise<string>((_resolve, reject) => {
        abortSignal?.addEventListener("abort", () => reject(abortSignal.reason as Error));
      }),
  });

describe.each(WAYS)("$title: a tool's time", ({ sdk, mode }) => {
  // AI SDK 7 can limit each tool; 6 only a step, which ends the run with it.
  const timeout = sdk.version === 7 ? { tools: { searchMs: 1 } } : { stepMs: 1 };
  const told = (result: Promise<Conversation>): Promise<unknown> =>
    result.then(
      ({ text, answers }) => [text, answers.map(({ output }) => output)],
      (error: Error) => error.name,
    );

  verifies("ai.34", "is over as without the guard, and the record says so", async () => {
    const guard = await testGuard(POLICY);
    const tools = { search: waiting() };
    const plain = await told(sdk.converse(mode, asks("search"), { tools, timeout }));
    const { options } = guardAI(guard, guard.ticket());
    const guarded = await told(sdk.converse(mode, asks("search"), { ...options(tools), timeout }));
    expect(guarded).toEqual(plain);
    if (sdk.version === 7) {
      expect(plain).toEqual(["done", [expect.objectContaining({ type: "error-text" })]]);
    }
    await guard.flush();
    expect(recorded(guard)).toMatchObject([{ code: "allowed", outcome: "error" }]);
    expect(guard.status().openCalls).toBe(0);
  });

  verifies("ai.34", "does not begin again for a person who answers after it", async () => {
    let ran = 0;
    const ask = tool({ inputSchema: anything, execute: () => ++ran });
    let end = (): void => undefined;
    const over = new Promise<void>((ends) => (end = ends));
    const guard = await testGuard(POLICY, {
      onReview: async () => {
        await over;
        return { answer: "approve", reviewer: "ann" };
      },
    });
    const tools = guardAI(guard, guard.ticket()).tools({ ask });
    const controller = new AbortController();
    // The signal of the SDK's own timeout reaches the tool as any other does.
    const execute: typeof tools.ask.execute = (input, given) => {
      const abortSignal = controller.signal;
      controller.abort(new DOMException("out of time", "TimeoutError"));
      end();
      return tools.ask.execute(input, { ...given, abortSignal });
    };
    const settings = { tools: { ask: { ...tools.ask, execute } } };
    const result = await sdk.converse(mode, asks("ask"), settings);
    expect(ran).toBe(0);
    expect(result.text).toBe("done");
  });
});
