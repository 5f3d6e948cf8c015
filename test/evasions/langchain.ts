import assert from "node:assert/strict";
import type { Guard, GuardOptions, LimitStore } from "@interlatch/core";
import { denialOf, guardTool, policyMiddleware, type IdentityOptions } from "@interlatch/langchain";
import { guardGraph } from "@interlatch/langgraph";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import { tool, type ClientTool } from "@langchain/core/tools";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { createAgent, createMiddleware, type AgentMiddleware } from "langchain";
import { z } from "zod";
import { ScriptedModel } from "../scripted-model.ts";
import { guardOf, type Evasion } from "./evasion.ts";

const PAY = `
tools: { pay: { operation: write, resources: none }, ask: { operation: write, resources: none } }
rules:
  - { name: small, tool: pay, when: arguments.amount < 10, action: allow }
  - { name: ask, tool: ask, action: review }
`;
const PACED = `
tools: { pay: { operation: write, resources: none } }
rules: [{ name: paced, tool: pay, action: allow, rate_limit: 10 calls/minute }]
`;

/** Tools that take anything, and what they were given. */
function anyTools(...names: string[]): { tools: ClientTool[]; got: unknown[] } {
  const got: unknown[] = [];
  const make = (name: string): ClientTool =>
    tool((args: unknown) => `${got.push(args)}`, { name, schema: z.any() });
  return { tools: names.map(make), got };
}

interface Turn {
  readonly guard: Guard;
  readonly calls: readonly object[];
  readonly tools: ClientTool[];
  readonly before?: readonly AgentMiddleware[];
  readonly options?: IdentityOptions;
}

/** The answers of an agent to one turn of calls, by id: `ran`, or the code of the denial. The run must survive. */
async function answersOf({ guard, calls, tools, before = [], options }: Turn): Promise<object> {
  const said = new AIMessage({ content: "", tool_calls: calls as ToolCall[] }); // as a provider might
  const ours = policyMiddleware(guard, { reviews: "tool", ...options });
  const middleware: AgentMiddleware[] = [...before, ours];
  const agent = createAgent({ model: new ScriptedModel([said]), tools, middleware });
  const interlatch = guard.for({ agent: { id: "shop" }, session: "s" });
  const { messages } = await agent.invoke(
    { messages: [new HumanMessage("go")] },
    { configurable: { interlatch } },
  );
  assert.equal(messages.at(-1)?.text, "done");
  const answers = messages.filter((one) => ToolMessage.isInstance(one));
  return Object.fromEntries(
    answers.map((one) => [
      one.tool_call_id,
      denialOf(one)?.code ?? (one.status === "error" ? "error" : "ran"),
    ]),
  );
}

const call = (name: string, args: unknown, id = "c1") => ({ type: "tool_call", id, name, args });
const guardWith = async (text: string, options: Partial<GuardOptions> = {}): Promise<Guard> =>
  (await guardOf(text, options)).guard;

