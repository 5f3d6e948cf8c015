import type { GuardableTools } from "@interlatch/ai-sdk";
import { tool } from "ai";
import { z } from "zod";
import type { Turn } from "../../packages/ai-sdk/test/majors.ts";

/** The arguments of every tool here. */
export const anything = z.looseObject({});

/** One turn of the model that pays, once for each of these call ids. */
export const pays = (...ids: string[]): Turn[] => [
  { calls: ids.map((id) => ({ id, tool: "pay" })) },
];

/** A tool that counts its runs; `more` are other fields of it. */
export function paying(more: object = {}) {
  const ran = { times: 0 };
  const plain = tool({ inputSchema: anything, execute: () => `paid ${++ran.times}` });
  return { ran, tools: { pay: { ...plain, ...more } } as GuardableTools };
}
