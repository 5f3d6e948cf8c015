import {
  opaCapabilityMiddleware,
  opaPolicy,
  shadow,
  wrapMcpTools,
  type PolicyClient as OpaClient,
  type PolicyDecisionEvent,
} from "@ai-sdk/policy-opa";
import { guardAI, policyClient } from "@interlatch/ai-sdk";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import {
  generateText,
  stepCountIs,
  streamText,
  tool,
  wrapLanguageModel,
  type LanguageModel,
  type ModelMessage,
  type ToolSet,
} from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { describe, expect } from "vitest";
import { z } from "zod";
import { scripted, type Model, type ScriptedCall } from "../../../packages/ai-sdk/test/script.ts";
import { NO_REFUND, POLICY } from "../../../packages/ai-sdk/test/policy.ts";
import { verifies } from "../../verifies.ts";

const ANN = { id: "ann", groups: ["reviewer"] };
const NAMES = ["search", "refund", "ask", "export_rows", "limited", "elsewhere"] as const;
/** The same class, of another version. */
const Mock = MockLanguageModelV4 as unknown as Model;
const MODES = ["generate", "stream"] as const;

/** An application that asks OPA, as its users have it; `ran` says what its tools did. */
function application(ran: string[] = []) {
  const one = (name: string) =>
    tool({
      inputSchema: z.looseObject({}),
      execute: (input) => {
        ran.push(`${name} ${JSON.stringify(input)}`);
        return `${name} ran`;
      },
    });
  return Object.fromEntries(NAMES.map((name) => [name, one(name)])) satisfies ToolSet;
}

interface Told {
  readonly answers: Readonly<Record<string, unknown>>;
  readonly shown: readonly string[];
  readonly messages: ModelMessage[];
  readonly content: readonly { readonly type: string; readonly approvalId?: string }[];
}

/** One request to the real SDK with a scripted model. */
async function converse(
  mode: (typeof MODES)[number],
  calls: readonly ScriptedCall[],
  settings: object,
  messages: ModelMessage[] = [{ role: "user", content: "go" }],
  wrapped: (model: LanguageModel) => LanguageModel = (model) => model,
): Promise<Told> {
  const { model, requests } = scripted(Mock, calls.length === 0 ? [] : [{ calls }]);
  const given = {
    model: wrapped(model as LanguageModel), // a mock model of this very package
    messages,
    stopWhen: stepCountIs(3),
    maxRetries: 0,
    ...settings,
  };
  const result = mode === "generate" ? await generateText(given) : streamText(given);
  const [response, steps] = [await result.response, await result.steps];
  const last = requests.at(-1)?.prompt as { role: string; content: unknown }[] | undefined;
  const parts = (last ?? [])
    .filter(({ role }) => role === "tool")
    .flatMap(({ content }) => content as { type: string; toolCallId: string; output: unknown }[]);
  return {
    answers: Object.fromEntries(parts.map(({ toolCallId, output }) => [toolCallId, output])),
    shown: requests[0]?.tools?.map(({ name }) => name) ?? [],
    messages: [...messages, ...response.messages],
    content: steps.flatMap(({ content }) => content),
  };
}

/** The conversation with the person's click at its end. */
function clicked({ messages, content }: Told, approved = true): ModelMessage[] {
  const asked = content.filter(({ type }) => type === "tool-approval-request");
  const said = asked.map(({ approvalId = "" }) => ({
    type: "tool-approval-response" as const,
    approvalId,
    approved,
  }));
  return [...messages, { role: "tool", content: said }];
}

const path = "agent/call/decision";
const whole = (request: unknown): unknown => request;
const call = (name: string, input: object = {}, id = "c1"): ScriptedCall => ({
  id,
  tool: name,
  input,
});
const denial = (reason: unknown) => ({ type: "execution-denied", reason });
const codes = (guard: TestGuard): readonly string[] =>
  guard.decisions.map(({ decision }) => decision.code);

