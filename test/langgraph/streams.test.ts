import { describe, expect } from "vitest";
import { HELLO, start, type Framework } from "../review/apps.ts";
import { call } from "../scripted-model.ts";
import { verifies } from "../verifies.ts";
import { PATHS } from "./paths.ts";

/** LangGraph's modes, and whether an interrupt is shown in them. */
const MODES = {
  values: true,
  updates: true,
  tasks: true,
  debug: true,
  messages: false,
  checkpoints: false,
} as const;

describe.each(PATHS)("$name", ({ make, reviews, byHand }) => {
  verifies("lg.33", "shows the denial in each stream", async () => {
    // What a hook says inside a flow is the flow's own until it ends: no task has it.
    const modes = byHand === true && reviews === "run" ? ["values", "updates"] : Object.keys(MODES);
    for (const mode of modes) {
      expect(await shown(make, "refund", mode), mode).toContain(
        "A rule forbids this call as it is.",
      );
    }
  });

  verifies("lg.33", "shows the question in each stream that has interrupts", async () => {
    for (const [mode, hasInterrupts] of Object.entries(MODES)) {
      const parts = await shown(make, "pay", mode);
      if (reviews === "tool") expect(parts, mode).toContain("review_unavailable");
      else if (hasInterrupts) expect(parts, mode).toContain('"actionRequests":[{');
    }
  });

  verifies("lg.33", "tells the application's own stream once, under a key of its own", async () => {
    expect(JSON.parse(await shown(make, "refund", "custom"))).toEqual([
      [
        expect.anything(),
        {
          interlatch: {
            denied: {
              call: "c1",
              tool: "refund",
              code: "rule_denied",
              message: "A rule forbids this call as it is.",
            },
          },
        },
      ],
    ]);
  });
});

/** All that a stream shows of a run in which the model calls this tool, with what its subgraphs stream. */
async function shown(make: Framework, tool: string, streamMode: string): Promise<string> {
  const { app, as, ran } = await start(make, [[call(tool, {}, "c1")]]);
  const parts: unknown[] = [];
  const options = { ...as(), streamMode, subgraphs: true };
  for await (const part of await app.stream(HELLO, options)) parts.push(part);
  expect(ran).toEqual([]);
  return JSON.stringify(parts);
}
