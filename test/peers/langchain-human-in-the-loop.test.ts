import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { tool } from "@langchain/core/tools";
import { Command, MemorySaver } from "@langchain/langgraph";
import { testGuard } from "@interlatch/core/testing";
import { policyMiddleware } from "@interlatch/langchain";
import { createAgent, humanInTheLoopMiddleware, type AgentMiddleware } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { installedVersion } from "./installed.ts";

/** The tools that ran, in order. */
type Ran = string[];

function tools(ran: Ran) {
  return ["pay", "mail", "search"].map((name) =>
    tool(() => ran.push(name) && `${name} ran`, { name, schema: z.object({}) }),
  );
}

const calls = (...names: string[]) => names.map((name) => ({ name, args: {}, id: `call-${name}` }));
const ask = { messages: [new HumanMessage("Go.")] };

/** Its types are not made for `exactOptionalPropertyTypes`: the parameter becomes `never`. */
const humanInTheLoop = humanInTheLoopMiddleware as unknown as (options: {
  readonly interruptOn: Readonly<Record<string, boolean>>;
}) => AgentMiddleware;

/** An agent whose model asks for these tools in one turn and then ends; a person must approve `pay` and `mail`. */
function agentThatAsks(ran: Ran, ...names: string[]) {
  const end = (): AIMessage => new AIMessage("Done.");
  return createAgent({
    model: fakeModel()
      .respondWithTools(calls(...names))
      .respond(end)
      .respond(end),
    tools: tools(ran),
    checkpointer: new MemorySaver(),
    middleware: [humanInTheLoop({ interruptOn: { pay: true, mail: true } })],
  });
}

const answer = (...types: string[]): Command =>
  new Command({ resume: { decisions: types.map((type) => ({ type })) } });

const EDIT_TO_PAY = new Command({
  resume: { decisions: [{ type: "edit", editedAction: { name: "pay", args: {} } }] },
});

/** The ids of calls in the history that no tool message answers. */
function unanswered(messages: readonly BaseMessage[]): string[] {
  const answered = new Set(
    messages.filter((one) => ToolMessage.isInstance(one)).map((one) => one.tool_call_id),
  );
  return messages
    .filter((one) => AIMessage.isInstance(one))
    .flatMap((one) => one.tool_calls ?? [])
    .flatMap(({ id }) => (id === undefined || answered.has(id) ? [] : [id]));
}

describe("humanInTheLoopMiddleware of langchain 1.5.14", () => {
  it("is the version that is installed", async () => {
    expect(await installedVersion("langchain")).toBe("1.5.14");
  });

  it("asks about a call that needs approval", async () => {
    const ran: Ran = [];
    const agent = agentThatAsks(ran, "pay");
    const result = await agent.invoke(ask, { configurable: { thread_id: "plain" } });

    expect(result).toHaveProperty("__interrupt__");
    expect(ran).toEqual([]);
  });

  it("lets a tool that it was not told of run without a question", async () => {
    const ran: Ran = [];
    const agent = agentThatAsks(ran, "search");
    await agent.invoke(ask, { configurable: { thread_id: "untold" } });

    expect(ran).toEqual(["search"]);
  });

  it("with one call rejected, drops the approved one and leaves the one nobody asked about unanswered", async () => {
    const ran: Ran = [];
    const agent = agentThatAsks(ran, "pay", "mail", "search");
    const config = { configurable: { thread_id: "mixed" } };
    await agent.invoke(ask, config);
    const { messages } = await agent.invoke(answer("approve", "reject"), config);

    // `pay` was approved, `search` needed no approval, and neither ran.
    expect(ran).toEqual([]);
    const asked = messages.find((one) => AIMessage.isInstance(one))?.tool_calls ?? [];
    expect(asked.map(({ name }) => name).toSorted()).toEqual(["mail", "search"]);
    expect(unanswered(messages)).toEqual(["call-search"]);
  });

  it("ends the run for an answer that it does not know", async () => {
    const ran: Ran = [];
    const agent = agentThatAsks(ran, "pay");
    const config = { configurable: { thread_id: "unknown" } };
    await agent.invoke(ask, config);

    await expect(agent.invoke(answer("later"), config)).rejects.toThrow(
      "Unexpected human decision",
    );
    expect(ran).toEqual([]);
  });

  it("is switched off by whoever writes the run's context", async () => {
    const ran: Ran = [];
    const agent = agentThatAsks(ran, "pay");
    const config = { configurable: { thread_id: "context" }, context: { interruptOn: {} } };
    const result = await agent.invoke(ask, config);

    expect(result).not.toHaveProperty("__interrupt__");
    expect(ran).toEqual(["pay"]);
  });

  it("runs an approved call again each time its checkpoint is resumed", async () => {
    const ran: Ran = [];
    const agent = agentThatAsks(ran, "pay");
    const config = { configurable: { thread_id: "replay" } };
    await agent.invoke(ask, config);
    const { config: asked } = await agent.graph.getState(config);
    await agent.invoke(answer("approve"), asked);
    await agent.invoke(answer("approve"), asked);

    expect(ran).toEqual(["pay", "pay"]);
  });

  it("runs another tool than the one that was asked about, where an edit names it", async () => {
    const ran: Ran = [];
    const agent = agentThatAsks(ran, "mail");
    const config = { configurable: { thread_id: "renamed" } };
    await agent.invoke(ask, config);
    await agent.invoke(EDIT_TO_PAY, config);

    // Nobody was asked about a payment.
    expect(ran).toEqual(["pay"]);
  });

  it("asks nobody where the run is sent to the tools", async () => {
    const ran: Ran = [];
    const agent = agentThatAsks(ran, "pay");
    const config = { configurable: { thread_id: "sent" } };
    await agent.invoke(ask, config);
    await agent.invoke(new Command({ goto: "tools" }), config);

    expect(ran).toEqual(["pay"]);
  });
});

