import type { Guard, Ticket } from "@interlatch/core";
import * as ai7 from "ai";
import * as ai6 from "ai6";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { guardAI } from "./index.ts";

declare const guard: Guard;
declare const ticket: Ticket;
declare const model7: ai7.LanguageModel;
declare const model6: ai6.LanguageModel;

const g = guardAI(guard, ticket);

describe("[ai.42] literal tool names and input types survive", () => {
  test("on AI SDK 7", async () => {
    const tools = {
      search: ai7.tool({
        inputSchema: z.object({ q: z.string() }),
        execute: async ({ q }) => ({ hits: q.length }),
      }),
      tenant: ai7.tool({
        inputSchema: z.object({}),
        contextSchema: z.object({ id: z.string() }),
        execute: (_input, { context }) => context.id,
      }),
    };
    expectTypeOf(g.tools(tools)).toEqualTypeOf(tools);
    const options = { model: model7, prompt: "go", toolsContext: { tenant: { id: "t" } } };
    const result = await ai7.generateText({ ...options, ...g.options(tools) });
    const call = result.toolCalls[0];
    if (call?.dynamic !== true) {
      expectTypeOf(call!.toolName).toEqualTypeOf<"search" | "tenant">();
      if (call?.toolName === "search") expectTypeOf(call.input).toEqualTypeOf<{ q: string }>();
    }
    const made = result.toolResults[0];
    if (made?.dynamic !== true && made?.toolName === "search") {
      expectTypeOf(made.output).toEqualTypeOf<{ hits: number }>();
    }
    // @ts-expect-error the context of a guarded tool is asked for as before
    void ai7.generateText({ model: model7, prompt: "go", ...g.options(tools) });
    void ai7.streamText({ ...options, ...g.options(tools) });
    const { convertToModelMessages, validateUIMessages } = ai7;
    const read = { convertToModelMessages, validateUIMessages };
    const messages = await g.messages([], tools, read);
    expectTypeOf(messages).toEqualTypeOf<ai7.ModelMessage[]>();
    const { prompt: _, ...unprompted } = options;
    void ai7.streamText({ ...unprompted, messages, ...g.options(tools) });
    void new ai7.ToolLoopAgent({
      model: model7,
      toolsContext: options.toolsContext,
      ...g.options(tools),
    });
    expectTypeOf(g.toolApproval).toExtend<
      ai7.ToolApprovalConfiguration<typeof tools, Record<string, unknown>>
    >();
  });

  test("the middleware that hides tools fits both majors", () => {
    expectTypeOf(g.hideTools).toExtend<ai7.LanguageModelMiddleware>();
    expectTypeOf(g.hideTools).toExtend<ai6.LanguageModelMiddleware>();
  });

  test("on AI SDK 6", async () => {
    const tools = {
      search: ai6.tool({
        inputSchema: z.object({ q: z.string() }),
        execute: async ({ q }) => ({ hits: q.length }),
      }),
      count: ai6.tool({ inputSchema: z.object({ of: z.number() }), execute: ({ of }) => of }),
    };
    expectTypeOf(g.tools(tools)).toEqualTypeOf(tools);
    const result = await ai6.generateText({ model: model6, prompt: "go", ...g.options(tools) });
    const call = result.toolCalls[0];
    if (call?.dynamic !== true) {
      expectTypeOf(call!.toolName).toEqualTypeOf<"search" | "count">();
      if (call?.toolName === "search") expectTypeOf(call.input).toEqualTypeOf<{ q: string }>();
    }
    const made = result.toolResults[0];
    if (made?.dynamic !== true && made?.toolName === "search") {
      expectTypeOf(made.output).toEqualTypeOf<{ hits: number }>();
    }
    void ai6.streamText({ model: model6, prompt: "go", ...g.options(tools) });
    const messages = await g.messages([], tools, ai6);
    expectTypeOf(messages).toEqualTypeOf<ai6.ModelMessage[]>();
    void ai6.streamText({ model: model6, messages, ...g.options(tools) });
    void new ai6.ToolLoopAgent({ model: model6, ...g.options(tools) });
  });
});
