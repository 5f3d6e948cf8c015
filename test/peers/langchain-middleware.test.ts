import { HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { testGuard } from "@interlatch/core/testing";
import { policyMiddleware } from "@interlatch/langchain";
import {
  createAgent,
  createMiddleware,
  toolCallLimitMiddleware,
  type AgentMiddleware,
} from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { call, ScriptedModel } from "../scripted-model.ts";
import { installedVersion } from "./installed.ts";

const schema = z.object({});

/** An agent that may search, must not pay, and whose `break` throws; with the middleware that a gate would be. */
function agentWith(names: readonly string[], ...middleware: unknown[]) {
  const ran: string[] = [];
  const tools = ["search", "pay", "break"].map((name) =>
    tool(
      () => {
        ran.push(name);
        if (name === "break") throw new Error("out of order");
        return `${name} ran`;
      },
      { name, schema },
    ),
  );
  const model = new ScriptedModel([names.map((name, index) => call(name, {}, `c${index}`))]);
  // Types of the stock ones are not made for `exactOptionalPropertyTypes`.
  const agent = createAgent({ model, tools, middleware: middleware as AgentMiddleware[] });
  const run = async (configurable: object = {}): Promise<readonly BaseMessage[]> =>
    (await agent.invoke({ messages: [new HumanMessage("Go.")] }, { configurable })).messages;
  return { run, ran, seen: model.memory.seen };
}

/** The same with the policy. */
async function guarded(names: readonly string[], ...middleware: unknown[]) {
  const guard = await testGuard({ search: "allow", pay: "deny", break: "allow" });
  const made = agentWith(names, ...middleware, policyMiddleware(guard));
  return { ...made, run: () => made.run({ interlatch: guard.ticket() }) };
}

function answered(messages: readonly BaseMessage[] = []): readonly string[] {
  return messages.filter((one) => ToolMessage.isInstance(one)).map((one) => one.tool_call_id);
}

const passesOn = createMiddleware({
  name: "passes-on",
  wrapToolCall: (request, handler) => handler(request),
});
const hides = createMiddleware({
  name: "hides",
  wrapModelCall: (request, handler) =>
    handler({ ...request, tools: request.tools.filter(({ name }) => name !== "pay") }),
});
const throws = createMiddleware({
  name: "throws",
  wrapToolCall: (request, handler) => {
    if (request.toolCall.name === "pay") throw new Error("denied");
    return handler(request);
  },
});
const answersAll = createMiddleware({
  name: "answers-all",
  afterModel: ({ messages }) => {
    const last = messages.at(-1) as { readonly tool_calls?: readonly { readonly id?: string }[] };
    const calls = last.tool_calls ?? [];
    return {
      messages: calls.map(({ id = "" }) => new ToolMessage({ content: "no", tool_call_id: id })),
    };
  },
});

/** One call a run. Its types are not made for `exactOptionalPropertyTypes`: options become `never`. */
const limitsCalls = (): unknown =>
  (toolCallLimitMiddleware as unknown as (options: object) => unknown)({ runLimit: 1 });

describe("gates made with the middleware of langchain 1.5.14", () => {
  it("is the version that is installed", async () => {
    expect(await installedVersion("langchain")).toBe("1.5.14");
  });

  it("end the run at a tool's error, which without middleware is a message", async () => {
    expect((await agentWith(["break"]).run()).at(-1)?.text).toBe("done");
    await expect(agentWith(["break"], passesOn).run()).rejects.toThrow("out of order");
  });

  it("end the run where they throw their denial", async () => {
    await expect(agentWith(["search", "pay"], throws).run()).rejects.toThrow("denied");
  });

  it("run a tool that the model was not shown and calls all the same", async () => {
    const { run, ran } = agentWith(["pay"], hides);
    await run();
    expect(ran).toEqual(["pay"]);
  });

  it("end the run without a word where they answer every call", async () => {
    const messages = await agentWith(["pay"], answersAll).run();
    expect(messages.at(-1)?.getType()).toBe("tool");
  });

  it("answer a call twice beside a limit of calls", async () => {
    const { run } = agentWith(["search", "pay"], limitsCalls(), answersAll);
    const messages = await run();
    expect(answered(messages).filter((id) => id === "c1")).toHaveLength(2);
  });
});

describe("policyMiddleware in their place", () => {
  it("keeps a tool's error a message", async () => {
    const { run, ran } = await guarded(["break"]);
    expect((await run()).at(-1)?.text).toBe("done");
    expect(ran).toEqual(["break"]);
  });

  it("denies with an answer, and the run goes on", async () => {
    const { run, ran } = await guarded(["search", "pay"]);
    const messages = await run();
    expect(answered(messages).toSorted()).toEqual(["c0", "c1"]);
    expect(messages.at(-1)?.text).toBe("done");
    expect(ran).toEqual(["search"]);
  });

  it("denies a tool that the model was not shown, and has the model's last word", async () => {
    const { run, ran } = await guarded(["pay"], hides);
    expect((await run()).at(-1)?.text).toBe("done");
    expect(ran).toEqual([]);
  });

  it("leaves one answer to each call beside a limit of calls", async () => {
    const { run, seen } = await guarded(["search", "pay"], limitsCalls());
    await run();
    expect(answered(seen.at(-1)).toSorted()).toEqual(["c0", "c1"]);
  });
});
