import { Command } from "@langchain/langgraph";
import type { ReviewAction } from "@interlatch/langchain";
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
  questionOf,
  REJECT,
  REVIEWS,
  start,
  stock,
  told,
} from "./apps.ts";

const PAY = call("pay", { to: "Ann", amount: 7 }, "c1");
const MAIL = call("mail", {}, "c2");

/** As `REVIEWS`, and nobody pays more than a thousand. */
const SMALL_PAYMENTS = toolPolicy(REVIEWS.tools, [
  ...REVIEWS.rules,
  {
    name: "small_payments",
    tools: ["pay"],
    action: "deny",
    when: {
      kind: "compare",
      operator: ">",
      left: { kind: "field", of: { kind: "variable", name: "arguments" }, name: "amount" },
      right: { kind: "literal", value: 1_000 },
    },
  },
]);

/** Approves `pay` and rejects the rest. */
const payOnly = ({ name }: ReviewAction) => (name === "pay" ? APPROVE : REJECT);

describe.each(ASKING_PATHS)("$name", ({ make: framework }) => {
  verifies("lg.03", "asks once for the turn, before anything of it runs", async () => {
    const turn = [call("look", {}, "c0"), PAY, MAIL, call("refund", {}, "c3")];
    const { app, ask, as, ran, guard, memory } = await start(framework, [turn]);
    const question = await ask();
    expect(ran).toEqual([]);
    expect(guard.decisions).toEqual([]);
    expect(question.actions).toMatchObject([
      {
        name: "pay",
        args: { to: "ann", amount: 7 },
        toolCallId: "c1",
        why: { code: "review_required", rule: "money" },
        expiresAt: "2026-01-01T00:15:00.000Z",
      },
      { name: "mail", args: { to: "ann" }, toolCallId: "c2" },
    ]);
    expect(question.value.reviewConfigs).toEqual([
      { actionName: "pay", allowedDecisions: ["approve", "edit", "reject"] },
      { actionName: "mail", allowedDecisions: ["approve", "edit", "reject"] },
    ]);
    const done = await app.invoke(
      answers(question, () => APPROVE),
      as(FINANCE),
    );
    expect(told(done)).toEqual(["c0 ran", "c1 ran", "c2 ran", "c3 rule_denied"]);
    expect(dangling(done)).toEqual([]);
    expect(ran.toSorted()).toEqual([
      'look {"to":"ann"}',
      'mail {"to":"ann"}',
      'pay {"to":"ann","amount":7}',
    ]);
    expect(memory.seen).toHaveLength(2);
  });

  verifies("lg.04", "drops no call when one of them is rejected", async () => {
    const { app, ask, as, ran } = await start(framework, [[PAY, MAIL, call("look", {}, "c3")]]);
    const done = await app.invoke(answers(await ask(), payOnly), as(FINANCE));
    expect(told(done)).toEqual(["c1 ran", "c2 approval_rejected", "c3 ran"]);
    expect(dangling(done)).toEqual([]);
    expect(ran).toHaveLength(2);
    expect(done.messages.at(-1)?.text).toBe("done");
  });

  verifies("lg.04", "and takes the answers of LangChain's own page, by their order", async () => {
    const { app, ask, as } = await start(framework, [[PAY, MAIL]]);
    await ask();
    const done = await app.invoke(stock(REJECT, APPROVE), as(FINANCE));
    expect(told(done)).toEqual(["c1 approval_rejected", "c2 ran"]);
  });

  verifies("lg.05", "asks again about what was not answered", async () => {
    const { app, ask, as, ran } = await start(framework, [[PAY, MAIL]]);
    const some = ({ name }: ReviewAction) => (name === "mail" ? APPROVE : null);
    const again = questionOf(await app.invoke(answers(await ask(), some), as(FINANCE)));
    expect(again.actions.map(({ toolCallId }) => toolCallId)).toEqual(["c1"]);
    expect(again.value.refused).toEqual([]);
    expect(ran).toEqual([]);
    const done = await app.invoke(
      answers(again, () => REJECT),
      as(FINANCE),
    );
    expect(told(done)).toEqual(["c1 approval_rejected", "c2 ran"]);
  });

  verifies("lg.05", "or denies it, where the host wants to go on", async () => {
    const { app, ask, as, guard } = await start(framework, [[PAY, MAIL]], {
      review: { pending: "deny" },
    });
    const some = ({ name }: ReviewAction) => (name === "mail" ? APPROVE : null);
    const done = await app.invoke(answers(await ask(), some), as(FINANCE));
    expect(told(done)).toEqual(["c1 review_pending", "c2 ran"]);
    expect(await guard.approvals.list({ states: ["pending"] })).toHaveLength(1);
  });

  verifies("lg.06", "approves nothing for a text, a yes or a number", async () => {
    const resumes: readonly unknown[] = [
      "approve",
      true,
      1,
      { type: "approve" },
      { approve: true },
      { decisions: "approve" },
      { decisions: ["approve"] },
      { decisions: [true] },
      { decisions: [{ type: "approve" }], extra: 1 },
      ["approve"],
    ];
    for (const resume of resumes) {
      const { app, ask, as, ran } = await start(framework, [[PAY]]);
      await ask();
      const again = questionOf(await app.invoke(new Command({ resume }), as(FINANCE)));
      expect(again.value.refused, JSON.stringify(resume)).toMatchObject([
        { code: "invalid_answer" },
      ]);
      expect(ran).toEqual([]);
    }
  });

  verifies("lg.x.wrong-shape", "refuses one answer and takes the other", async () => {
    const wrong: readonly (readonly [decision: object, why: RegExp])[] = [
      [{ type: "accept" }, /an answer is/],
      [{ type: "approve", args: {} }, /unknown field "args"/],
      [{ type: "approve", message: "but less" }, /an answer is/],
      [{ type: "reject", message: 7 }, /`message` of a rejection is a text/],
      [{ type: "edit" }, /an edit needs \{ name, args \}/],
      [{ type: "edit", editedAction: { name: "pay", args: [] } }, /an edit needs/],
      [{ type: "edit", editedAction: { name: "pay", args: {}, id: "c9" } }, /an edit needs/],
      [{ type: "edit", editedAction: { name: "pay", args: { to: "ann", amount: 7 } } }, /approve/],
      [{ type: "respond", message: "no" }, /an answer is/],
    ];
    for (const [decision, why] of wrong) {
      const { app, ask, as, ran } = await start(framework, [[PAY, MAIL]]);
      await ask();
      const again = questionOf(await app.invoke(stock(decision as never, APPROVE), as(FINANCE)));
      expect(again.actions.map(({ toolCallId }) => toolCallId)).toEqual(["c1"]);
      expect(again.value.refused).toMatchObject([{ toolCallId: "c1" }]);
      expect(again.value.refused[0]?.why).toMatch(why);
      expect(ran).toEqual([]);
    }
  });

  verifies(
    "lg.x.wrong-shape",
    "refuses a list of another length, and two answers for one call",
    async () => {
      const { app, ask, as, ran } = await start(framework, [[PAY, MAIL]]);
      const question = await ask();
      let again = questionOf(await app.invoke(stock(APPROVE), as(FINANCE)));
      expect(again.value.refused[0]?.why).toMatch(/2 calls were asked about and 1 answered/);
      const [first] = question.actions;
      const twice = [APPROVE, REJECT].map((one) => ({
        ...one,
        id: first?.id,
        digest: first?.digest,
      }));
      const resume = { [again.id]: { decisions: twice } };
      again = questionOf(await app.invoke(new Command({ resume }), as(FINANCE)));
      expect(again.value.refused[0]?.why).toMatch(/two answers are for this call/);
      expect(again.actions).toHaveLength(2);
      expect(ran).toEqual([]);
    },
  );

  verifies("lg.07", "takes no answer for other arguments, or without their digest", async () => {
    const { app, ask, as, ran } = await start(framework, [[PAY]]);
    const question = await ask();
    const [action] = question.actions;
    for (const [names, code] of [
      [{ id: action?.id, digest: "0".repeat(64) }, "approval_mismatch"],
      [{ toolCallId: "c1", digest: "0".repeat(64) }, "approval_mismatch"],
      [{ id: action?.id }, "invalid_answer"],
      [{ digest: action?.digest }, "invalid_answer"],
      [{ id: action?.id, toolCallId: "c2", digest: action?.digest }, "invalid_answer"],
      [{ id: "another", digest: action?.digest }, "invalid_answer"],
    ] as const) {
      const resume = { decisions: [{ ...APPROVE, ...names }] };
      const again = questionOf(await app.invoke(new Command({ resume }), as(FINANCE)));
      expect(again.value.refused).toMatchObject([{ code }]);
    }
    expect(ran).toEqual([]);
    const named = { ...APPROVE, toolCallId: "c1", digest: action?.digest };
    const done = await app.invoke(new Command({ resume: { decisions: [named] } }), as(FINANCE));
    expect(told(done)).toEqual(["c1 ran"]);
  });

  verifies(
    "lg.09",
    "runs what the reviewer made of the arguments, and tells the model",
    async () => {
      const { app, ask, as, ran, guard } = await start(framework, [[PAY]]);
      const editedAction = { name: "pay", args: { to: "ann", amount: 5 } };
      const edit = answers(await ask(), () => ({ type: "edit", editedAction }));
      const done = await app.invoke(edit, as(FINANCE));
      expect(ran).toEqual(['pay {"to":"ann","amount":5}']);
      expect(told(done)).toEqual(["c1 ran"]);
      expect(done.messages.map(({ text }) => text).join()).toContain("arguments.amount");
      expect(guard.decisions.at(-1)?.decision).toMatchObject({ code: "approved" });
    },
  );

  verifies("lg.09", "and judges it again", async () => {
    const { app, ask, as, ran } = await start(framework, [[PAY]], { policy: SMALL_PAYMENTS });
    const editedAction = { name: "pay", args: { to: "ann", amount: 5_000 } };
    const edit = answers(await ask(), () => ({ type: "edit", editedAction }));
    const again = questionOf(await app.invoke(edit, as(FINANCE)));
    expect(again.value.refused).toMatchObject([{ toolCallId: "c1", code: "rule_denied" }]);
    expect(ran).toEqual([]);
  });

  verifies("lg.10", "lets no edit name another tool", async () => {
    const { app, ask, as, ran } = await start(framework, [[PAY]]);
    await ask();
    for (const name of ["look", "mail", "PAY", "", undefined]) {
      const edit = stock({ type: "edit", editedAction: { name, args: {} } });
      const again = questionOf(await app.invoke(edit, as(FINANCE)));
      expect(again.value.refused).toMatchObject([{ toolCallId: "c1", code: "invalid_answer" }]);
      expect(again.value.refused[0]?.why).toMatch(/never the tool/);
    }
    expect(ran).toEqual([]);
  });
});
