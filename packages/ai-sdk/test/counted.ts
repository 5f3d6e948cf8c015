import { tool } from "ai";
import { z } from "zod";
import type { Turn } from "./script.ts";

const anything = z.looseObject({});

/** Tools that note what they ran with. */
export function counted(...names: string[]) {
  const ran: [string, unknown][] = [];
  const tools = Object.fromEntries(
    names.map((name) => [
      name,
      tool({
        inputSchema: anything,
        execute: (input) => `${name} ${ran.push([name, input])}`,
      }),
    ]),
  );
  return { ran, tools };
}

/** One turn of the model that calls each of these tools with `{ n: 1 }`, the call of `pay` being `c-pay`. */
export const asks = (...names: string[]): Turn[] => [
  { calls: names.map((name) => ({ id: `c-${name}`, tool: name, input: { n: 1 } })) },
];
