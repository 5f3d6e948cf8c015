import { guardAI, type GuardableTools } from "@interlatch/ai-sdk";
import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { describe, expect, it } from "vitest";
import { ANN } from "../../packages/ai-sdk/test/chat.ts";
import { WAYS } from "../../packages/ai-sdk/test/majors.ts";
import { anything, paying, pays } from "./paying.ts";

/** The versions are those that `ai-sdk.test.ts` names. */
describe.each(WAYS)("$title", ({ sdk, mode }) => {
  const isSeven = sdk.version === 7;

  describe("a hook on the input", () => {
    it("is told of a call that needs an approval, before there is one, without interlatch", async () => {
      const told: unknown[] = [];
      const onInputAvailable = ({ input }: { input: unknown }) => void told.push(input);
      const { ran, tools } = paying({ needsApproval: true, onInputAvailable });
      await sdk.converse(mode, pays("c"), { tools });
      expect([told, ran.times]).toEqual([[{}], 0]);
    });

    it("is not told of it with interlatch", async () => {
      for (const effect of ["review", "deny"] as const) {
        const guard = await testGuard({ pay: effect });
        const told: unknown[] = [];
        const { tools } = paying({ onInputAvailable: (given: unknown) => void told.push(given) });
        const { options } = guardAI(guard, guard.ticket(), { reviewer: ANN });
        await sdk.converse(mode, pays("c"), options(tools));
        expect(told).toEqual([]);
      }
    });
  });

  describe("a generator tool in a wrapper that has to wait", () => {
    async function* execute(): AsyncGenerator<string> {
      yield "first";
      yield "whole";
    }

    it("loses its parts without interlatch, or ends the run", async () => {
      const wrapped = { inputSchema: anything, execute: async () => execute() };
      const answer = await sdk.converse(mode, pays("c"), { tools: { pay: wrapped } }).then(
        (result) => JSON.stringify(result.answer("c")),
        (error: Error) => error.name,
      );
      expect(answer).not.toContain("whole");
    });

    it("gives its parts with interlatch, where a person is waited for too", async () => {
      const answer = { answer: "approve", reviewer: "ann" } as const;
      const guard = await testGuard({ pay: "review" }, { onReview: async () => answer });
      const { options } = guardAI(guard, guard.ticket());
      const pay = tool({ inputSchema: anything, execute });
      const result = await sdk.converse(mode, pays("c"), options({ pay }));
      expect(result.output("c")).toBe("whole");
    });
  });

  describe("an exception in what is asked before a tool", () => {
    const throws = (): never => {
      throw new Error("the policy engine is down");
    };

    it("ends the run without interlatch", async () => {
      const { ran, tools } = paying(isSeven ? {} : { needsApproval: throws });
      const settings = isSeven ? { tools, toolApproval: throws } : { tools };
      const ended = await sdk.converse(mode, pays("c"), settings).then(
        ({ text }) => text,
        () => "the run has failed",
      );
      expect(ended).not.toBe("done");
      expect(ran.times).toBe(0);
    });

    it("denies the call and the run goes on with interlatch", async () => {
      const guard = await testGuard({ pay: "allow" });
      const { tools } = paying();
      const { options } = guardAI(guard, guard.ticket());
      await guard.close();
      const result = await sdk.converse(mode, pays("c"), options(tools));
      expect(result.answer("c")?.type).toBe("execution-denied");
      expect(result.text).toBe("done");
    });
  });

  describe("a tool of a sub-agent", () => {
    /** An agent that calls another one, whose `pay` is `tools`. */
    const nested = (inner: object, settings: (outer: GuardableTools) => object) => {
      const help = tool({
        inputSchema: anything,
        execute: async () => (await sdk.converse(mode, pays("inner"), inner)).text,
      });
      const turns = [{ calls: [{ id: "outer", tool: "help" }] }];
      return sdk.converse(mode, turns, settings({ help }));
    };

    it("runs although the outer run forbids it, without interlatch", async () => {
      const { ran, tools } = paying();
      await nested({ tools }, (outer) => ({
        tools: outer,
        toolApproval: { pay: "denied" },
      }));
      expect(ran.times).toBe(1);
    });

    it("does not run with interlatch", async () => {
      const guard = await testGuard({ help: "allow", pay: "deny" });
      const { ran, tools } = paying();
      const g = guardAI(guard, guard.ticket());
      await nested({ tools: g.tools(tools) }, (outer) => g.options(outer));
      expect(ran.times).toBe(0);
    });
  });
});

describe.each(WAYS.filter(({ sdk }) => sdk.version === 7))(
  "$title: toolApproval",
  ({ sdk, mode }) => {
    /** A status that the SDK does not know, as a policy engine without its types may give it. */
    const odd: readonly unknown[] = ["deny", "blocked", false, { type: "nope" }, undefined];

    it("runs a call for what it does not know, also one that asks by itself, without interlatch", async () => {
      for (const status of odd) {
        const { ran, tools } = paying({ needsApproval: true });
        await sdk.converse(mode, pays("c"), { tools, toolApproval: () => status });
        expect([status, ran.times]).toEqual([status, 1]);
      }
    });

    it("denies what the policy does not allow, and keeps what the tool asks, with interlatch", async () => {
      const guard = await testGuard({ pay: "allow" });
      const { ran, tools } = paying({ needsApproval: true });
      const { options } = guardAI(guard, guard.ticket());
      const asked = await sdk.converse(mode, pays("c"), options(tools));
      expect(asked.content.map(({ type }) => type)).toContain("tool-approval-request");
      const unheard = await testGuard({});
      const other = guardAI(unheard, unheard.ticket());
      await sdk.converse(mode, pays("c"), other.options(tools));
      expect(ran.times).toBe(0);
    });
  },
);
