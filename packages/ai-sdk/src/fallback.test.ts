import { testGuard, type TestGuardOptions } from "@interlatch/core/testing";
import { tool, type ToolSet } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { FALLBACKS, MOST_DENIALS } from "../../../test/fallback-policy.ts";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { Chat } from "../test/chat.ts";
import { WAYS, type Turn } from "../test/majors.ts";
import { guardAI, isDeniedOutput } from "./index.ts";

const anything = z.looseObject({});
const INSTEAD = "The office is closed.\nInstead, draft ran, and the result is its own.";

function plain(name: string, ran: string[]) {
  return tool({
    inputSchema: anything,
    execute: () => {
      ran.push(name);
      return `${name} ran`;
    },
  });
}

/** The lesser tool; its schema makes the text upper case. */
function draftTool(ran: string[]) {
  return tool({
    inputSchema: z.object({ text: z.string().transform((text) => text.toUpperCase()) }),
    execute: ({ text }) => {
      ran.push(`draft ${text}`);
      return { saved: text };
    },
  });
}

async function setUp(options: TestGuardOptions = {}, more: ToolSet = {}) {
  const guard = await testGuard(FALLBACKS, options);
  const ran: string[] = [];
  const names = ["look", "send", "refund", "wipe", "wire", "vault"];
  const tools: ToolSet = {
    ...Object.fromEntries(names.map((name) => [name, plain(name, ran)])),
    draft: draftTool(ran),
    ...more,
  };
  const g = guardAI(guard, guard.ticket());
  return { guard, ran, tools, g, options: g.options(tools) };
}

const calling = (...names: readonly string[]): readonly Turn[] => [
  {
    calls: names.map((name, index) => ({ id: `c${index + 1}`, tool: name, input: { to: "Ann" } })),
  },
];

