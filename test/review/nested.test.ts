import { tool } from "@langchain/core/tools";
import {
  Command,
  entrypoint,
  MemorySaver,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
  task,
} from "@langchain/langgraph";
import type { Reviewer } from "@interlatch/core";
import { memoryApprovals } from "@interlatch/core/approvals";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { guardTool, policyMiddleware, type ReviewOptions } from "@interlatch/langchain";
import { guardGraph } from "@interlatch/langgraph";
import { createAgent } from "langchain";
import { describe, expect } from "vitest";
import { call, ScriptedModel, type ScriptedTurn } from "../scripted-model.ts";
import { verifies } from "../verifies.ts";
import {
  answers,
  APPROVE,
  FINANCE,
  hasStopped,
  HELLO,
  questionOf,
  REVIEWS,
  SCHEMA,
  SECOND,
  stock,
  told,
  type Outcome,
  type Question,
} from "./apps.ts";

const REVIEWER: ReviewOptions = {
  reviewer: ({ configurable }) => configurable?.["reviewer"] as Reviewer | undefined, // set by `as`
};

/** An agent that pays, as a node of another graph. */
function agentThat(turns: readonly ScriptedTurn[], guard: TestGuard, ran: string[]) {
  const pay = tool((args) => ran.push(`pay ${args.amount}`) && "paid", {
    name: "pay",
    schema: SCHEMA,
  });
  const middleware = [policyMiddleware(guard, REVIEWER)];
  return createAgent({ model: new ScriptedModel([...turns]), tools: [pay], middleware }).graph;
}

async function parts() {
  const guard = await testGuard(REVIEWS, { stores: { approvals: memoryApprovals() } });
  const as = (reviewer?: Reviewer) => ({
    configurable: { thread_id: "t1", interlatch: guard.ticket(), reviewer },
  });
  const ran: string[] = [];
  return { guard, as, ran };
}

/** What several interrupts ask. */
function questionsOf({ __interrupt__ = [] }: Outcome): readonly Question[] {
  return __interrupt__.map((one) => ({ ...one, actions: one.value.actionRequests }));
}

describe("an agent in a graph", () => {
  async function nested(turns: readonly ScriptedTurn[]) {
    const { guard, as, ran } = await parts();
    const app = new StateGraph(MessagesAnnotation)
      .addNode("clerk", agentThat(turns, guard, ran))
      .addEdge(START, "clerk")
      .compile({ checkpointer: new MemorySaver() });
    const invoke = async (input: unknown, reviewer?: Reviewer) =>
      (await app.invoke(input as never, as(reviewer))) as unknown as Outcome; // its own state
    return { invoke, ran };
  }

  verifies("lg.24", "asks in its parent, and is answered there", async () => {
    const { invoke, ran } = await nested([[call("pay", { amount: 1 }, "c1")]]);
    const question = questionOf(await invoke(HELLO));
    expect(question.actions).toMatchObject([{ name: "pay", args: { amount: 1 } }]);
    expect(told(await invoke(stock(APPROVE), FINANCE))).toEqual(["c1 ran"]);
    expect(ran).toEqual(["pay 1"]);
  });

  verifies("lg.x.answers-of-old", "takes the answer to one question for no later one", async () => {
    const { invoke, ran } = await nested([
      [call("pay", { amount: 1 }, "c1")],
      [call("pay", { amount: 2 }, "c2")],
    ]);
    await invoke(HELLO);
    let outcome = await invoke(stock(APPROVE), FINANCE);
    expect(questionOf(outcome).actions).toMatchObject([{ toolCallId: "c2" }]);
    expect(ran).toEqual(["pay 1"]);
    // The parent's step is the same as before, and LangGraph hands its last answer out again.
    outcome = await invoke(null, SECOND);
    expect(hasStopped(outcome)).toBe(true);
    expect(ran).toEqual(["pay 1"]);
    outcome = await invoke(
      answers(questionOf(outcome), () => APPROVE),
      SECOND,
    );
    expect(told(outcome)).toEqual(["c1 ran", "c2 ran"]);
  });
});

