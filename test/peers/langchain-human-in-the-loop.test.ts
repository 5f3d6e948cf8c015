import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { tool } from "@langchain/core/tools";
import { Command, MemorySaver } from "@langchain/langgraph";
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
});
