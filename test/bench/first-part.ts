import { once } from "node:events";
import { createServer } from "node:http";
import { memoryAudit } from "@interlatch/core";
import "@interlatch/core/node";
import { testGuard } from "@interlatch/core/testing";
import { guardAI } from "@interlatch/ai-sdk";
import { jsonSchema, streamText, tool, type ToolSet } from "ai";
import { MockLanguageModelV4, convertArrayToReadableStream } from "ai/test";
import type { Figure } from "./goal.ts";
import { median, type Effort } from "./measure.ts";

/** Runs of each kind in a round. */
const RUNS = 64;

/**
 * How long a generator tool's first part takes from the start of the run, guarded beside bare. The tool asks a server
 * on this machine first, which is the least that a tool does which is worth streaming; beside it, for the reader, one
 * that does nothing at all.
 */
export async function firstPart({ rounds }: Pick<Effort, "rounds">): Promise<readonly Figure[]> {
  const server = createServer((_, response) => response.end("shoes")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  try {
    const url = `http://127.0.0.1:${address.port}/`;
    const asks = await compare(rounds, async () => (await fetch(url)).text());
    const idle = await compare(rounds, () => "shoes");
    return [
      {
        what: "AI SDK 7 streamText: a generator's first part",
        against: "the bare tool",
        value: asks.ratio,
        unit: "×",
        goal: { atMost: 1.05 },
        tolerance: 0.05,
        note: `${asks.note}; of a tool that does nothing ${idle.ratio.toFixed(2)} ×, ${idle.note}`,
      },
    ];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

interface Compared {
  readonly ratio: number;
  readonly note: string;
}

async function compare(rounds: number, find: () => string | Promise<string>): Promise<Compared> {
  const guard = await testGuard({ search: "allow" }, { audit: memoryAudit() });
  const tools = {
    search: tool({
      description: "Searches the shop",
      inputSchema: jsonSchema<{ query: string }>({
        type: "object",
        properties: { query: { type: "string" } },
        required: ["query"],
      }),
      async *execute({ query }) {
        yield await find();
        yield `found ${query}`;
      },
    }),
  };
  const guarded = guardAI(guard, guard.ticket()).options(tools);
  const bare = { tools };
  const taken: { bare: number; guarded: number }[] = [];
  for (let round = -1; round < rounds; round++) {
    const times = { bare: [] as number[], guarded: [] as number[] };
    for (let index = 0; index < RUNS; index++) {
      times.bare.push(await untilFirstPart(bare, index));
      times.guarded.push(await untilFirstPart(guarded, index));
    }
    // The first round is for the compiler.
    if (round >= 0) taken.push({ bare: median(times.bare), guarded: median(times.guarded) });
  }
  const us = (name: "bare" | "guarded"): string =>
    `${(median(taken.map((each) => each[name])) * 1000).toFixed(0)} µs`;
  return {
    ratio: median(taken.map((each) => each.guarded / each.bare)),
    note: `${us("guarded")} : ${us("bare")}`,
  };
}

/** Milliseconds from the start of a run to the first part of its tool. The run is then read to its end. */
async function untilFirstPart(
  settings: { readonly tools: ToolSet },
  index: number,
): Promise<number> {
  const start = performance.now();
  const { fullStream } = streamText({ model: scripted(index), ...settings, prompt: "Find shoes." });
  let first: number | undefined;
  for await (const part of fullStream) {
    if (part.type === "tool-result") first ??= performance.now() - start;
  }
  if (first === undefined) throw new Error("the tool gave no part");
  return first;
}

const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A model that calls the tool. */
function scripted(index: number): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    doStream: async () => ({
      stream: convertArrayToReadableStream([
        { type: "stream-start", warnings: [] },
        {
          type: "tool-call",
          toolCallId: `c${index}`,
          toolName: "search",
          input: JSON.stringify({ query: "blue shoes" }),
        },
        {
          type: "finish",
          finishReason: { unified: "tool-calls", raw: undefined },
          usage: USAGE,
        },
      ]),
    }),
  });
}
