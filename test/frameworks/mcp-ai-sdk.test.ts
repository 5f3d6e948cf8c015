import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as Stdio7 } from "@ai-sdk/mcp/mcp-stdio";
import { experimental_createMCPClient as createMCPClient6 } from "ai6-mcp";
import { Experimental_StdioMCPTransport as Stdio6 } from "ai6-mcp/mcp-stdio";
import { guardAI, isDeniedOutput, type GuardableTools } from "@interlatch/ai-sdk";
import { testGuard, type TestGuardOptions } from "@interlatch/core/testing";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { Chat } from "../../packages/ai-sdk/test/chat.ts";
import { MAJORS, type ScriptedCall } from "../../packages/ai-sdk/test/majors.ts";
import { verifies } from "../verifies.ts";
import {
  everythingServer,
  filesystemServer,
  serverFolder,
  serverPolicy,
  type ServerCommand,
} from "./mcp-servers.ts";

/** What the clients of both majors have. */
interface Client {
  tools(): Promise<object>;
  close(): Promise<void>;
}

/** The client of each major of the SDK, started on a server. */
const CLIENTS: Readonly<Record<6 | 7, (server: ServerCommand) => Promise<Client>>> = {
  6: (server) => createMCPClient6({ transport: new Stdio6(server) }),
  7: (server) => createMCPClient({ transport: new Stdio7(server) }),
};

for (const sdk of MAJORS) {
  describe(`tools of MCP servers through the AI SDK ${sdk.version}`, () => {
    let root = "";
    let policy: ReturnType<typeof serverPolicy>;
    let tools: GuardableTools;
    let fetchTools: () => Promise<GuardableTools>;
    const open = new AsyncDisposableStack();

    beforeAll(async () => {
      root = open.use(await serverFolder()).path;
      policy = serverPolicy(root, { files: "", everything: "" });
      const clients = await Promise.all(
        [filesystemServer(root), everythingServer()].map(CLIENTS[sdk.version]),
      );
      for (const client of clients) open.defer(() => client.close());
      fetchTools = async () => {
        const sets = await Promise.all(clients.map((client) => client.tools()));
        return Object.assign({}, ...sets) as GuardableTools; // each set is one
      };
      tools = await fetchTools();
    });

    afterAll(() => open.disposeAsync());

    const inRoot = (name: string): string => join(root, name);
    const write = (name: string): ScriptedCall => ({
      id: "c1",
      tool: "write_file",
      input: { path: inRoot(name), content: "hello" },
    });

    async function turn(calls: readonly ScriptedCall[], options: TestGuardOptions = {}) {
      const guard = await testGuard(policy, options);
      const g = guardAI(guard, guard.ticket());
      return {
        guard,
        ...(await sdk.converse("stream", [{ calls }, { text: "done" }], g.options(tools))),
      };
    }

    verifies(
      "mcp.allow",
      "an allowed write is on the disk, and its result with the model",
      async () => {
        const { output, text, guard } = await turn([write("note.txt")]);
        expect(await readFile(inRoot("note.txt"), "utf8")).toBe("hello");
        expect(JSON.stringify(output("c1"))).toContain("Successfully wrote");
        expect(text).toBe("done");
        expect(guard.audit.records.at(-1)).toMatchObject({ type: "outcome", outcome: "executed" });
      },
    );

    verifies("mcp.deny", "a denied write leaves the disk as it was", async () => {
      const before = await readdir(root);
      const { answer, text } = await turn([write("other.txt")]);
      expect(await readdir(root)).toEqual(before);
      expect(answer("c1")).toMatchObject({ type: "execution-denied" });
      expect(text).toBe("done");
    });

    verifies(
      "mcp.review",
      "a move waits for a person in the conversation, and is made once",
      async () => {
        await writeFile(inRoot("old.txt"), "x");
        const guard = await testGuard(policy);
        const chat = new Chat(sdk, { guard, tools });
        const input = { source: inRoot("old.txt"), destination: inRoot("new.txt") };
        await chat.say([{ calls: [{ id: "c1", tool: "move_file", input }] }, { text: "done" }]);
        expect(await readdir(root)).toContain("old.txt");
        chat.answer("c1", true);
        await chat.post("stream", [{ text: "done" }]);
        expect(await readdir(root)).toContain("new.txt");
        await writeFile(inRoot("old.txt"), "y");
        await chat.post("stream", [{ text: "done" }]);
        expect(await readFile(inRoot("old.txt"), "utf8")).toBe("y");
      },
    );

    verifies("mcp.content", "images and structured results come through", async () => {
      const calls = [
        { id: "image", tool: "get-tiny-image" },
        { id: "structured", tool: "get-structured-content", input: { location: "Chicago" } },
      ];
      const { output, answer } = await turn(calls);
      const bare = await sdk.converse("stream", [{ calls }, { text: "done" }], { tools });
      for (const { id } of calls) {
        expect(output(id)).toEqual(bare.output(id));
        expect(answer(id)).toEqual(bare.answer(id));
      }
      expect(JSON.stringify(answer("image"))).toContain("image/png");
    });

    verifies("mcp.hints", "a tool that calls itself harmless is not allowed for that", async () => {
      const { answer } = await turn([{ id: "c1", tool: "list_directory", input: { path: root } }]);
      expect(answer("c1")).toMatchObject({ type: "execution-denied" });
    });

    verifies("mcp.late", "tools that are fetched anew for each request are decided", async () => {
      const guard = await testGuard(policy);
      const g = guardAI(guard, guard.ticket());
      const late = g.tools(await fetchTools());
      const one = late["create_directory"] as unknown as {
        execute: (input: object, options: object) => Promise<unknown>;
      };
      const made = await one.execute({ path: inRoot("late") }, { toolCallId: "c1", messages: [] });
      expect(isDeniedOutput(made)).toBe(true);
      expect(await readdir(root)).not.toContain("late");
    });
  });
}
