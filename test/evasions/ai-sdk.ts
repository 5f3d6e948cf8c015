import assert from "node:assert/strict";
import { guardAI, isDeniedOutput, type GuardableTools } from "@interlatch/ai-sdk";
import type { AuditSink, Guard, GuardOptions, LimitStore } from "@interlatch/core";
import { tool, type ToolApprovalStatus } from "ai";
import fc from "fast-check";
import { z } from "zod";
import { WAYS, type Turn } from "../../packages/ai-sdk/test/majors.ts";
import { guardOf, type Evasion } from "./evasion.ts";

const POLICY = `
tools:
  open: { operation: read, default: allow }
  shut: { operation: write, resources: none }
  silent: { operation: write, resources: none }
  small: { operation: write, resources: none }
rules:
  - { name: no, tool: shut, action: deny }
  - { name: little, tool: small, when: arguments.n < 10, action: allow }
`;
const NAMES = ["open", "shut", "silent", "small"] as const;
const KNOWN = ["not-applicable", "user-approval", "denied"];
const anything = z.looseObject({});

type Way = (typeof WAYS)[number];

/** Tools that note what they ran with. */
function noting(): { readonly tools: Record<string, object>; readonly ran: [string, unknown][] } {
  const ran: [string, unknown][] = [];
  const made = (name: string): object =>
    tool({ inputSchema: anything, execute: (input) => `${ran.push([name, input])}` });
  return { ran, tools: Object.fromEntries(NAMES.map((name) => [name, made(name)])) };
}

const calling = (...names: string[]): Turn[] => [
  { calls: names.map((name) => ({ id: name, tool: name, input: { n: 1 } })) },
];

/** Tries something on AI SDK 6 and 7, generated and streamed, each under a guard of its own. */
async function onEveryWay(
  attack: (way: Way, guard: Guard) => Promise<void>,
  options: Partial<GuardOptions> = {},
  policy = POLICY,
): Promise<void> {
  for (const way of WAYS) {
    const { guard } = await guardOf(policy, options);
    await attack(way, guard);
    assert.equal(guard.status().openCalls, 0, way.title);
  }
}

const ticketOf = (guard: Guard) => guard.for({ agent: { id: "shop" }, session: "s" });

/** What the guard gives to AI SDK 7 for a request that may have any shape. */
async function statusOf(guard: Guard, request: object): Promise<string> {
  const ask = guardAI(guard, ticketOf(guard)).toolApproval as (of: object) => Promise<unknown>;
  const status = (await ask(request)) as Exclude<ToolApprovalStatus, undefined>;
  return typeof status === "string" ? status : status.type;
}

