import { describe, expect } from "vitest";
import { testGuard } from "@interlatch/core/testing";
import { dynamicTool, jsonSchema, tool } from "ai";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { MAJORS, WAYS } from "../test/majors.ts";
import { NO_REFUND, POLICY } from "../test/policy.ts";
import { guardAI } from "./index.ts";

const anything = z.looseObject({});

describe.each(WAYS)("$title", ({ sdk, mode }) => {
  verifies(
    "ai.24",
    "a dynamic tool with a JSON Schema and metadata, as from MCP, is guarded",
    async () => {
      const guard = await testGuard(POLICY);
      const ran: unknown[] = [];
      const discovered = (name: string): object => ({
        ...dynamicTool({
          description: `the ${name} of a server`,
          inputSchema: jsonSchema({ type: "object", properties: { q: { type: "string" } } }),
          execute: (input) => ran.push([name, input]),
        }),
        metadata: { annotations: { readOnlyHint: true } },
      });
      const g = guardAI(guard, guard.ticket());
      const calls = [
        { id: "c1", tool: "search", input: { q: "hats" } },
        { id: "c2", tool: "refund" },
      ];
      const tools = { search: discovered("search"), refund: discovered("refund") };
      const result = await sdk.converse(mode, [{ calls }], g.options(tools));
      expect(ran).toEqual([["search", { q: "hats" }]]);
      expect(result.answer("c2")).toEqual({ type: "execution-denied", reason: NO_REFUND });
      expect(result.content.find(({ type }) => type === "tool-call")).toMatchObject({
        dynamic: true,
        toolMetadata: { annotations: { readOnlyHint: true } },
      });
    },
  );

  verifies("ai.25", "a tool defined by the provider and run here is guarded", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const shell = (isProviderExecuted: false): object => ({
      type: "provider",
      id: "acme.shell",
      args: {},
      isProviderExecuted,
      inputSchema: anything,
      execute: () => ++ran,
    });
    const tools = { search: shell(false), refund: shell(false) };
    const g = guardAI(guard, guard.ticket());
    const calls = [
      { id: "c1", tool: "search" },
      { id: "c2", tool: "refund" },
    ];
    const result = await sdk.converse(mode, [{ calls }], g.options(tools));
    expect(ran).toBe(1);
    expect(result.answer("c2")?.type).toBe("execution-denied");
    expect(g.coverage(tools).map(({ state }) => state)).toEqual(["enforced", "enforced"]);
  });

  verifies("ai.26", "what the provider ran is never recorded as blocked", async () => {
    const guard = await testGuard(POLICY);
    const refund = {
      type: "provider",
      id: "acme.refund",
      args: {},
      isProviderExecuted: true,
      inputSchema: anything,
    };
    const g = guardAI(guard, guard.ticket());
    const calls = [{ id: "c1", tool: "refund", providerResult: { paid: true } }];
    const result = await sdk.converse(mode, [{ calls, text: "paid" }], g.options({ refund }));
    expect(result.output("c1")).toEqual({ paid: true });
    expect(recorded(guard)).toEqual([]);
    expect(g.coverage({ refund })[0]?.state).toBe("hidden");
  });

  verifies(
    "ai.27",
    "a client's tool is untouched, and on AI SDK 7 decided before it is handed over",
    async () => {
      const guard = await testGuard(POLICY);
      const names = ["search", "refund", "report", "export_rows", "ask"] as const;
      const tools = Object.fromEntries(names.map((name) => [name, { inputSchema: anything }]));
      const g = guardAI(guard, guard.ticket());
      expect(g.tools(tools)).toEqual(tools);
      for (const name of names) expect(g.tools(tools)[name]).toBe(tools[name]);
      const calls = names.map((name) => ({ id: name, tool: name, input: { size: 900 } }));
      const result = await sdk.converse(mode, [{ calls }], g.options(tools));

      const refused = result.content
        .filter(({ type, approved }) => type === "tool-approval-response" && approved === false)
        .map((part) => (part as { toolCall?: { toolName: string } }).toolCall?.toolName);
      expect(refused).toEqual(sdk.version === 7 ? ["refund", "report", "export_rows", "ask"] : []);
      expect(recorded(guard).map(({ tool: name, outcome }) => [name, outcome])).toEqual(
        sdk.version === 6
          ? []
          : [
              ["search", "executed"],
              ["refund", "blocked"],
              ["report", "blocked"],
              // What cannot be changed over there must not go.
              ["export_rows", "error"],
              ["ask", "blocked"],
            ],
      );
      expect(g.coverage(tools).map(({ state }) => state)).toEqual(names.map(() => "out_of_reach"));
    },
  );
});

describe.each(MAJORS)("AI SDK $version", (sdk) => {
  verifies("ai.x.agent", "ToolLoopAgent takes the same options", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const refund = tool({ inputSchema: anything, execute: () => ++ran });
    const g = guardAI(guard, guard.ticket());
    const { text } = await sdk.converseAgent(
      "generate",
      [{ calls: [{ id: "c1", tool: "refund" }] }],
      g.options({ refund }),
    );
    expect([text, ran]).toEqual(["done", 0]);
    expect(recorded(guard)).toHaveLength(1);
  });

  verifies("ai.35", "a tool that a sub-agent calls is decided for the sub-agent too", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const refund = tool({ inputSchema: anything, execute: () => ++ran });
    const inner = guardAI(guard, guard.ticket({ agent: { id: "helper" } }));
    const search = tool({
      inputSchema: anything,
      execute: async () => {
        const turns = [{ calls: [{ id: "inner", tool: "refund" }] }];
        return (await sdk.converse("generate", turns, { tools: inner.tools({ refund }) })).text;
      },
    });
    const outer = guardAI(guard, guard.ticket());
    const turns = [{ calls: [{ id: "outer", tool: "search" }] }];
    await sdk.converse("generate", turns, outer.options({ search }));
    expect(ran).toBe(0);
    expect(recorded(guard).map(({ call, outcome }) => [call, outcome])).toEqual([
      ["outer", "executed"],
      ["inner", "blocked"],
    ]);
  });
});