/** Attacks on LangChain's own ways, in real agents. */
export const langChainEvasions: readonly Evasion[] = [
  {
    id: "evasion.T03",
    title: "a LangChain call whose arguments stand in another field runs on nothing of them",
    run: async () => {
      const guard = await guardWith(PAY);
      const { tools, got } = anyTools("pay");
      const calls = ["input", "arguments", "parameters"].map((field) => ({
        type: "tool_call",
        id: field,
        name: "pay",
        [field]: { amount: 5 },
      }));
      const answers = Object.values(await answersOf({ guard, calls, tools }));
      assert.equal(answers.includes("ran"), false);
      assert.deepEqual(got, []);
    },
  },
  {
    id: "evasion.T04",
    title: "LangChain arguments that are no object are not read as an empty one, or parsed",
    run: async () => {
      const guard = await guardWith(PAY);
      const { tools, got } = anyTools("pay");
      const unparsed = ['{"amount":5}', '{"amount":', "", [], [{ amount: 5 }], null, 5];
      const calls = unparsed.map((args, index) => call("pay", args, `c${index}`));
      const answers = Object.values(await answersOf({ guard, calls, tools }));
      assert.equal(answers.length, unparsed.length);
      assert.equal(answers.includes("ran"), false);
      assert.deepEqual(got, []);
      // A control: the same, as an object.
      await answersOf({ guard, calls: [call("pay", { amount: 5 }, "control")], tools });
      assert.deepEqual(got, [{ amount: 5 }]);
    },
  },
  {
    id: "evasion.T06",
    title: "changing a LangChain call while it is judged or reviewed changes nothing that runs",
    run: async () => {
      const live = { amount: 5, to: ["ann"] };
      const spoil = (target: object): void => {
        Reflect.set(target, "amount", 5000);
        live.to.push("eve");
      };
      const guard = await guardWith(PAY, {
        onReview: (request) => {
          for (const target of [live, request.arguments]) spoil(target);
          return { answer: "approve", reviewer: "ann" };
        },
      });
      guard.on("decision", () => spoil(live));
      for (const name of ["pay", "ask"]) {
        Object.assign(live, { amount: 5, to: ["ann"] });
        const { tools, got } = anyTools(name);
        const [one] = tools.map((each) => guardTool(each, guard));
        const interlatch = guard.for({ agent: { id: "shop" }, session: name });
        const asked = call(name, live) as ToolCall;
        await one?.invoke(asked, { configurable: { interlatch } });
        assert.deepEqual(got, [{ amount: 5, to: ["ann"] }]);
        assert.equal(live.amount, 5000);
      }
    },
  },
  {
    id: "evasion.T08",
    title: "a tool that middleware brings to an agent late runs only as the policy says",
    run: async () => {
      const guard = await guardWith(PAY);
      const { tools: late, got } = anyTools("pay", "shell");
      const brings = createMiddleware({
        name: "brings",
        wrapModelCall: (request, handler) =>
          handler({ ...request, tools: [...request.tools, ...late] }),
        wrapToolCall: (request, handler) => {
          const found = late.find(({ name }) => name === request.toolCall.name);
          return handler(found === undefined ? request : { ...request, tool: found });
        },
      });
      const calls = [
        call("shell", { amount: 1 }, "unknown"),
        call("pay", { amount: 5000 }, "large"),
        call("pay", { amount: 5 }, "small"),
      ];
      assert.deepEqual(await answersOf({ guard, calls, tools: [], before: [brings] }), {
        unknown: "unknown_tool",
        large: "no_match",
        small: "ran",
      });
      assert.deepEqual(got, [{ amount: 5 }]);
    },
  },
  {
    id: "evasion.T09",
    title: "a tool that an agent's model is not shown is denied by name, and by every other route",
    run: async () => {
      const guard = await guardWith(`
tools: { read: { operation: read, default: allow }, wipe: { operation: delete } }
rules: [{ name: no, tool: wipe, action: deny }]
`);
      const { tools, got } = anyTools("read", "wipe");
      const answers = await answersOf({ guard, calls: [call("wipe", {})], tools });
      assert.deepEqual(answers, { c1: "rule_denied" });
      const [, wipe] = tools.map((one) => guardTool(one, guard));
      const interlatch = guard.for({ agent: { id: "shop" }, session: "s" });
      const config = { configurable: { interlatch } };
      const said = new AIMessage({ content: "", tool_calls: [call("wipe", {}, "c2") as ToolCall] });
      await new ToolNode([wipe as never]).invoke([said], config); // a client tool
      await wipe?.invoke({}, config);
      await wipe?.batch([{}, {}], config);
      assert.deepEqual(got, []);
    },
  },
  {
    id: "evasion.T10",
    title: "tools that are wrapped twice, spread or cloned meet the guard, once",
    run: async () => {
      const { guard, audit } = await guardOf(PAY);
      const { tools, got } = anyTools("pay");
      const [raw] = tools;
      if (raw === undefined) assert.fail("there is a tool");
      const guarded = guardTool(raw, guard);
      const gate = guardGraph(guard, [guarded]);
      await answersOf({
        guard,
        calls: [call("pay", { amount: 5 })],
        tools: [...gate.tools] as ClientTool[],
      });
      assert.equal(got.length, 1);
      assert.equal(audit.records.filter(({ type }) => type === "call").length, 1);

      const prototype = Object.getPrototypeOf(raw) as object;
      const spread = { ...raw, invoke: raw.invoke } as ClientTool;
      const clones = [
        Object.assign(Object.create(prototype) as ClientTool, raw),
        Object.create(prototype, Object.getOwnPropertyDescriptors(guarded)) as ClientTool,
        spread,
      ];
      for (const [index, clone] of clones.entries()) {
        const calls = [call("pay", { amount: 5000 }, `clone ${index}`)];
        const answers = await answersOf({ guard, calls, tools: [clone] });
        assert.deepEqual(answers, { [`clone ${index}`]: "no_match" });
      }
      assert.equal(got.length, 1);
    },
  },
  {
    id: "evasion.T13",
    title: "an agent whose host or reviewer has no opinion is denied",
    run: async () => {
      const nobody: readonly unknown[] = [undefined, null, "", false, 0, {}, Promise.resolve({})];
      for (const who of nobody) {
        const guard = await guardWith(PAY);
        const { tools, got } = anyTools("pay");
        const identify = (): never => who as never; // what a host's function may give
        const calls = [call("pay", { amount: 5 })];
        const answers = await answersOf({ guard, calls, tools, options: { identify } });
        assert.deepEqual(answers, { c1: "identity_required" });
        assert.deepEqual(got, []);
      }
      for (const opinion of nobody) {
        const guard = await guardWith(PAY, { onReview: () => opinion as never });
        const { tools, got } = anyTools("ask");
        await answersOf({ guard, calls: [call("ask", {})], tools });
        assert.deepEqual(got, []);
      }
    },
  },
  {
    id: "evasion.T47",
    title: "an agent whose store or reviewer fails is denied, and its run goes on",
    run: async () => {
      const failures = [
        () => assert.fail("500"),
        () => Promise.reject(new Error("timeout")),
        () => undefined,
        () => Promise.resolve("ok"),
      ] as (() => never)[]; // what a store or a person's page may do
      for (const fails of failures) {
        const limits: LimitStore = { reserve: fails, peek: () => ({ ok: true }) };
        const paced = await guardWith(PACED, { stores: { limits } });
        const { tools, got } = anyTools("pay", "ask");
        const calls = [call("pay", { amount: 5 })];
        assert.deepEqual(await answersOf({ guard: paced, calls, tools }), {
          c1: "store_unavailable",
        });
        const asked = await guardWith(PAY, { onReview: fails });
        const answers = await answersOf({ guard: asked, calls: [call("ask", {})], tools });
        assert.notDeepEqual(answers, { c1: "ran" });
        assert.deepEqual(got, []);
      }
    },
  },
];