/** Attacks on one step of the AI SDK: what a model, a tool or the host's own code does in it. */
export const aiSdkEvasions: readonly Evasion[] = [
  {
    id: "evasion.T01",
    title: "in an agent of the AI SDK a denied tool is not executed, whatever a callback does",
    run: () =>
      onEveryWay(async ({ sdk, mode, title }, guard) => {
        const { ran, tools } = noting();
        const throws = (): never => {
          throw new Error("a listener of the host's");
        };
        const { options } = guardAI(guard, ticketOf(guard));
        const settings = { ...options(tools), onToolExecutionStart: throws, onStepFinish: () => 0 };
        await sdk.converseAgent(mode, calling("open", "shut", "silent"), settings);
        assert.deepEqual(ran, [["open", { n: 1 }]], title);
      }),
  },
  {
    id: "evasion.T03",
    title: "in the AI SDK arguments in another field are none",
    run: async () => {
      const { guard } = await guardOf(POLICY);
      const { ran, tools } = noting();
      const { small } = guardAI(guard, ticketOf(guard)).tools(tools as GuardableTools);
      const execute = (small as { execute(input: unknown, options: object): unknown }).execute;
      for (const field of ["args", "arguments", "parameters"]) {
        const options = { toolCallId: field, [field]: { n: 1 } };
        assert.ok(isDeniedOutput(execute(undefined, options)), field);
        const toolCall = { toolName: "small", toolCallId: field, [field]: { n: 1 } };
        assert.equal(await statusOf(guard, { toolCall, tools, messages: [] }), "denied", field);
      }
      assert.deepEqual(ran, []);
    },
  },
  {
    id: "evasion.T04",
    title: "in the AI SDK arguments that cannot be parsed are not read as an empty object",
    run: () =>
      onEveryWay(async ({ sdk, mode, title }, guard) => {
        const { ran, tools } = noting();
        const { options } = guardAI(guard, ticketOf(guard));
        for (const input of ["{", "null", "[]", '"{}"', '{"n":1', "{n:1}", "n=1"]) {
          const turns = [{ calls: [{ id: "c", tool: "open", input }] }];
          await sdk.converse(mode, turns, options(tools));
        }
        assert.deepEqual(ran, [], title);
        // A control: the same, as JSON.
        await sdk.converse(mode, calling("open"), options(tools));
        assert.equal(ran.length, 1, title);
      }),
  },
  {
    id: "evasion.T05",
    title: "in the AI SDK the input hooks of a denied call are told nothing, streamed or not",
    run: () =>
      onEveryWay(async ({ sdk, mode, title }, guard) => {
        const told: string[] = [];
        const hooked = (name: string): object =>
          tool({
            inputSchema: anything,
            onInputStart: () => void told.push(`${name} start`),
            onInputDelta: () => void told.push(`${name} delta`),
            onInputAvailable: () => void told.push(`${name} available`),
            execute: () => "ran",
          });
        const tools = Object.fromEntries(["open", "shut", "silent"].map((n) => [n, hooked(n)]));
        const { options } = guardAI(guard, ticketOf(guard));
        await sdk.converse(mode, calling("shut", "silent", "open"), options(tools));
        assert.deepEqual(told, ["open available"], title);
      }),
  },
  {
    id: "evasion.T06",
    title: "in the AI SDK changing a call's live input after its decision runs nothing else",
    run: () =>
      onEveryWay(async ({ sdk, mode, title }, guard) => {
        const { ran, tools } = noting();
        const spoil = (event: object): void => {
          const { toolCall } = event as { toolCall?: { input?: object } };
          if (toolCall?.input !== undefined) Reflect.set(toolCall.input, "n", 5000);
        };
        const { options } = guardAI(guard, ticketOf(guard));
        const settings = {
          ...options(tools),
          // Between what AI SDK 7 asks and what it runs, and the same of 6 before it runs.
          onToolExecutionStart: spoil,
          experimental_onToolCallStart: spoil,
        };
        const result = await sdk.converse(mode, calling("small"), settings);
        assert.deepEqual(ran, [], title);
        assert.equal(result.answer("small")?.type, "execution-denied", title);
      }),
  },
  {
    id: "evasion.T07",
    title: "in the AI SDK what the provider ran is not told as blocked, nor recorded",
    run: async () => {
      for (const { sdk, mode, title } of WAYS) {
        const { guard, audit } = await guardOf(POLICY);
        const shut = {
          type: "provider",
          id: "p.shut",
          args: {},
          isProviderExecuted: true,
          inputSchema: anything,
        };
        const g = guardAI(guard, ticketOf(guard));
        const calls = [{ id: "c", tool: "shut", providerResult: { done: true } }];
        const result = await sdk.converse(mode, [{ calls, text: "done" }], g.options({ shut }));
        assert.deepEqual(result.output("c"), { done: true }, title);
        assert.equal(audit.records.filter(({ type }) => type === "call").length, 0, title);
        assert.equal(g.coverage({ shut })[0]?.state, "hidden", title);
      }
    },
  },
  {
    id: "evasion.T10",
    title: "in the AI SDK a tool that is copied, wrapped twice or stripped is judged, and once",
    run: () =>
      onEveryWay(async ({ sdk, mode, title }, guard) => {
        const { ran, tools } = noting();
        const g = guardAI(guard, ticketOf(guard));
        const { shut, open } = g.tools(g.tools(tools)) as Record<string, object>;
        const copies: readonly object[] = [
          { ...shut },
          Object.create(shut as object) as object,
          Object.assign(Object.create(null) as object, shut),
          Object.defineProperties({}, Object.getOwnPropertyDescriptors(shut as object)),
          new Proxy(shut as object, {}),
        ];
        for (const copy of copies) {
          await sdk.converse(mode, calling("shut"), { tools: { shut: copy } });
          await sdk.converse(mode, calling("shut"), g.options({ shut: copy }));
        }
        assert.deepEqual(ran, [], title);
        let decisions = 0;
        guard.on("decision", () => void decisions++);
        await sdk.converse(mode, calling("open"), g.options({ open: { ...open } }));
        assert.deepEqual([ran.length, decisions], [1, 1], title);
      }),
  },
  {
    id: "evasion.T12",
    title: "AI SDK 7 is given no status but those it knows, whatever is asked or answered",
    run: async () => {
      const { guard } = await guardOf(POLICY);
      const odd = [
        "deny",
        "blocked",
        false,
        null,
        { type: "nope" },
        { type: "approved" },
        "approved",
      ];
      const needsApproval = fc.oneof(fc.constantFrom(...odd), fc.anything());
      const name = fc.oneof(fc.constantFrom(...NAMES, "__proto__", "constructor"), fc.string());
      await fc.assert(
        fc.asyncProperty(name, fc.anything(), needsApproval, async (toolName, input, needs) => {
          const bare = { inputSchema: anything, execute: () => "ran", needsApproval: needs };
          const tools = Object.fromEntries([[toolName, bare]]);
          const toolCall = { toolName, toolCallId: "c", input };
          const status = await statusOf(guard, { toolCall, tools, messages: [] });
          assert.ok(KNOWN.includes(status), status);
          if (toolName !== "open" && toolName !== "small") assert.equal(status, "denied");
        }),
        { numRuns: 300 },
      );
      for (const request of [{}, { toolCall: null }, { toolCall: {} }, { tools: 7 }]) {
        assert.equal(await statusOf(guard, request), "denied");
      }
    },
  },
  {
    id: "evasion.T13",
    title: "in the AI SDK a policy without an opinion on a call denies it",
    run: () =>
      onEveryWay(async ({ sdk, mode, title }, guard) => {
        const { ran, tools } = noting();
        const { options } = guardAI(guard, ticketOf(guard));
        const unheard = tool({ inputSchema: anything, execute: () => "ran" });
        const turns = calling("silent", "unheard");
        const result = await sdk.converse(mode, turns, options({ ...tools, unheard }));
        for (const id of ["silent", "unheard"]) {
          assert.equal(result.answer(id)?.type, "execution-denied", title);
        }
        assert.deepEqual(ran, [], title);
      }),
  },
  {
    id: "evasion.T47",
    title: "in the AI SDK what fails around a decision denies the call, and the run goes on",
    run: async () => {
      const limited = `
tools: { small: { operation: write, resources: none } }
rules: [{ name: ok, tool: small, action: allow, rate_limit: 10 calls/minute }]
`;
      const down = (): never => {
        throw new Error("500");
      };
      const rejects = (): Promise<never> => Promise.reject(new Error("timeout"));
      const empty = (): Promise<never> => Promise.resolve({} as never); // a body that says nothing
      const done = (): Promise<void> => Promise.resolve();
      const sink = (append: AuditSink["append"]): Partial<GuardOptions> => ({
        audit: { durable: true, append, flush: done, close: done },
      });
      const store = (reserve: LimitStore["reserve"]): Partial<GuardOptions> => ({
        stores: { limits: { reserve, peek: () => ({ ok: true }) } },
      });
      const broken = [down, rejects, empty].map(store).concat([down, rejects].map(sink));
      for (const options of broken) {
        const attack = async ({ sdk, mode, title }: Way, guard: Guard): Promise<void> => {
          const { ran, tools } = noting();
          const g = guardAI(guard, ticketOf(guard));
          const result = await sdk.converse(mode, calling("small"), g.options(tools));
          assert.equal(result.answer("small")?.type, "execution-denied", title);
          assert.equal(result.text, "done", title);
          assert.deepEqual(ran, [], title);
        };
        await onEveryWay(attack, options, limited);
      }
    },
  },
];
