import { Command, entrypoint, interrupt, MemorySaver, task } from "@langchain/langgraph";
import type { ToolCall } from "@langchain/core/messages/tool";
import { tool } from "@langchain/core/tools";
import { testGuard } from "@interlatch/core/testing";
import { guardTool } from "@interlatch/langchain";
import { describe, expect } from "vitest";
import { HELLO, hasStopped, SCHEMA, start, told } from "../review/apps.ts";
import { call } from "../scripted-model.ts";
import { verifies } from "../verifies.ts";
import { PATHS } from "./paths.ts";

const FIRST = call("look", { amount: 1 }, "c1");
const SECOND = call("look", { amount: 2 }, "c2");

describe.each(PATHS.filter(({ alone }) => alone === true))("$name", ({ make }) => {
  verifies("lg.23", "runs a sibling of an interrupted call once", async () => {
    const { app, as, ran, guard } = await start(make, [[FIRST, SECOND]], {
      gives: (_, id) => (id === "c2" ? `answered ${String(interrupt("which?"))}` : "fine"),
    });
    expect(hasStopped(await app.invoke(HELLO, as()))).toBe(true);
    const done = await app.invoke(new Command({ resume: "7" }), as());
    expect(told(done)).toEqual(["c1 ran", "c2 ran"]);
    expect(ran.filter((one) => one.includes('"amount":1'))).toHaveLength(1);
    const decided = guard.decisions.map(({ call: id }) => id);
    expect(decided.filter((id) => id === "c1")).toHaveLength(1);
  });
});

describe("a flow that asks something itself between its tasks", () => {
  verifies("lg.25", "runs and records no finished call again when it goes on", async () => {
    const guard = await testGuard({ look: "allow" });
    const ran: unknown[] = [];
    const look = guardTool(
      tool((args) => `${ran.push(args)}`, { name: "look", schema: SCHEMA }),
      guard,
    );
    const act = task("act", async (one: ToolCall) => look.invoke(one as never)); // a call is an input
    const flow = entrypoint({ name: "flow", checkpointer: new MemorySaver() }, async () => {
      await act(FIRST);
      interrupt("go on?");
      await act(SECOND);
      return "done";
    });
    const config = { configurable: { interlatch: guard.ticket(), thread_id: "t1" } };
    await flow.invoke({}, config);
    expect(ran).toHaveLength(1);
    expect(await flow.invoke(new Command({ resume: true }), config)).toBe("done");
    expect(ran).toHaveLength(2);
    expect(guard.decisions.map(({ call: id }) => id)).toEqual(["c1", "c2"]);
  });
});
