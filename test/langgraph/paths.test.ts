import { AIMessage, ToolMessage } from "@langchain/core/messages";
import { Command, interrupt } from "@langchain/langgraph";
import type { LimitStore } from "@interlatch/core";
import { describe, expect } from "vitest";
import {
  answers,
  APPROVE,
  dangling,
  FINANCE,
  hasStopped,
  HELLO,
  questionOf,
  start,
  told,
} from "../review/apps.ts";
import { call } from "../scripted-model.ts";
import { toolPolicy } from "../tool-policy.ts";
import { verifies } from "../verifies.ts";
import { PATHS } from "./paths.ts";

const LOOK = call("look", { amount: 1 }, "c1");
const REFUND = call("refund", {}, "c2");
const PAY = call("pay", { amount: 7 }, "c3");

/** `look`, once an hour. */
const ONCE = toolPolicy({ look: { default: "deny" } }, [
  {
    name: "once",
    tools: ["look"],
    action: "allow",
    rateLimit: { max: 1, windowMs: 3_600_000, onExceed: "deny", by: ["agent"] },
  },
]);

describe.each(PATHS)("$name", ({ make, reviews }) => {
  verifies("lg.01", "runs an allowed call once, and says so", async () => {
    const { app, as, ran, guard } = await start(make, [[LOOK]]);
    const done = await app.invoke(HELLO, as());
    expect(told(done)).toEqual(["c1 ran"]);
    expect(done.messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual(['look {"to":"ann","amount":1}']);
    expect(guard.audit.records.map(({ type }) => type)).toEqual(["start", "call", "outcome"]);
  });

  verifies("lg.02", "answers a denied call, and the model has a further turn", async () => {
    const { app, as, ran, memory } = await start(make, [[REFUND]]);
    const done = await app.invoke(HELLO, as());
    expect(told(done)).toEqual(["c2 rule_denied"]);
    expect(memory.seen).toHaveLength(2);
    expect(done.messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual([]);
  });

  verifies("lg.04", "drops no sibling of a call that is denied or asked about", async () => {
    const { app, as, ran, guard } = await start(make, [[LOOK, REFUND, PAY]]);
    let done = await app.invoke(HELLO, as());
    if (reviews === "run") {
      expect(ran).toEqual([]);
      done = await app.invoke(
        answers(questionOf(done), () => APPROVE),
        as(FINANCE),
      );
    }
    const paid = reviews === "run" ? "ran" : "review_unavailable";
    expect(told(done)).toEqual(["c1 ran", "c2 rule_denied", `c3 ${paid}`]);
    expect(dangling(done)).toEqual([]);
    expect(guard.decisions).toHaveLength(3);
    expect(done.messages.at(-1)?.text).toBe("done");
  });

  verifies("lg.16", "denies a review where nothing keeps the run", async () => {
    const { app, as, ran } = await start(make, [[PAY, LOOK]], { checkpointer: null });
    const done = await app.invoke(HELLO, as(FINANCE));
    expect(told(done)).toEqual(["c1 ran", "c3 review_unavailable"]);
    expect(ran).toHaveLength(1);
  });

  verifies("lg.17", "lets an interrupt of a tool through, and its resume", async () => {
    const { app, as } = await start(make, [[LOOK]], {
      gives: () => `answered ${String(interrupt("which?"))}`,
    });
    expect(hasStopped(await app.invoke(HELLO, as()))).toBe(true);
    const done = await app.invoke(new Command({ resume: "7" }), as());
    expect(done.messages.at(-2)).toMatchObject({ content: "answered 7", status: "success" });
  });

  verifies("lg.19", "denies where a store fails, and goes on", async () => {
    const down = (): never => {
      throw new Error("store down");
    };
    const limits: LimitStore = { reserve: down, peek: down };
    const { app, as, ran } = await start(make, [[LOOK]], { policy: ONCE, stores: { limits } });
    const done = await app.invoke(HELLO, as());
    expect(told(done)).toEqual(["c1 store_unavailable"]);
    expect(done.messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual([]);
  });

  verifies("lg.27", "does not end with a denial where results are the last word", async () => {
    const { app, as } = await start(make, [[REFUND]], { returnDirect: true });
    const done = await app.invoke(HELLO, as());
    expect(told(done)).toEqual(["c2 rule_denied"]);
    expect(done.messages.at(-1)?.text).toBe("done");
  });

  verifies("lg.29", "judges nothing for malformed calls alone", async () => {
    const invalid = { name: "refund", args: "{", id: "c1", error: "Malformed args." };
    const malformed = new AIMessage({ content: "hm", invalid_tool_calls: [invalid] });
    const { app, as, guard } = await start(make, [malformed]);
    const done = await app.invoke(HELLO, as());
    expect(done.messages.at(-1)?.text).toBe("hm");
    expect(guard.decisions).toEqual([]);
  });

  verifies("lg.30", "runs nothing twice under one id, and nothing without one", async () => {
    const { id: _none, ...nameless } = call("look", { amount: 3 }, "");
    const { app, as, ran } = await start(make, [
      [LOOK, call("look", { amount: 2 }, "c1"), nameless, call("nothing", {}, "c4")],
    ]);
    const done = await app.invoke(HELLO, as());
    expect(ran.length).toBeLessThanOrEqual(1);
    expect(told(done).filter((one) => one.startsWith("c1"))).not.toEqual(["c1 ran", "c1 ran"]);
    expect(told(done)).toContain(" missing_call_id");
    expect(done.messages.at(-1)?.text).toBe("done");
  });

  verifies("lg.35", "takes no word of a caller's for an identity or a policy", async () => {
    const { app, ran, guard } = await start(make, [[LOOK, REFUND]]);
    const interlatch = { agent: { id: "root" }, effect: "allow" };
    const done = await app.invoke(HELLO, {
      configurable: { interlatch, thread_id: "t1", policy: "off", reviewer: FINANCE },
      context: { interlatch: guard.ticket(), interruptOn: {} },
    });
    expect(told(done)).toEqual(["c1 identity_required", "c2 identity_required"]);
    expect(ran).toEqual([]);
  });
});

describe.each(PATHS.filter(({ byHand }) => byHand !== true))("$name", ({ make }) => {
  verifies("lg.18", "makes an error message of what a tool throws", async () => {
    const { app, as } = await start(make, [[LOOK, call("look", { amount: 2 }, "c2")]], {
      gives: (_, id) => {
        if (id === "c1") throw new Error("broken");
        return "fine";
      },
    });
    const done = await app.invoke(HELLO, as());
    expect(told(done)).toEqual(["c1 error", "c2 ran"]);
  });

  verifies("lg.28", "lets a tool steer the graph, beside a denied call", async () => {
    const { app, as } = await start(make, [[LOOK, REFUND]], {
      gives: (_, id) =>
        new Command({
          update: { messages: [new ToolMessage({ content: "steered", tool_call_id: id })] },
        }),
    });
    const done = await app.invoke(HELLO, as());
    expect(told(done)).toEqual(["c1 ran", "c2 rule_denied"]);
    expect(done.messages.map(({ text }) => text)).toContain("steered");
  });
});
