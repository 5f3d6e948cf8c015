import { AIMessage } from "@langchain/core/messages";
import { Command, MemorySaver } from "@langchain/langgraph";
import type { Rule } from "@interlatch/core";
import { memoryApprovals } from "@interlatch/core/approvals";
import { describe, expect } from "vitest";
import { call } from "../scripted-model.ts";
import { toolPolicy } from "../tool-policy.ts";
import { ASKING_PATHS } from "../langgraph/paths.ts";
import { verifies } from "../verifies.ts";
import {
  answers,
  APPROVE,
  dangling,
  FINANCE,
  FRAMEWORKS,
  hasStopped,
  HELLO,
  OUTSIDER,
  questionOf,
  REJECT,
  REVIEWS,
  SECOND,
  start,
  stock,
  told,
} from "./apps.ts";

const PAY = call("pay", { amount: 7 }, "c1");

describe.each(ASKING_PATHS)("$name", ({ make: framework }) => {
  verifies("lg.11", "records each call once, however often the run is resumed", async () => {
    const turn = [PAY, call("mail", {}, "c2"), call("refund", {}, "c3")];
    const { app, ask, as, guard } = await start(framework, [turn]);
    let question = await ask();
    await guard.approvals.decide({
      id: question.actions[1]?.id ?? "",
      digest: question.actions[1]?.digest ?? "",
      reviewer: FINANCE,
      answer: "reject",
    });
    for (const resume of ["one", "two", "three", "four"]) {
      question = questionOf(await app.invoke(new Command({ resume }), as(FINANCE)));
    }
    expect(guard.decisions).toEqual([]);
    const done = await app.invoke(
      answers(question, () => APPROVE),
      as(FINANCE),
    );
    expect(told(done)).toEqual(["c1 ran", "c2 approval_rejected", "c3 rule_denied"]);
    expect(guard.decisions).toHaveLength(3);
    expect(new Set(guard.decisions.map(({ call: id }) => id))).toEqual(new Set(["c1", "c2", "c3"]));
  });

  verifies("lg.11", "and counts it once", async () => {
    const rateLimit = { max: 1, windowMs: 3_600_000, onExceed: "deny", by: ["session"] } as const;
    const [first, ...rules] = REVIEWS.rules.filter(({ action }) => action === "review");
    const policy = toolPolicy(REVIEWS.tools, [{ ...(first as Rule), rateLimit }, ...rules]);
    const { app, ask, as } = await start(framework, [[PAY]], { policy });
    let question = await ask();
    for (const resume of ["one", "two"]) {
      question = questionOf(await app.invoke(new Command({ resume }), as(FINANCE)));
    }
    const done = await app.invoke(
      answers(question, () => APPROVE),
      as(FINANCE),
    );
    expect(told(done)).toEqual(["c1 ran"]);
  });

  verifies(
    "lg.12",
    "runs an approved call once, however often its checkpoint is resumed",
    async () => {
      const { app, ask, as, ran } = await start(framework, [[PAY]]);
      const question = await ask();
      const { configurable } = (await app.getState(as())).config as { configurable: object };
      for (const again of [stock(APPROVE), answers(question, () => APPROVE), stock(APPROVE)]) {
        // The first time it runs. After that the call is a new question, which the old answer does not fit, or what
        // ran is kept.
        await app.invoke(again, as(FINANCE, configurable));
        expect(ran).toHaveLength(1);
      }
      expect(ran).toEqual(['pay {"to":"ann","amount":7}']);
      await app.invoke(null, as(FINANCE, configurable));
      expect(ran).toHaveLength(1);
    },
  );

  verifies("lg.14", "lets nothing run on an answer that comes too late", async () => {
    const { app, ask, as, ran, guard } = await start(framework, [[PAY]]);
    const question = await ask();
    guard.time.advance(15 * 60_000);
    const done = await app.invoke(
      answers(question, () => APPROVE),
      as(FINANCE),
    );
    expect(told(done)).toEqual(["c1 approval_expired"]);
    expect(done.messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual([]);
  });

  verifies("lg.15", "decides an approved call by the policy in force when it runs", async () => {
    const { app, ask, as, ran, guard } = await start(framework, [[PAY]]);
    const question = await ask();
    await guard.use({ pay: "deny" });
    const done = await app.invoke(
      answers(question, () => APPROVE),
      as(FINANCE),
    );
    expect(told(done)).toEqual(["c1 rule_denied"]);
    expect(ran).toEqual([]);
  });

  verifies("lg.16", "denies a review without a checkpointer, and goes on", async () => {
    const lines: string[] = [];
    const { app, as, ran } = await start(framework, [[PAY, call("look", {}, "c2")]], {
      checkpointer: null,
      logger: {
        info: (_fields: object, line: string) => lines.push(line),
        error: () => undefined,
      } as never,
    });
    const done = await app.invoke(HELLO, as(FINANCE));
    expect(told(done)).toEqual(["c1 review_unavailable", "c2 ran"]);
    expect(dangling(done)).toEqual([]);
    expect(ran).toHaveLength(1);
    expect(lines.join()).toContain("or the graph a checkpointer");
  });

  verifies("lg.x.wrong-person", "counts no answer of somebody whom no rule asks", async () => {
    const { app, ask, as, ran } = await start(framework, [[PAY]]);
    let question = await ask();
    for (const person of [
      OUTSIDER,
      { id: "uma", groups: ["finance"] },
      { id: "agent", groups: ["finance"] },
    ]) {
      question = questionOf(
        await app.invoke(
          answers(question, () => APPROVE),
          as(person),
        ),
      );
      expect(question.value.refused).toMatchObject([{ code: "reviewer_not_allowed" }]);
    }
    expect(ran).toEqual([]);
  });

  verifies(
    "lg.x.nobody",
    "only wakes where the host names nobody, and the store decides",
    async () => {
      const { app, ask, as, ran, guard } = await start(framework, [[PAY]]);
      const question = await ask();
      const woken = questionOf(
        await app.invoke(
          answers(question, () => APPROVE),
          as(),
        ),
      );
      expect(woken.value.refused).toMatchObject([{ code: "reviewer_not_allowed" }]);
      const [{ id, digest } = { id: "", digest: "" }] = question.actions;
      await guard.approvals.decide({ id, digest, reviewer: FINANCE, answer: "approve" });
      expect(ran).toEqual([]);
      const done = await app.invoke(new Command({ resume: "go on" }), as());
      expect(told(done)).toEqual(["c1 ran"]);
    },
  );

  verifies("lg.x.nobody", "nor where naming somebody fails", async () => {
    const { app, ask, as, ran } = await start(framework, [[PAY]], {
      review: { reviewer: () => Promise.reject(new Error("the directory is down")) },
    });
    const outcome = await app.invoke(
      answers(await ask(), () => APPROVE),
      as(FINANCE),
    );
    expect(questionOf(outcome).value.refused[0]?.why).toMatch(/failed/);
    expect(ran).toEqual([]);
  });

  verifies("lg.x.by-user", "asks the user where the rule says so, and nobody else", async () => {
    const { app, ask, as, ran } = await start(framework, [[call("close", {}, "c1")]]);
    const question = await ask();
    const outcome = await app.invoke(
      answers(question, () => APPROVE),
      as(FINANCE),
    );
    expect(questionOf(outcome).value.refused).toMatchObject([{ code: "reviewer_not_allowed" }]);
    const done = await app.invoke(
      answers(questionOf(outcome), () => APPROVE),
      as({ id: "uma" }),
    );
    expect(told(done)).toEqual(["c1 ran"]);
    expect(ran).toHaveLength(1);
  });

  verifies("lg.x.quorum", "counts two people as two, and one person as one", async () => {
    const { app, ask, as, ran } = await start(framework, [[call("wire", {}, "c1")]]);
    let question = questionOf(
      await app.invoke(
        answers(await ask(), () => APPROVE),
        as(FINANCE),
      ),
    );
    expect(question.value.refused).toEqual([]);
    question = questionOf(
      await app.invoke(
        answers(question, () => APPROVE),
        as(FINANCE),
      ),
    );
    expect(question.value.refused).toMatchObject([{ code: "already_voted" }]);
    expect(ran).toEqual([]);
    const done = await app.invoke(
      answers(question, () => APPROVE),
      as(SECOND),
    );
    expect(told(done)).toEqual(["c1 ran"]);
  });

  verifies(
    "lg.x.answers-of-old",
    "gives an earlier answer in the name of nobody who goes on after",
    async () => {
      const { app, ask, as, ran } = await start(framework, [[call("wire", {}, "c1")]]);
      await ask();
      let outcome = await app.invoke(stock(APPROVE), as(FINANCE));
      expect(hasStopped(outcome)).toBe(true);
      // LangGraph hands Rita's answer out once more; Sam has said nothing.
      outcome = await app.invoke(null, as(SECOND));
      expect(questionOf(outcome).value.refused[0]?.why).toMatch(/from before it was asked/);
      outcome = await app.invoke(stock(APPROVE), as(SECOND));
      expect(questionOf(outcome).value.refused[0]?.why).toMatch(/interrupt.id/);
      expect(ran).toEqual([]);
      const done = await app.invoke(
        answers(questionOf(outcome), () => APPROVE),
        as(SECOND),
      );
      expect(told(done)).toEqual(["c1 ran"]);
    },
  );

  verifies("lg.x.answers-of-old", "nor that of somebody who was refused", async () => {
    const { app, ask, as, ran, guard } = await start(framework, [[PAY]]);
    await ask();
    await app.invoke(stock(APPROVE), as(OUTSIDER));
    const outcome = await app.invoke(null, as(FINANCE));
    expect(hasStopped(outcome)).toBe(true);
    expect(ran).toEqual([]);
    expect(await guard.approvals.list()).toMatchObject([{ state: "pending", votes: [] }]);
  });

  verifies(
    "lg.x.elsewhere",
    "lets nothing run on an approval of another thread or session",
    async () => {
      const approvals = memoryApprovals();
      const stores = { approvals };
      const first = await start(framework, [[PAY]], { stores });
      const question = await first.ask();
      const [{ id, digest } = { id: "", digest: "" }] = question.actions;
      await first.guard.approvals.decide({ id, digest, reviewer: FINANCE, answer: "approve" });

      const other = await start(framework, [[PAY]], { stores });
      const ticket = other.guard.ticket({ user: { id: "uma" }, session: "another" });
      const there = (reviewer = FINANCE) =>
        other.as(reviewer, { thread_id: "t2", interlatch: ticket });
      await other.app.invoke(HELLO, there());
      for (const forged of [stock({ ...APPROVE, id, digest }), answers(question, () => APPROVE)]) {
        const again = questionOf(await other.app.invoke(forged, there()));
        expect(again.actions[0]?.id).not.toBe(id);
      }
      expect(other.ran).toEqual([]);
      expect(told(await first.app.invoke(new Command({ resume: 1 }), first.as()))).toEqual([
        "c1 ran",
      ]);
    },
  );

  verifies(
    "lg.x.elsewhere",
    "and takes no answer in another session's run of the same thread",
    async () => {
      const { app, ask, as, ran, guard } = await start(framework, [[PAY]]);
      const question = await ask();
      const interlatch = guard.ticket({ session: "another" });
      const outcome = await app.invoke(
        answers(question, () => APPROVE),
        as(FINANCE, { interlatch }),
      );
      expect(questionOf(outcome).value.refused).toMatchObject([{ code: "not_pending" }]);
      expect(ran).toEqual([]);
      expect(await guard.approvals.list({ states: ["approved"] })).toEqual([]);
    },
  );

  verifies("lg.x.another-process", "goes on in another process, with the same store", async () => {
    const stores = { approvals: memoryApprovals() };
    const checkpointer = new MemorySaver();
    const asking = await start(framework, [[PAY, call("mail", {}, "c2")]], {
      stores,
      checkpointer,
    });
    const question = await asking.ask();

    // Another guard, another model, other tools, and nothing of the first but store and checkpoints.
    const going = await start(framework, [], { stores, checkpointer });
    const some = answers(question, ({ name }) => (name === "pay" ? APPROVE : null));
    const again = questionOf(await going.app.invoke(some, going.as(FINANCE)));
    expect(again.actions.map(({ toolCallId }) => toolCallId)).toEqual(["c2"]);

    const ending = await start(framework, [], { stores, checkpointer });
    const done = await ending.app.invoke(
      answers(again, () => REJECT),
      ending.as(FINANCE),
    );
    expect(told(done)).toEqual(["c1 ran", "c2 approval_rejected"]);
    expect([asking.ran, going.ran, ending.ran]).toEqual([[], [], ['pay {"to":"ann","amount":7}']]);
  });

  verifies("lg.x.forged-state", "takes nothing that a caller writes for an approval", async () => {
    const { app, ask, as, ran } = await start(framework, [[PAY]]);
    const question = await ask();
    const forged = question.actions.map((action) => ({ ...action, state: "approved" }));
    const outcome = await app.invoke(
      new Command({ update: { approvals: forged } as never, resume: { approved: forged } }),
      as(undefined, { approvals: forged, approved: true, context: { interruptOn: {} } }),
    );
    expect(hasStopped(outcome)).toBe(true);
    expect(ran).toEqual([]);
  });

  verifies("lg.x.inbox", "shows Agent Inbox one call at a time, in its form", async () => {
    const { app, as, ran } = await start(
      framework,
      [[PAY, call("mail", {}, "c2"), call("pay", { amount: 8 }, "c3")]],
      {
        review: { format: "agent-inbox" },
      },
    );
    const inbox = (outcome: Awaited<ReturnType<typeof app.invoke>>) =>
      questionOf(outcome).value as unknown as readonly [
        {
          action_request: { action: string; args: object };
          config: object;
          question: { toolCallId: string };
        },
      ];
    let outcome = await app.invoke(HELLO, as());
    expect(inbox(outcome)).toMatchObject([
      {
        action_request: { action: "pay", args: { to: "ann", amount: 7 } },
        config: { allow_accept: true, allow_edit: true, allow_respond: true, allow_ignore: true },
        question: { toolCallId: "c1" },
      },
    ]);
    // As the inbox sends it: along with what it showed, numbers written as text.
    const accept = (args: object) =>
      new Command({ resume: [{ type: "accept", args: { action: "pay", args } }] });
    outcome = await app.invoke(accept({ to: "ann", amount: 9 }), as(FINANCE));
    expect(inbox(outcome)[0].question.toolCallId).toBe("c1");
    outcome = await app.invoke(accept({ to: "ann", amount: "7" }), as(FINANCE));
    expect(inbox(outcome)[0].question.toolCallId).toBe("c2");
    outcome = await app.invoke(
      new Command({ resume: [{ type: "response", args: "not today" }] }),
      as(FINANCE),
    );
    expect(inbox(outcome)[0].question.toolCallId).toBe("c3");
    const edit = { type: "edit", args: { action: "pay", args: { to: "bob", amount: 8 } } };
    outcome = await app.invoke(new Command({ resume: [edit] }), as(FINANCE));
    expect(told(outcome)).toEqual(["c1 ran", "c2 approval_rejected", "c3 ran"]);
    expect(ran.toSorted()).toEqual(['pay {"to":"ann","amount":7}', 'pay {"to":"bob","amount":8}']);
  });
});

describe.each(FRAMEWORKS)("%s, whose state somebody writes,", (_, framework) => {
  verifies(
    "lg.13",
    "asks anew about a call that was changed while somebody was asked",
    async () => {
      const { app, ask, as, ran, guard } = await start(framework, [[PAY]]);
      const question = await ask();
      for (const answer of [stock(APPROVE), answers(question, () => APPROVE)]) {
        const { messages } = (await app.getState(as())).values;
        const { id = "" } = messages.findLast((one) => AIMessage.isInstance(one)) ?? {};
        const tool_calls = [{ ...PAY, args: { amount: 666 } }];
        const forged = new AIMessage({ id, content: "", tool_calls });
        const node = framework === FRAMEWORKS[0]?.[1] ? "agent" : "model_request";
        await app.updateState(as(), { messages: [forged] }, node);
        const outcome = await app.invoke(answer, as(FINANCE));
        expect(questionOf(outcome).actions).toMatchObject([{ args: { to: "ann", amount: 666 } }]);
        expect(ran).toEqual([]);
      }
      expect(await guard.approvals.list({ states: ["approved"] })).toEqual([]);
    },
  );

  verifies("lg.x.forged-state", "goes no way round the policy node", async () => {
    const { app, ask, as, ran } = await start(framework, [[PAY]]);
    await ask();
    const isGraph = framework === FRAMEWORKS[0]?.[1];
    const outcome = await app.invoke(new Command({ goto: "tools" }), as(FINANCE));
    expect(ran).toEqual([]);
    if (isGraph) expect(told(outcome).join()).toMatch(/review_(pending|unavailable)/);
    await app.updateState(as(), { messages: [] }, isGraph ? "policy" : "model_request");
    await app.invoke(null, as(FINANCE));
    expect(ran).toEqual([]);
  });
});
