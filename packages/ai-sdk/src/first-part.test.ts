import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { asks } from "../test/counted.ts";
import { MAJORS } from "../test/majors.ts";
import { guardAI, type GuardAIOptions } from "./index.ts";

/** A tool whose second part comes when the test lets it, and not before. */
function gated() {
  let release = (): void => undefined;
  const gate = new Promise<void>((open) => (release = open));
  const search = tool({
    inputSchema: z.looseObject({}),
    async *execute() {
      yield "first";
      await gate;
      yield "second";
    },
  });
  return { search, release };
}

describe.each(MAJORS)("AI SDK $version: the first part of a stream", (sdk) => {
  const stopWhen = sdk.sdk.stepCountIs(3);

  verifies("ai.x.first-part", "is there before the tool makes its second", async () => {
    const approve = () => Promise.resolve({ answer: "approve", reviewer: "ann" } as const);
    const ways: readonly (readonly ["allow" | "review", GuardAIOptions])[] = [
      ["allow", {}],
      ["allow", { reviewer: { id: "ann" } }],
      ["review", {}],
    ];
    for (const [effect, options] of ways) {
      const guard = await testGuard({ search: effect }, { onReview: approve });
      const { search, release } = gated();
      const { model } = sdk.model(asks("search"));
      const g = guardAI(guard, guard.ticket(), options);
      const result = sdk.sdk.streamText({
        model,
        prompt: "go",
        stopWhen,
        ...g.options({ search }),
      });
      const outputs: unknown[] = [];
      for await (const part of result.fullStream) {
        if (part.type !== "tool-result") continue;
        outputs.push(part.output);
        // Held back until the tool is done, the first part would never come, nor this test to its end.
        if (part.output === "first") release();
      }
      expect(outputs).toEqual(["first", "second", "second"]);
      expect(recorded(guard)).toMatchObject([{ outcome: "executed" }]);
    }
  });

  verifies("ai.x.first-part", "is in the response to the page before the second", async () => {
    const guard = await testGuard({ search: "allow" });
    const { search, release } = gated();
    const { model } = sdk.model(asks("search"));
    const { options } = guardAI(guard, guard.ticket());
    const result = sdk.sdk.streamText({ model, prompt: "go", stopWhen, ...options({ search }) });
    const body = result.toUIMessageStreamResponse().body!.pipeThrough(new TextDecoderStream());
    let received = "";
    for await (const text of body) {
      received += text;
      if (received.includes('"first"')) release();
    }
    expect(received).toContain('"second"');
  });
});
