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

  it("with one call rejected, drops the approved one and leaves the one nobody asked about unanswered", async () => {
    const ran: Ran = [];
    const model = fakeModel()
      .respondWithTools(calls("pay", "mail", "search"))
      .respond(new AIMessage("Done."));
    const agent = createAgent({
      model,
      tools: tools(ran),
      checkpointer: new MemorySaver(),
      middleware: [humanInTheLoop({ interruptOn: { pay: true, mail: true } })],
    });
    const config = { configurable: { thread_id: "mixed" } };
    await agent.invoke(ask, config);
    const resume = { decisions: [{ type: "approve" }, { type: "reject" }] };
    const { messages } = await agent.invoke(new Command({ resume }), config);

    // `pay` was approved, `search` needed no approval, and neither ran.
    expect(ran).toEqual([]);
    const asked = messages.find((one) => AIMessage.isInstance(one))?.tool_calls ?? [];
    expect(asked.map(({ name }) => name).sort()).toEqual(["mail", "search"]);
    expect(unanswered(messages)).toEqual(["call-search"]);
  });

  it("lets a tool that it was not told of run without a question", async () => {
    const ran: Ran = [];
    const agent = createAgent({
      model: fakeModel().respondWithTools(calls("mail")).respond(new AIMessage("Done.")),
      tools: tools(ran),
      checkpointer: new MemorySaver(),
      middleware: [humanInTheLoop({ interruptOn: { pay: true } })],
    });
    await agent.invoke(ask, { configurable: { thread_id: "untold" } });

    expect(ran).toEqual(["mail"]);
  });

  it("ends the run for an answer that it does not know", async () => {
    const ran: Ran = [];
    const agent = createAgent({
      model: fakeModel().respondWithTools(calls("pay")).respond(new AIMessage("Done.")),
      tools: tools(ran),
      checkpointer: new MemorySaver(),
      middleware: [humanInTheLoop({ interruptOn: { pay: true } })],
    });
    const config = { configurable: { thread_id: "unknown" } };
    await agent.invoke(ask, config);
    const resume = new Command({ resume: { decisions: [{ type: "later" }] } });

    await expect(agent.invoke(resume, config)).rejects.toThrow("Unexpected human decision");
    expect(ran).toEqual([]);
  });

  it("is switched off by whoever writes the run's context", async () => {
    const ran: Ran = [];
    const agent = createAgent({
      model: fakeModel().respondWithTools(calls("pay")).respond(new AIMessage("Done.")),
      tools: tools(ran),
      checkpointer: new MemorySaver(),
      middleware: [humanInTheLoop({ interruptOn: { pay: true } })],
    });
    const config = { configurable: { thread_id: "context" }, context: { interruptOn: {} } };
    const result = await agent.invoke(ask, config);

    expect(ran).toEqual(["pay"]);
    expect(result).not.toHaveProperty("__interrupt__");
  });

  it("asks before the same call where the context says nothing", async () => {
    const ran: Ran = [];
    const agent = createAgent({
      model: fakeModel().respondWithTools(calls("pay")).respond(new AIMessage("Done.")),
      tools: tools(ran),
      checkpointer: new MemorySaver(),
      middleware: [humanInTheLoop({ interruptOn: { pay: true } })],
    });
    const result = await agent.invoke(ask, { configurable: { thread_id: "plain" } });

    expect(ran).toEqual([]);
    expect(result).toHaveProperty("__interrupt__");
  });

  it("runs an approved call again each time its checkpoint is resumed", async () => {
    const ran: Ran = [];
    const agent = createAgent({
      model: fakeModel()
        .respondWithTools(calls("pay"))
        .respond(new AIMessage("Done."))
        .respond(new AIMessage("Done.")),
      tools: tools(ran),
      checkpointer: new MemorySaver(),
      middleware: [humanInTheLoop({ interruptOn: { pay: true } })],
    });
    const config = { configurable: { thread_id: "replay" } };
    await agent.invoke(ask, config);
    const { config: asked } = await agent.graph.getState(config);
    const resume = new Command({ resume: { decisions: [{ type: "approve" }] } });
    await agent.invoke(resume, asked);
    await agent.invoke(resume, asked);

    expect(ran).toEqual(["pay", "pay"]);
  });
});
