import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { ANN, Chat } from "../test/chat.ts";
import { asks } from "../test/counted.ts";
import { WAYS } from "../test/majors.ts";
import { guardAI, type GuardAIOptions } from "./index.ts";

const POLICY = { search: "allow", refund: "deny" } as const;

/** With and without questions of the policy's own in the conversation. */
const OPTIONS: readonly GuardAIOptions[] = [{}, { reviewer: ANN }, { reviewer: undefined }];

describe.each(WAYS)("$title: a tool's own needsApproval", ({ sdk, mode }) => {
  /** A tool that counts its runs, and says by itself whether a person must approve. */
  function asking(needsApproval: unknown) {
    const ran: unknown[] = [];
    const plain = tool({
      inputSchema: z.object({ n: z.number() }),
      execute: (input) => `run ${ran.push(input)}`,
    });
    return { ran, asks: { ...plain, needsApproval } };
  }

  verifies(
    "ai.16",
    "asks for a call that the policy allows, in whatever form it stands",
    async () => {
      for (const needsApproval of [true, () => true, async () => true]) {
        for (const options of OPTIONS) {
          const guard = await testGuard(POLICY);
          const { ran, asks: search } = asking(needsApproval);
          const g = guardAI(guard, guard.ticket(), options);
          const result = await sdk.converse(mode, asks("search"), g.options({ search }));
          expect(result.content.map(({ type }) => type)).toContain("tool-approval-request");
          expect(ran).toEqual([]);
          expect(recorded(guard)).toEqual([]);
        }
      }
    },
  );

  verifies("ai.16", "gets the arguments, and asks for some of them alone", async () => {
    for (const options of OPTIONS) {
      const guard = await testGuard(POLICY);
      const { ran, asks: search } = asking(({ n }: { n: number }) => n > 5);
      const g = guardAI(guard, guard.ticket(), options);
      const calls = [1, 9].map((n) => ({ id: `c${n}`, tool: "search", input: { n } }));
      const result = await sdk.converse(mode, [{ calls }], g.options({ search }));
      expect(ran).toEqual([{ n: 1 }]);
      const types = result.content.map(({ type }) => type);
      expect(types.filter((type) => type === "tool-approval-request")).toHaveLength(1);
    }
  });

  verifies(
    "ai.16",
    "is asked once more when it has its answer, and the call runs once",
    async () => {
      const guard = await testGuard(POLICY);
      const { ran, asks: search } = asking(true);
      const chat = new Chat(sdk, { guard, tools: { search } });
      await chat.say(asks("search"));
      chat.answer("c-search", true);
      expect((await chat.post(mode)).answer("c-search")).toEqual({ type: "text", value: "run 1" });
      expect(ran).toHaveLength(1);
      expect(recorded(guard)).toMatchObject([{ code: "allowed", outcome: "executed" }]);
    },
  );

  verifies(
    "ai.16",
    "does not make anybody be asked about a call that the policy denies",
    async () => {
      const guard = await testGuard(POLICY);
      const { ran, asks: refund } = asking(true);
      const g = guardAI(guard, guard.ticket(), { reviewer: ANN });
      const result = await sdk.converse(mode, asks("refund"), g.options({ refund }));
      expect(result.answer("c-refund")?.type).toBe("execution-denied");
      expect(ran).toEqual([]);
    },
  );

  verifies("ai.16", "that throws asks nobody on AI SDK 7, and runs nothing on either", async () => {
    const guard = await testGuard(POLICY);
    const { ran, asks: search } = asking(() => {
      throw new Error("no connection");
    });
    const { options } = guardAI(guard, guard.ticket());
    const result = await sdk
      .converse(mode, asks("search"), options({ search }))
      .catch(() => undefined);
    expect(ran).toEqual([]);
    // AI SDK 6 ends the run with the error, as without the guard.
    if (sdk.version === 7) expect(result?.answer("c-search")?.type).toBe("execution-denied");
  });
});
