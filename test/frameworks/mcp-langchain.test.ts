import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { DynamicStructuredTool, type ClientTool } from "@langchain/core/tools";
import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { coverage, denialOf, guardTools, policyMiddleware } from "@interlatch/langchain";
import { testGuard, type TestGuardOptions } from "@interlatch/core/testing";
import { createAgent, createMiddleware, type AgentMiddleware } from "langchain";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { call, ScriptedModel } from "../scripted-model.ts";
import { verifies } from "../verifies.ts";
import { everythingServer, filesystemServer, serverFolder, serverPolicy } from "./mcp-servers.ts";

let root = "";
let policy: ReturnType<typeof serverPolicy>;
let client: MultiServerMCPClient;
let tools: DynamicStructuredTool[];
const open = new AsyncDisposableStack();
/** What the client's hook does to a call before it is sent; nothing unless a test says so. */
let hook: (args: Record<string, unknown>) => Record<string, unknown> | undefined = () => undefined;

beforeAll(async () => {
  root = open.use(await serverFolder()).path;
  policy = serverPolicy(root, { files: "files__", everything: "everything__" });
  client = new MultiServerMCPClient({
    prefixToolNameWithServerName: true,
    beforeToolCall: ({ args }) => {
      const changed = hook(args as Record<string, unknown>);
      return changed === undefined ? {} : { args: changed };
    },
    mcpServers: {
      files: { transport: "stdio", ...filesystemServer(root) },
      everything: { transport: "stdio", ...everythingServer() },
    },
  });
  open.defer(() => client.close());
  tools = await client.getTools();
});

afterAll(() => open.disposeAsync());

const HELLO = { messages: [new HumanMessage("go")] };

/** What an agent made of these calls, in one turn. */
async function turn(
  calls: ReturnType<typeof call>[],
  options: TestGuardOptions = {},
  late = false,
) {
  const guard = await testGuard(policy, options);
  const model = new ScriptedModel([calls]);
  const ours: AgentMiddleware = policyMiddleware(guard, { reviews: "tool" });
  const agent = late
    ? createAgent({ model, tools: [], middleware: [bringsServerTools(), ours] })
    : createAgent({ model, tools, middleware: [ours] });
  const config = { configurable: { interlatch: guard.ticket() } };
  const { messages } = await agent.invoke(HELLO, config);
  return { guard, shown: model.memory.shown, last: messages.at(-1)?.text, told: toldIn(messages) };
}

function toldIn(messages: readonly BaseMessage[]): ReadonlyMap<string, ToolMessage> {
  const answers = messages.filter((one) => ToolMessage.isInstance(one));
  return new Map(answers.map((one) => [one.tool_call_id, one]));
}

/** Asks the servers for their tools when the model is asked, as agents do that follow a server's changes. */
function bringsServerTools(): AgentMiddleware {
  return createMiddleware({
    name: "refresh",
    wrapModelCall: async (request, handler) =>
      handler({ ...request, tools: [...request.tools, ...(await client.getTools())] }),
    wrapToolCall: async (request, handler) => {
      const found = (await client.getTools()).find(({ name }) => name === request.toolCall.name);
      return handler(found === undefined ? request : { ...request, tool: found });
    },
  });
}

const inRoot = (name: string): string => join(root, name);
const write = (name: string, id: string) =>
  call("files__write_file", { path: inRoot(name), content: "hello" }, id);