describe.each(WAYS)("$title", ({ sdk, mode }) => {
  verifies("ai.x.hop", "a lesser tool's result is the output, and says whose it is", async () => {
    const { guard, ran, options } = await setUp();
    const run = await sdk.converse(mode, calling("send", "look"), options);
    const output = run.output("c1");
    expect(isDeniedOutput(output) && output["@interlatch/denied"]).toEqual({
      code: "rule_denied",
      reason: INSTEAD,
      instead: { tool: "draft", output: { saved: "FOR ANN" } },
    });
    expect(run.answer("c1")).toEqual({
      type: "content",
      value: [
        { type: "text", text: '{"saved":"FOR ANN"}' },
        { type: "text", text: INSTEAD },
      ],
    });
    expect(run.output("c2")).toBe("look ran");
    expect(run.text).not.toBe("");
    expect(ran.toSorted()).toEqual(["draft FOR ANN", "look"]);
    expect(recorded(guard)).toHaveLength(3);
  });

  verifies("ai.x.hop", "streams stand on either side of it", async () => {
    const stream = tool({
      inputSchema: anything,
      async *execute() {
        yield "s";
        yield "streamed";
      },
      toModelOutput: ({ output }) => ({ type: "text", value: `words: ${String(output)}` }),
    });
    const lesser = await setUp({}, { draft: stream, send: stream });
    const run = await sdk.converse(mode, calling("send"), lesser.options);
    expect(run.output("c1")).toMatchObject({
      "@interlatch/denied": { instead: { tool: "draft", output: "streamed" } },
    });
    expect(run.answer("c1")).toMatchObject({
      value: [{ text: "words: streamed" }, { text: INSTEAD }],
    });
    const results = run.parts.filter(({ type }) => type === "tool-result");
    expect(results.filter(({ preliminary }) => preliminary !== true)).toHaveLength(
      mode === "stream" ? 1 : 0,
    );
  });

  verifies(
    "ai.x.hop",
    "gives way to the words where there is none, or it may not run",
    async () => {
      const broken = tool({
        inputSchema: anything,
        execute: (): string => {
          throw new Error("disk full");
        },
      });
      const picky = tool({ inputSchema: z.object({ text: z.number() }), execute: () => "saved" });
      const client = tool({ inputSchema: anything, outputSchema: z.string() });
      for (const draft of [broken, picky, client]) {
        const { options, ran } = await setUp({}, { draft });
        const run = await sdk.converse(mode, calling("send", "wire"), options);
        expect(run.answer("c1")).toEqual({
          type: "execution-denied",
          reason: "The office is closed.",
        });
        expect(run.answer("c2")).toEqual({ type: "execution-denied", reason: "No wires." });
        expect(ran).toEqual([]);
      }
    },
  );

  verifies("ai.x.hop", "does not run what a person is to be asked about", async () => {
    for (const needsApproval of [true, async (input: unknown) => "text" in Object(input)]) {
      const ran: string[] = [];
      const asking = tool({ ...draftTool(ran), needsApproval });
      const { options } = await setUp({}, { draft: asking });
      const run = await sdk.converse(mode, calling("send"), options);
      expect(run.answer("c1")).toEqual({
        type: "execution-denied",
        reason: "The office is closed.",
      });
      expect(ran).toEqual([]);
    }
  });

  verifies("ai.x.hop", "another guard of the lesser tool is asked too", async () => {
    const strict = await testGuard({ draft: "deny" });
    const ran: string[] = [];
    const { draft } = guardAI(strict, strict.ticket()).tools({ draft: draftTool(ran) });
    const { options } = await setUp({}, { draft });
    await sdk.converse(mode, calling("send"), options);
    expect(ran).toEqual([]);
    expect(strict.decisions).toMatchObject([{ tool: "draft", decision: { effect: "deny" } }]);
  });

  verifies("ai.x.route", "a route is words", async () => {
    const { options } = await setUp();
    const run = await sdk.converse(mode, calling("refund"), options);
    expect(run.answer("c1")).toEqual({ type: "execution-denied", reason: "People do that." });
  });

  verifies("ai.x.throw", "an exception is a tool's error where the host allows it", async () => {
    const usual = await setUp();
    const words = await sdk.converse(mode, calling("wipe"), usual.options);
    expect(words.answer("c1")).toEqual({ type: "execution-denied", reason: "Never." });
    const allowed = await setUp({ allowThrow: true });
    const run = await sdk.converse(mode, calling("wipe"), allowed.options);
    expect(run.answer("c1")).toMatchObject({
      type: "error-text",
      value: expect.stringContaining("Never."),
    });
    expect(run.content.find(({ type }) => type === "tool-error")?.error).toMatchObject({
      code: "ERR_DENIED",
    });
    expect([...usual.ran, ...allowed.ran]).toEqual([]);
  });

  verifies("ai.x.end", "ends where a call was denied too often, after its siblings", async () => {
    for (const by of ["converse", "converseAgent"] as const) {
      const { g, ran, options } = await setUp({ maxRepeatedDenials: MOST_DENIALS });
      const turns: Turn[] = ["a", "b", "c"].map((id) => ({
        calls: [
          { id, tool: "refund", input: {} },
          { id: `look ${id}`, tool: "look", input: { id } },
        ],
      }));
      const stopWhen = [g.stopWhen, sdk.sdk.stepCountIs(5)];
      const run = await sdk[by](mode, turns, { ...options, stopWhen });
      expect(run.prompts).toHaveLength(2);
      expect(ran).toEqual(["look", "look"]);
      // Another run of the same tools goes on until it is denied once more.
      const again = await sdk[by](mode, turns.slice(1, 2), { ...options, stopWhen });
      expect(again.prompts).toHaveLength(1);
      const other = await sdk[by](mode, calling("look"), { ...options, stopWhen });
      expect(other.prompts).toHaveLength(2);
    }
  });
});

const [first, , second] = WAYS;

describe.each([first, second].filter((way) => way !== undefined))(
  "AI SDK $sdk.version",
  ({ sdk }) => {
    verifies(
      "ai.x.hop-history",
      "what an interface shows and sends back says the same again",
      async () => {
        const strict = tool({
          inputSchema: anything,
          outputSchema: z.object({ sent: z.boolean() }),
          execute: () => ({ sent: true }),
        });
        const { guard, tools, options } = await setUp({}, { send: strict });
        const shown = await sdk.uiMessage(calling("send"), options);
        const part = shown.parts.find(({ toolCallId }) => toolCallId === "c1");
        expect(part?.state).toBe("output-available");
        expect(isDeniedOutput(part?.output) && part.output["@interlatch/denied"].instead).toEqual({
          tool: "draft",
          output: { saved: "FOR ANN" },
        });
        const chat = new Chat(sdk, { guard, tools });
        await chat.say(calling("send"));
        const run = await chat.post("generate");
        expect(run.answer("c1")).toMatchObject({
          value: [{ text: '{"saved":"FOR ANN"}' }, { text: INSTEAD }],
        });
      },
    );
  },
);