describe("two agents at once", () => {
  async function both() {
    const { guard, as, ran } = await parts();
    const agent = (amount: number) =>
      agentThat([[call("pay", { amount }, `c${amount}`)]], guard, ran);
    const app = new StateGraph(MessagesAnnotation)
      .addNode("one", agent(1))
      .addNode("other", agent(2))
      .addEdge(START, "one")
      .addEdge(START, "other")
      .compile({ checkpointer: new MemorySaver() });
    const invoke = async (input: unknown, reviewer?: Reviewer) =>
      (await app.invoke(input as never, as(reviewer))) as unknown as Outcome; // its own state
    return { invoke, ran };
  }

  verifies("lg.x.two-questions", "take an answer by order for neither", async () => {
    const { invoke, ran } = await both();
    expect(questionsOf(await invoke(HELLO))).toHaveLength(2);
    const again = questionsOf(await invoke(stock(APPROVE), FINANCE));
    expect(again.map(({ value }) => value.refused[0]?.why)).toEqual([
      expect.stringMatching(/more than one interrupt waits/),
      expect.stringMatching(/more than one interrupt waits/),
    ]);
    expect(ran).toEqual([]);
  });

  verifies("lg.x.two-questions", "and an answer by the interrupt's id for that one", async () => {
    const { invoke, ran } = await both();
    const [one, other] = questionsOf(await invoke(HELLO));
    const resume = { [one?.id ?? ""]: { decisions: [APPROVE] } };
    const again = questionsOf(await invoke(new Command({ resume }), FINANCE));
    expect(again.map(({ actions }) => actions[0]?.id)).toEqual([other?.actions[0]?.id]);
    expect(ran).toEqual([`pay ${String(one?.actions[0]?.args["amount"])}`]);
  });

  verifies("lg.x.two-questions", "or by approval and digest for both", async () => {
    const { invoke, ran } = await both();
    const decisions = questionsOf(await invoke(HELLO)).flatMap(({ actions }) =>
      actions.map(({ id, digest }) => ({ ...APPROVE, id, digest })),
    );
    const done = await invoke(new Command({ resume: { decisions } }), FINANCE);
    expect(told(done)).toEqual(["c1 ran", "c2 ran"]);
    expect(ran.toSorted()).toEqual(["pay 1", "pay 2"]);
  });
});

describe("past the policy node", () => {
  verifies("lg.x.forged-state", "a call that nobody was asked about does not run", async () => {
    const { guard, as, ran } = await parts();
    const pay = tool(() => ran.push("pay") && "paid", { name: "pay", schema: SCHEMA });
    const gate = guardGraph(guard, [pay], REVIEWER);
    const app = new StateGraph(MessagesAnnotation)
      .addNode("split", () => new Command({ goto: new Send("tools", SENT) }), { ends: ["tools"] })
      .addNode("tools", gate.toolNode)
      .addEdge(START, "split")
      .compile({ checkpointer: new MemorySaver() });
    const done = (await app.invoke(HELLO, as(FINANCE))) as unknown as Outcome; // its own state
    expect(told(done)).toEqual(["c1 review_pending"]);
    expect(ran).toEqual([]);
  });

  verifies("lg.25", "in a task a call runs once it is approved, and once only", async () => {
    const { guard, as, ran } = await parts();
    const pay = guardTool(
      tool(() => ran.push("pay") && "paid", { name: "pay", schema: SCHEMA }),
      guard,
    );
    const run = task("pay", async () => pay.invoke(call("pay", {}, "c1") as never, as()));
    const app = entrypoint({ name: "flow", checkpointer: new MemorySaver() }, async () => run());
    expect(await app.invoke({}, as())).toMatchObject({ status: "error" });
    const [{ id, digest } = { id: "", digest: "" }] = await guard.approvals.list();
    await guard.approvals.decide({ id, digest, reviewer: FINANCE, answer: "approve" });
    expect(await app.invoke({}, as())).toMatchObject({ content: "paid" });
    expect(await app.invoke({}, as())).toMatchObject({ status: "error" });
    expect(ran).toEqual(["pay"]);
  });
});

const SENT = { lg_tool_call: call("pay", { amount: 1 }, "c1") };