/** The same agent with the policy in place of that middleware, and the same conversations. */
async function guardedAgent(ran: Ran, ...names: string[]) {
  const guard = await testGuard({ pay: "review", mail: "review", search: "allow" });
  const end = (): AIMessage => new AIMessage("Done.");
  const reviewer = () => ({ id: "rita", groups: ["reviewer"] });
  const agent = createAgent({
    model: fakeModel()
      .respondWithTools(calls(...names))
      .respond(end)
      .respond(end),
    tools: tools(ran),
    checkpointer: new MemorySaver(),
    middleware: [policyMiddleware(guard, { reviewer })],
  });
  const config = { configurable: { thread_id: "t1", interlatch: guard.ticket() } };
  return { agent, config };
}

describe("policyMiddleware in its place", () => {
  it("runs the approved call and the one nobody asked about, and answers the rejected one", async () => {
    const ran: Ran = [];
    const { agent, config } = await guardedAgent(ran, "pay", "mail", "search");
    await agent.invoke(ask, config);
    const { messages } = await agent.invoke(answer("approve", "reject"), config);

    expect(ran.toSorted()).toEqual(["pay", "search"]);
    expect(unanswered(messages)).toEqual([]);
    expect(messages.at(-1)?.text).toBe("Done.");
  });

  it("asks again for an answer that it does not know", async () => {
    const ran: Ran = [];
    const { agent, config } = await guardedAgent(ran, "pay");
    await agent.invoke(ask, config);

    expect(await agent.invoke(answer("later"), config)).toHaveProperty("__interrupt__");
    expect(ran).toEqual([]);
  });

  it("is switched off by nobody who writes the run's context", async () => {
    const ran: Ran = [];
    const { agent, config } = await guardedAgent(ran, "pay");
    const result = await agent.invoke(ask, { ...config, context: { interruptOn: {} } });

    expect(result).toHaveProperty("__interrupt__");
    expect(ran).toEqual([]);
  });

  it("runs an approved call once, however often its checkpoint is resumed", async () => {
    const ran: Ran = [];
    const { agent, config } = await guardedAgent(ran, "pay");
    await agent.invoke(ask, config);
    const { config: asked } = await agent.graph.getState(config);
    const again = { configurable: { ...config.configurable, ...asked.configurable } };
    await agent.invoke(answer("approve"), again);
    await agent.invoke(answer("approve"), again);

    expect(ran).toEqual(["pay"]);
  });

  it("lets no edit name another tool", async () => {
    const ran: Ran = [];
    const { agent, config } = await guardedAgent(ran, "mail");
    await agent.invoke(ask, config);

    expect(await agent.invoke(EDIT_TO_PAY, config)).toHaveProperty("__interrupt__");
    expect(ran).toEqual([]);
  });

  it("runs nothing that is sent to the tools unasked", async () => {
    const ran: Ran = [];
    const { agent, config } = await guardedAgent(ran, "pay");
    await agent.invoke(ask, config);
    await agent.invoke(new Command({ goto: "tools" }), config);

    expect(ran).toEqual([]);
  });
});