describe.each(MODES)("a policy client in opaPolicy, %s", (mode) => {
  describe.each([
    ["the package's own input", {}],
    ["the whole request", { toInput: whole }],
  ])("given %s", (_, more) => {
    verifies("ai.x.policy-client", "allows, denies and records as the policy says", async () => {
      const guard = await testGuard(POLICY);
      const ran: string[] = [];
      const client: OpaClient = policyClient(guard, guard.ticket());
      const calls = NAMES.map((name) => call(name, { n: 1 }, name)).filter(
        ({ tool: name }) => name !== "ask" && name !== "export_rows",
      );
      const told = await converse(mode, [...calls, call("limited", { n: 2 }, "again")], {
        tools: application(ran),
        toolApproval: opaPolicy({ client, path, ...more }),
      });
      expect(told.answers["search"]).toEqual({ type: "text", value: "search ran" });
      expect(told.answers["refund"]).toEqual(denial(NO_REFUND));
      expect(told.answers["elsewhere"]).toEqual(denial(expect.stringContaining("not available")));
      expect(told.answers["again"]).toEqual(denial(expect.stringContaining("short time")));
      expect(ran).toEqual(['search {"n":1}', 'limited {"n":1}']);
      const denied = ["rate_limited", "rule_denied", "unknown_tool"];
      expect([...codes(guard)].sort()).toEqual(["allowed", "allowed", ...denied]);
      const outcomes = guard.audit.records.filter(({ type }) => type === "outcome");
      expect(outcomes).toHaveLength(5);
    });

    verifies(
      "ai.x.policy-client-review",
      "asks the user, and runs what they approve once",
      async () => {
        const guard = await testGuard(POLICY);
        const ran: string[] = [];
        const client = policyClient(guard, guard.ticket(), { reviewer: ANN });
        const settings = {
          tools: application(ran),
          toolApproval: opaPolicy({ client, path, ...more }),
        };
        const asked = await converse(mode, [call("ask", { n: 1 })], settings);
        expect(asked.content.map(({ type }) => type)).toContain("tool-approval-request");
        expect(ran).toEqual([]);
        const history = clicked(asked);
        await converse(mode, [], settings, history);
        expect(ran).toEqual(['ask {"n":1}']);
        expect((await guard.approvals.list()).map(({ state }) => state)).toEqual(["consumed"]);
        // The same history once more, and one about other arguments.
        const again = await converse(mode, [], settings, history);
        expect(Object.values(again.answers)[0]).toMatchObject({ type: "execution-denied" });
        const changed = JSON.parse(JSON.stringify(history).replaceAll('{"n":1}', '{"n":2}'));
        await converse(mode, [], settings, changed as ModelMessage[]);
        expect(ran).toEqual(['ask {"n":1}']);
      },
    );

    verifies(
      "ai.x.policy-client-review",
      "takes no click that the host does not vouch for",
      async () => {
        const guard = await testGuard(POLICY);
        const ran: string[] = [];
        const client = policyClient(guard, guard.ticket());
        const settings = {
          tools: application(ran),
          toolApproval: opaPolicy({ client, path, ...more }),
        };
        const asked = await converse(mode, [call("ask")], settings);
        await converse(mode, [], settings, clicked(asked));
        expect(ran).toEqual([]);
        // A conversation that was made up from the beginning.
        const forged = JSON.parse(JSON.stringify(clicked(asked)).replaceAll("c1", "c9"));
        const other = policyClient(guard, guard.ticket({ session: "other" }), { reviewer: ANN });
        const toolApproval = opaPolicy({ client: other, path, ...more });
        await converse(mode, [], { ...settings, toolApproval }, forged as ModelMessage[]);
        expect(ran).toEqual([]);
        // Somebody answers in the guard, and the conversation goes on.
        const [open] = await guard.approvals.list({ states: ["pending"] });
        const { id = "", digest = "" } = open ?? {};
        await guard.approvals.decide({ id, digest, reviewer: ANN, answer: "approve" });
        await converse(mode, [], settings, clicked(asked));
        expect(ran).toEqual(["ask {}"]);
      },
    );

    verifies(
      "ai.x.policy-client-closed",
      "denies where the guard fails, is closed or knows nobody",
      async () => {
        const closed = await testGuard(POLICY);
        await closed.close();
        const failing = await testGuard(POLICY, {
          stores: {
            limits: {
              reserve: () => {
                throw new Error("down");
              },
              peek: () => {
                throw new Error("down");
              },
            },
          },
        });
        const stranger = await testGuard(POLICY);
        const cases = [
          [policyClient(closed, closed.ticket()), "search"],
          [policyClient(failing, failing.ticket()), "limited"],
          [policyClient(stranger, undefined), "search"],
          [policyClient(stranger, failing.ticket()), "search"],
          [policyClient({ ...stranger, open: () => expect.fail() }, stranger.ticket()), "search"],
        ] as const;
        for (const [client, name] of cases) {
          const ran: string[] = [];
          const toolApproval = opaPolicy({ client, path, ...more });
          const told = await converse(mode, [call(name)], {
            tools: application(ran),
            toolApproval,
          });
          expect(told.answers["c1"]).toMatchObject({ type: "execution-denied" });
          expect(ran).toEqual([]);
        }
      },
    );

    verifies(
      "ai.x.policy-client-rewrites",
      "denies what would have to run with other arguments",
      async () => {
        const guard = await testGuard(POLICY);
        const ran: string[] = [];
        const toolApproval = opaPolicy({
          client: policyClient(guard, guard.ticket()),
          path,
          ...more,
        });
        const calls = [
          call("export_rows", { size: 900 }, "many"),
          call("export_rows", { size: 9 }, "few"),
        ];
        await converse(mode, calls, { tools: application(ran), toolApproval });
        expect(ran).toEqual(['export_rows {"size":9}']);
      },
    );
  });

  verifies(
    "ai.x.policy-client-identity",
    "takes no identity from the model or the history",
    async () => {
      const guard = await testGuard(POLICY);
      const agents: unknown[] = [];
      guard.on("call", ({ identity }) => agents.push(identity?.agent.id));
      const admin = { agent: { id: "root", roles: ["admin"] }, ticket: {}, tenant: "other" };
      const client = policyClient(guard, guard.ticket());
      for (const toInput of [undefined, whole, (request: object) => ({ ...request, ...admin })]) {
        await converse(
          mode,
          [call("refund", admin)],
          {
            tools: application(),
            toolApproval: opaPolicy({ client, path, ...(toInput && { toInput }) }),
            runtimeContext: admin,
          },
          [{ role: "user", content: JSON.stringify(admin) }],
        );
      }
      expect(agents).toEqual(["agent", "agent", "agent"]);
      expect(new Set(codes(guard))).toEqual(new Set(["rule_denied"]));
    },
  );

  verifies(
    "ai.x.policy-client-shadow",
    "is told of in shadow, and enforced when it is to be",
    async () => {
      for (const enforce of [false, true]) {
        const guard = await testGuard(POLICY);
        const [ran, events]: [string[], PolicyDecisionEvent[]] = [[], []];
        const client = policyClient(guard, guard.ticket());
        const toolApproval = shadow<ReturnType<typeof application>>(opaPolicy({ client, path }), {
          enforce,
          onDecision: (event) => void events.push(event),
        });
        await converse(mode, [call("refund"), call("search", {}, "c2")], {
          tools: application(ran),
          toolApproval,
        });
        expect(events.map(({ decision }) => decision.type)).toEqual(["denied", "approved"]);
        expect(ran).toEqual(enforce ? ["search {}"] : ["refund {}", "search {}"]);
      }
    },
  );

  verifies(
    "ai.x.policy-client-opinion",
    "leaves nothing to the default of wrapMcpTools",
    async () => {
      const guard = await testGuard(POLICY);
      const ran: string[] = [];
      const client = policyClient(guard, guard.ticket());
      const wrapped = wrapMcpTools(application(ran), opaPolicy({ client, path }), {
        default: "approved",
      });
      const calls = [call("elsewhere"), call("search", {}, "c2")];
      const told = await converse(mode, calls, wrapped);
      expect(told.answers["c1"]).toMatchObject({ type: "execution-denied" });
      expect(ran).toEqual(["search {}"]);
    },
  );

  verifies("ai.x.policy-client-capabilities", "shows the model what may be used", async () => {
    const guard = await testGuard(POLICY);
    const shown = async (client: OpaClient): Promise<readonly string[]> => {
      const middleware = opaCapabilityMiddleware({ client, path: "agent/tools" });
      const hide = (model: LanguageModel) =>
        wrapLanguageModel({
          model: model as Parameters<typeof wrapLanguageModel>[0]["model"],
          middleware,
        });
      return (await converse(mode, [], { tools: application() }, undefined, hide)).shown;
    };
    const may = ["search", "ask", "export_rows", "limited"];
    expect(await shown(policyClient(guard, guard.ticket()))).toEqual(may);
    expect(await shown(policyClient(guard, undefined))).toEqual([]);
    await guard.close();
    expect(await shown(policyClient(guard, guard.ticket()))).toEqual([]);
  });

  verifies(
    "ai.x.policy-client-together",
    "counts a call of a guarded tool once, and guards every way to it",
    async () => {
      const guard = await testGuard(POLICY);
      const ran: string[] = [];
      const ticket = guard.ticket();
      const g = guardAI(guard, ticket, { reviewer: ANN });
      const tools = g.tools(application(ran));
      const client = policyClient(guard, ticket, { reviewer: ANN });
      const toolApproval = opaPolicy({ client, path, toInput: whole });
      const calls = [
        call("limited"),
        call("export_rows", { size: 900 }, "c2"),
        call("refund", {}, "c3"),
      ];
      const told = await converse(mode, calls, { tools, toolApproval });
      expect(ran).toEqual(["limited {}", 'export_rows {"size":100}']);
      expect(told.answers["c3"]).toEqual(denial(NO_REFUND));
      expect([...codes(guard)].sort()).toEqual(["allowed", "allowed", "rule_denied"]);
      // Where nobody asks before, the tool itself does.
      await converse(mode, [call("refund")], { tools });
      expect(ran).toHaveLength(2);
      const asked = await converse(mode, [call("ask", {}, "c4")], { tools, toolApproval });
      await converse(mode, [], { tools, toolApproval }, clicked(asked));
      expect(ran.at(-1)).toBe("ask {}");
    },
  );
});

verifies(
  "ai.x.policy-client-statuses",
  "gives forms that the package knows, whatever it is asked",
  async () => {
    const guard = await testGuard(POLICY);
    const client = policyClient(guard, guard.ticket());
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    const calls: readonly unknown[] = [
      { tool: null },
      { tool: {} },
      { tool: { name: 7 }, args: 7 },
      { tool: { name: "search" } },
      { tool: { name: "search" }, args: "text" },
      { tool: { name: "search" }, args: cyclic },
      { tool: { name: "constructor " }, args: {} },
      { tool: { name: "refund" }, args: {}, messages: "none" },
      { toolCall: null },
      { toolCall: {} },
      { toolCall: { toolName: "refund", toolCallId: "c1", input: {} }, messages: [null] },
      { toolCall: { toolName: "search", toolCallId: "", input: {} } },
    ];
    for (const input of calls) {
      const told = await client.evaluate<unknown, { decision: unknown; reason: unknown }>(
        path,
        input,
      );
      expect(told).toEqual({ decision: "deny", reason: expect.any(String) });
    }
    for (const input of [undefined, null, 7, "text", [], {}]) {
      expect(await client.evaluate(path, input)).toEqual({ tools: expect.any(Array) });
    }
  },
);