describe("tools of MCP servers through @langchain/mcp-adapters", () => {
  verifies(
    "mcp.allow",
    "an allowed write is on the disk, and its result with the model",
    async () => {
      const { told, last, guard } = await turn([write("note.txt", "c1")]);
      expect(await readFile(inRoot("note.txt"), "utf8")).toBe("hello");
      expect(told.get("c1")).toMatchObject({ status: "success" });
      expect(told.get("c1")?.text).toContain("Successfully wrote");
      expect(last).toBe("done");
      expect(guard.audit.records.at(-1)).toMatchObject({ type: "outcome", outcome: "executed" });
    },
  );

  verifies("mcp.deny", "a denied write leaves the disk as it was", async () => {
    const before = await readdir(root);
    const { told, last } = await turn([write("other.txt", "c1")]);
    expect(await readdir(root)).toEqual(before);
    expect(denialOf(told.get("c1"))?.code).toBe("invalid_arguments");
    expect(last).toBe("done");
  });

  verifies("mcp.review", "a move waits for a person, and is made once or not at all", async () => {
    for (const answer of ["reject", "approve"] as const) {
      await writeFile(inRoot("old.txt"), "x");
      const paths = { source: inRoot("old.txt"), destination: inRoot("new.txt") };
      const asked: unknown[] = [];
      const { told } = await turn([call("files__move_file", paths, "c1")], {
        onReview: async (request) => {
          asked.push(request.arguments);
          expect(await readdir(root)).toContain("old.txt");
          return { answer, reviewer: "ann" };
        },
      });
      expect(asked).toEqual([paths]);
      expect((await readdir(root)).includes("new.txt")).toBe(answer === "approve");
      expect(denialOf(told.get("c1"))?.code).toBe(
        answer === "approve" ? undefined : "approval_rejected",
      );
    }
  });

  verifies("mcp.content", "all that a server answers with is as without the guard", async () => {
    const calls = [
      call("everything__get-tiny-image", {}, "image"),
      call("everything__get-structured-content", { location: "Chicago" }, "structured"),
      call("everything__get-resource-reference", { resourceType: "Blob", resourceId: 1 }, "blob"),
    ];
    const { told } = await turn(calls);
    for (const one of calls) {
      const bare: unknown = await toolOf(one.name).invoke(one);
      if (!ToolMessage.isInstance(bare)) throw new Error("a tool call gives a tool message");
      const { content, artifact, status } = told.get(one.id ?? "") ?? {};
      // The server's clock stands in one of them.
      const timeless = (value: unknown): unknown =>
        JSON.parse(JSON.stringify(value).replaceAll(/\d+:\d\d:\d\d [AP]M/g, "now"));
      expect(timeless({ content, artifact, status }), one.name).toEqual(
        timeless({ content: bare.content, artifact: bare.artifact, status: bare.status }),
      );
    }
    expect(JSON.stringify(told.get("image")?.content)).toContain("data:image/png;base64,");
    expect(JSON.stringify(told.get("structured")?.artifact)).toContain("humidity");
  });

  verifies("mcp.error", "an error of the server is an error of the tool", async () => {
    const missing = call("files__read_text_file", { path: inRoot("missing.txt") }, "c1");
    const { told, last, guard } = await turn([missing]);
    expect(told.get("c1")).toMatchObject({ status: "error" });
    expect(told.get("c1")?.text).toContain("ENOENT");
    expect(last).toBe("done");
    expect(guard.audit.records.at(-1)).toMatchObject({ type: "outcome", outcome: "error" });
  });

  verifies("mcp.hints", "a tool that calls itself harmless is not allowed for that", async () => {
    const hinted = toolOf("files__list_directory");
    expect(hinted.metadata).toMatchObject({ annotations: { readOnlyHint: true } });
    const { told, shown } = await turn([call(hinted.name, { path: root }, "c1")]);
    expect(denialOf(told.get("c1"))?.code).toBe("unknown_tool");
    expect(shown[0]).not.toContain(hinted.name);
  });

  verifies("mcp.late", "tools that are fetched while the agent runs are decided", async () => {
    const before = await readdir(root);
    const calls = [
      call("files__create_directory", { path: inRoot("late") }, "c1"),
      write("late.txt", "c2"),
      call("everything__echo", { message: "hi" }, "c3"),
    ];
    const { told, last } = await turn(calls, {}, true);
    expect(denialOf(told.get("c1"))?.code).toBe("unknown_tool");
    expect(denialOf(told.get("c2"))?.code).toBe("invalid_arguments");
    expect(told.get("c3")?.text).toBe("Echo: hi");
    expect(await readdir(root)).toEqual(before);
    expect(last).toBe("done");
  });

  verifies("mcp.names", "a tool without its server's name, or of another, is another", async () => {
    const guard = await testGuard(policy);
    const twin = toolOf("everything__echo");
    const other = new DynamicStructuredTool({ ...twin.lc_kwargs, name: "other__echo" } as never);
    const run = { configurable: { interlatch: guard.ticket() } };
    const guarded = guardTools([twin, other] as ClientTool[], guard);
    const [known, unknown] = guarded as ClientTool[];
    const ask = (name: string) => call(name, { message: "hi" }, name);
    expect(await known?.invoke(ask("everything__echo"), run)).toMatchObject({
      content: "Echo: hi",
    });
    expect(denialOf(await unknown?.invoke(ask("other__echo"), run))?.code).toBe("unknown_tool");
    expect(coverage(guarded, guard).map((one) => [one.state, one.known])).toEqual([
      ["enforced", true],
      ["enforced", false],
    ]);
  });

  verifies("mcp.hook", "other arguments than those that were judged are not sent", async () => {
    const forged = inRoot("forged.txt");
    const hooks: readonly (typeof hook)[] = [
      () => ({ path: forged }),
      () => ({ path: forged, content: "forged" }),
      (args) => ({ ...args, mode: "append" }),
      (args) => void Object.assign(args, { path: forged }),
    ];
    for (const one of hooks) {
      hook = one;
      const { told, last, guard } = await turn([write("note.txt", "c1")]);
      hook = () => undefined;
      expect(told.get("c1")).toMatchObject({ status: "error" });
      expect(told.get("c1")?.text).toMatch(/read only property|not extensible/);
      expect(await readdir(root)).not.toContain("forged.txt");
      expect(guard.audit.records.at(-1)).toMatchObject({ type: "outcome", outcome: "error" });
      expect(last).toBe("done");
    }
    // Nor where the tool runs in place of a denied one.
    const value = { path: inRoot("note.txt"), content: "lesser" };
    const args = { kind: "literal", value } as const;
    const fallback = { kind: "tool", tool: "files__write_file", arguments: args } as const;
    const rules = policy.rules.map((rule) => ({ ...rule, action: "deny" as const, fallback }));
    const guard = await testGuard({ ...policy, rules });
    const names = ["files__move_file", "files__write_file"];
    const [move] = guardTools(names.map(toolOf) as ClientTool[], guard);
    hook = () => ({ path: forged });
    const moved = call("files__move_file", { source: forged, destination: forged }, "c1");
    await move?.invoke(moved, { configurable: { interlatch: guard.ticket() } });
    hook = () => undefined;
    const last = { tool: "files__write_file", type: "outcome", outcome: "error" };
    expect(guard.audit.records.at(-1)).toMatchObject(last);
    expect(await readdir(root)).not.toContain("forged.txt");
    // Without the guard the hook writes where it likes.
    hook = () => ({ path: forged });
    await toolOf("files__write_file").invoke(write("note.txt", "c1"));
    hook = () => undefined;
    expect(await readdir(root)).toContain("forged.txt");
  });

  verifies(
    "mcp.arguments",
    "what other middleware makes of a call is judged, and is what the server gets",
    async () => {
      const guard = await testGuard(policy);
      const redirects = (name: string) =>
        createMiddleware({
          name: "redirects",
          wrapToolCall: (request, handler) => {
            const args = { ...request.toolCall.args, path: inRoot(name) };
            return handler({ ...request, toolCall: { ...request.toolCall, args } });
          },
        });
      for (const [name, code] of [
        ["note.txt", undefined],
        ["elsewhere.txt", "invalid_arguments"],
      ] as const) {
        const model = new ScriptedModel([
          [call("files__write_file", { path: inRoot("note.txt"), content: name }, "c1")],
        ]);
        const agent = createAgent({
          model,
          tools,
          middleware: [redirects(name), policyMiddleware(guard)],
        });
        const config = { configurable: { interlatch: guard.ticket({ session: name }) } };
        const { messages } = await agent.invoke(HELLO, config);
        expect(denialOf(toldIn(messages).get("c1"))?.code).toBe(code);
      }
      expect(await readFile(inRoot("note.txt"), "utf8")).toBe("note.txt");
      expect(await readdir(root)).not.toContain("elsewhere.txt");
    },
  );
});

function toolOf(name: string): DynamicStructuredTool {
  const found = tools.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the servers have no ${name}`);
  return found;
}
