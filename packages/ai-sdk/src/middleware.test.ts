import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { asks, counted } from "../test/counted.ts";
import { WAYS } from "../test/majors.ts";
import { POLICY } from "../test/policy.ts";
import { guardAI } from "./index.ts";

/** What the hooks of a middleware get, as far as these tests read it. */
interface Params {
  readonly tools?: readonly { readonly name: string }[];
}
interface Calling {
  doGenerate(): Promise<{ content: readonly object[] }>;
  doStream(): Promise<{ stream: ReadableStream<object> }>;
}

/** Every specification that a middleware may say it is written for, on either major. */
const VERSIONS = ["v3", "v4", undefined] as const;

describe.each(WAYS)("$title: a model's middleware", ({ sdk, mode }) => {
  verifies("ai.40", "of any specification leaves every call to the guard", async () => {
    for (const specificationVersion of VERSIONS) {
      const guard = await testGuard(POLICY);
      const { ran, tools } = counted("search", "refund");
      let passed = 0;
      const middleware = {
        ...(specificationVersion === undefined ? {} : { specificationVersion }),
        transformParams: async ({ params }: { params: Params }) => {
          passed++;
          return params;
        },
        wrapGenerate: ({ doGenerate }: Calling) => doGenerate(),
        wrapStream: ({ doStream }: Calling) => doStream(),
      };
      const { options } = guardAI(guard, guard.ticket());
      await sdk.converse(mode, asks("search", "refund"), options(tools), middleware);
      expect(passed).toBe(2);
      expect(ran.map(([name]) => name)).toEqual(["search"]);
      const outcomes = recorded(guard).map(({ tool: name, outcome }) => `${name} ${outcome}`);
      expect(outcomes.toSorted()).toEqual(["refund blocked", "search executed"]);
    }
  });

  verifies("ai.40", "that hides a tool does not let a call of it past the guard", async () => {
    for (const specificationVersion of VERSIONS) {
      const guard = await testGuard(POLICY);
      const { ran, tools } = counted("search", "refund");
      const middleware = {
        specificationVersion,
        transformParams: async ({ params }: { params: Params }) => ({ ...params, tools: [] }),
      };
      const { options } = guardAI(guard, guard.ticket());
      await sdk.converse(mode, asks("refund", "search"), options(tools), middleware);
      expect(ran.map(([name]) => name)).toEqual(["search"]);
      expect(recorded(guard).map(({ code }) => code)).toContain("rule_denied");
    }
  });

  verifies("ai.40", "that rewrites a call has judged what it wrote", async () => {
    for (const specificationVersion of VERSIONS) {
      const guard = await testGuard(POLICY);
      const sizes: number[] = [];
      const export_rows = tool({
        inputSchema: z.object({ size: z.number() }),
        execute: ({ size }) => sizes.push(size),
      });
      const enlarged = (part: object): object =>
        "type" in part && part.type === "tool-call" ? { ...part, input: '{"size":900}' } : part;
      const middleware = {
        specificationVersion,
        wrapGenerate: async ({ doGenerate }: Calling) => {
          const made = await doGenerate();
          return { ...made, content: made.content.map(enlarged) };
        },
        wrapStream: async ({ doStream }: Calling) => {
          const made = await doStream();
          const transform = new TransformStream<object, object>({
            transform: (part, controller) => controller.enqueue(enlarged(part)),
          });
          return { ...made, stream: made.stream.pipeThrough(transform) };
        },
      };
      const turns = [{ calls: [{ id: "c1", tool: "export_rows", input: { size: 1 } }] }];
      const { options } = guardAI(guard, guard.ticket());
      await sdk.converse(mode, turns, options({ export_rows }), middleware);
      // The policy's bound is held against what the middleware wrote, and not against what the model did.
      expect(sizes).toEqual([100]);
      expect(guard.decisions[0]?.decision.rewrites).toMatchObject([{ from: 900, to: 100 }]);
    }
  });
});
