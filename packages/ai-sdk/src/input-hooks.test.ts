import { describe, expect } from "vitest";
import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { WAYS } from "../test/majors.ts";
import { POLICY } from "../test/policy.ts";
import { guardAI, type GuardAIOptions } from "./index.ts";

const approve = () => Promise.resolve({ answer: "approve", reviewer: "ann" } as const);

describe.each(WAYS)("$title", ({ sdk, mode }) => {
  /** The hooks that ran in one step with a call of each kind. */
  async function hooks(options: GuardAIOptions = {}): Promise<string[]> {
    const guard = await testGuard(POLICY, { onReview: approve });
    const ran: string[] = [];
    const names = ["search", "refund", "report", "ask", "export_rows"];
    const hooked = (name: string): object =>
      tool({
        inputSchema: z.object({ size: z.number() }),
        onInputStart: () => void ran.push(`${name} start`),
        onInputDelta: () => void ran.push(`${name} delta`),
        onInputAvailable: ({ input }) => void ran.push(`${name} available ${input.size}`),
        execute: () => "done",
      });
    const tools = Object.fromEntries(names.map((name) => [name, hooked(name)]));
    const calls = names.map((name) => ({ id: name, tool: name, input: { size: 900 } }));
    const g = guardAI(guard, guard.ticket(), options);
    await sdk.converse(mode, [{ calls }], g.options(tools));
    return ran;
  }

  verifies(
    "ai.22",
    "input hooks run for allowed calls alone, on the arguments that run",
    async () => {
      expect(await hooks()).toEqual(["search available 900", "export_rows available 100"]);
    },
  );

  verifies("ai.22", "the host may ask for the SDK's own order", async () => {
    const ran = await hooks({ inputHooks: "before-decision" });
    expect(ran).toContain("refund available 900");
    expect(ran).toContain("export_rows available 900");
    // AI SDK 6 calls `onInputStart` only where it streams.
    if (mode === "stream") expect(ran).toContain("refund start");
  });
});
