import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ToolMessage } from "@langchain/core/messages";
import { StructuredTool, tool } from "@langchain/core/tools";
import { Command } from "@langchain/langgraph";
import { denialOf, guardTools } from "@interlatch/langchain";
import { GENERAL_PURPOSE_SUBAGENT, LocalShellBackend } from "deepagents";
import { createAgent, todoListMiddleware } from "langchain";
import { afterAll, beforeAll, describe, expect, vi } from "vitest";
import { z } from "zod";
import { call, type ScriptedTurn } from "../scripted-model.ts";
import { verifies } from "../verifies.ts";
import { deepAgent, task, write } from "./guarded-deep-agent.ts";
import { serverFolder } from "./mcp-servers.ts";

const open = new AsyncDisposableStack();
let root = "";
beforeAll(async () => {
  root = open.use(await serverFolder()).path;
});
afterAll(() => open.disposeAsync());

const agentFor = (turns: readonly ScriptedTurn[], params?: Parameters<typeof deepAgent>[2]) =>
  deepAgent(root, turns, params);

describe("deepagents 1.14.1 with policyMiddleware in its list", () => {
  verifies("deep.builtin", "its own tools are decided like any other", async () => {
    const { go, told, records } = await agentFor([
      [
        call("ls", { path: "/" }, "ls"),
        write("/note.txt", "allowed"),
        write("/other.txt", "denied"),
        call("refund", {}, "refund"),
        call("glob", { pattern: "*" }, "unknown"),
      ],
    ]);
    const { messages } = await go();
    expect(messages.at(-1)?.text).toBe("done");
    expect(await readdir(root)).toEqual(["note.txt"]);
    expect(
      ["ls", "allowed", "denied", "refund", "unknown"].map((id) => denialOf(told().get(id))?.code),
    ).toEqual([undefined, undefined, "invalid_arguments", "rule_denied", "unknown_tool"]);
    expect(records().toSorted()).toEqual([
      "glob blocked",
      "ls executed",
      "refund blocked",
      "write_file blocked",
      "write_file executed",
    ]);
  });

  verifies("deep.execute", "a denied command does not run in a real shell", async () => {
    const { go, told } = await agentFor(
      [[call("execute", { command: `touch ${join(root, "made")}` }, "c1")]],
      (policy) => ({ middleware: [policy], backend: new LocalShellBackend({ rootDir: root }) }),
    );
    await go();
    expect(denialOf(told().get("c1"))?.code).toBe("rule_denied");
    expect(await readdir(root)).not.toContain("made");
  });

  verifies(
    "deep.forgotten",
    "in a sub-agent without the policy nothing runs, and coverage says why",
    async () => {
      const calls = [
        call("refund", {}, "c1"),
        write("/sub.txt", "c1"),
        call("refund", {}, "t"), // the id of the call that started it
        { name: "refund", args: {} },
      ];
      for (const inner of calls) {
        const { go, ran, told, records, guard } = await agentFor(
          [[task("general-purpose", "t")], [inner]],
          // The sub-agent that it adds by itself does not take over this list.
          (policy) => ({ middleware: [policy] }),
        );
        // LangChain says it as well.
        const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
        const { messages } = await go();
        said.mockRestore();
        expect(messages.at(-1)?.text).toBe("done");
        expect(ran).toEqual([]);
        expect(await readdir(root)).not.toContain("sub.txt");
        expect(told().get("t")).toMatchObject({ status: "error" });
        expect(told().get("t")?.text).toContain("no policyMiddleware");
        expect(records()).toEqual(["task error"]);
        const covered = guard.coverage().find((one) => one.tool === inner.name);
        expect(covered?.state).toBe("not_wrapped");
      }
    },
  );

  verifies(
    "deep.forgotten",
    "guarded tools run in such a sub-agent, and what they call themselves",
    async () => {
      const { go, told, records } = await agentFor(
        [[task("general-purpose", "t")], [call("look", {}, "c1"), call("own", {}, "c2")]],
        (policy, _model, guard) => {
          const inner = tool(() => "inner", { name: "inner", schema: z.object({}) });
          class Own extends StructuredTool {
            override name = "own";
            description = "";
            schema = z.object({});
            override async invoke(...given: Parameters<StructuredTool["invoke"]>) {
              return super.invoke(...given);
            }
            protected async _call(): Promise<string> {
              return "own";
            }
          }
          const look = tool(
            async (args, config) => {
              const handed: unknown = await inner.invoke(args, config);
              return `${await inner.invoke(args)} ${ToolMessage.isInstance(handed) ? handed.text : ""}`;
            },
            { name: "look", schema: z.object({}) },
          );
          return { middleware: [policy], tools: guardTools([look, new Own()], guard) };
        },
      );
      await go();
      expect([told().get("c1")?.text, told().get("c2")?.text]).toEqual(["inner inner", "own"]);
      expect(records().toSorted()).toEqual(["look executed", "own executed", "task executed"]);
    },
  );

  verifies("deep.forgotten", "no other tool runs under the id of a guarded one", async () => {
    const refund = call("refund", {}, "c1");
    for (const turns of [
      // The arguments do not fit, so that the guarded tool never begins.
      [[call("look", {}, "c1")], [refund]],
      [[call("look", { path: "/" }, "c1"), refund]],
      [[call("look", { path: "/" }, "c1"), { name: "refund", args: {} }]],
    ]) {
      const { go, ran } = await agentFor(
        [[task("general-purpose", "t")], ...turns],
        (policy, _model, guard) => {
          const schema = z.object({ path: z.string() });
          const look = tool(() => new Promise((seen) => void setImmediate(seen, "seen")), {
            name: "look",
            schema,
          });
          const own = tool(() => `refunded ${ran.push("refund")}`, {
            name: "refund",
            schema: z.object({}),
          });
          return { middleware: [policy], tools: [...guardTools([look], guard), own] };
        },
      );
      const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
      await go();
      said.mockRestore();
      expect(ran).toEqual([]);
    }
  });

  const SUBAGENTS = {
    "the general one": "general-purpose",
    "one of its own": "clerk",
    "one that goes on from the conversation": "fork",
    "one that was made before": "made",
  };
  for (const [what, name] of Object.entries(SUBAGENTS)) {
    verifies("deep.sub-agents", `what a sub-agent calls is decided: ${what}`, async () => {
      const { go, ran, told, records } = await agentFor(
        [
          [task(name, "t")],
          [call("refund", {}, "c1"), write("/sub.txt", "c2"), call("ls", { path: "/" }, "c3")],
        ],
        (policy, model) => ({
          middleware: [policy],
          subagents: [
            { ...GENERAL_PURPOSE_SUBAGENT, middleware: [policy] },
            { name: "clerk", description: "a clerk", systemPrompt: "", middleware: [policy] },
            { name: "fork", description: "a fork", systemPrompt: "", mode: "fork" },
            {
              name: "made",
              description: "made before",
              runnable: createAgent({
                model,
                tools: ["refund", "ls", "write_file"].map((each) =>
                  tool(() => `ran ${ran.push(each)}`, { name: each, schema: z.looseObject({}) }),
                ),
                middleware: [policy],
              }),
            },
          ],
        }),
      );
      const { messages } = await go();
      expect(messages.at(-1)?.text).toBe("done");
      expect(ran.filter((each) => each !== "ls")).toEqual([]);
      expect(await readdir(root)).not.toContain("sub.txt");
      expect(denialOf(told().get("c1"))?.code).toBe("rule_denied");
      expect(denialOf(told().get("c2"))?.code).toBe("invalid_arguments");
      expect(records().toSorted()).toEqual([
        "ls executed",
        "refund blocked",
        "task executed",
        "write_file blocked",
      ]);
    });
  }

  verifies("deep.sub-agents", "a denied sub-agent is not started", async () => {
    const { go, told, model, guard } = await agentFor([[task("general-purpose", "t")]]);
    await guard.use({ task: "deny" });
    await go();
    expect(denialOf(told().get("t"))?.code).toBe("rule_denied");
    expect(model.memory.seen).toHaveLength(2);
  });

  verifies("deep.review", "what a sub-agent calls waits for a person, and runs once", async () => {
    const edit = call(
      "edit_file",
      { file_path: "/note.txt", old_string: "hello", new_string: "bye" },
      "c1",
    );
    const { go } = await agentFor([
      [write("/note.txt", "c0")],
      [task("general-purpose", "t")],
      [edit],
    ]);
    const stopped = (await go()) as unknown as {
      __interrupt__: { id: string; value: { actionRequests: { id: string; digest: string }[] } }[];
    };
    const before = await readFile(join(root, "note.txt"), "utf8");
    const [asked] = stopped.__interrupt__;
    const decisions = asked?.value.actionRequests.map(({ id, digest }) => ({
      type: "approve",
      id,
      digest,
    }));
    const { messages } = await go(new Command({ resume: { [asked?.id ?? ""]: { decisions } } }));
    expect(before).toBe("hello");
    expect(await readFile(join(root, "note.txt"), "utf8")).toBe("bye");
    expect(messages.at(-1)?.text).toBe("done");
  });

  verifies("deep.coverage", "coverage names the tools of all, and what `task` needs", async () => {
    const { go, guard } = await agentFor([[task("general-purpose", "t")]]);
    await go();
    const covered = new Map(guard.coverage().map((one) => [one.tool, one]));
    for (const name of ["ls", "write_file", "refund", "task"]) {
      expect(covered.get(name)?.state, name).toBe("enforced");
    }
    expect(covered.get("task")?.why).toContain("sub-agent");
  });

  verifies("deep.todos", "its list of things to do is a tool like any other", async () => {
    const todos = [{ content: "ship", status: "pending" }];
    const { go, told, guard } = await agentFor(
      [[call("write_todos", { todos }, "c1")]],
      (policy) => ({
        middleware: [todoListMiddleware(), policy],
      }),
    );
    await guard.use({ write_todos: "deny" });
    await go();
    expect(denialOf(told().get("c1"))?.code).toBe("rule_denied");
  });
});
