import { isDenial } from "@interlatch/core";
import { describe, expect, it } from "vitest";
import type { AdapterUnderTest, Conversation, ModelAnswer, ScriptedCall } from "./adapter.ts";
import { testAdapter } from "./test-adapter.ts";

/** Runs the kit on an adapter and says which requirements do not hold. */
async function broken(converse: AdapterUnderTest["converse"]): Promise<readonly string[]> {
  const checks: (readonly [string, () => Promise<void>])[] = [];
  testAdapter(
    { name: "a framework of a few lines", converse },
    { describe: (_, body) => body(), it: (name, body) => checks.push([name, body]), expect },
  );
  const failed: string[] = [];
  for (const [name, body] of checks) {
    await body().catch(() => failed.push(/\[(.*?)\]/.exec(name)?.[1] ?? name));
  }
  expect(checks.length).toBeGreaterThan(10);
  return failed;
}

const text = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** The smallest adapter that is right: every call through the guard, every answer under its id. */
async function right({
  guard,
  ticket,
  tools,
  calls,
}: Conversation): Promise<readonly ModelAnswer[]> {
  const batch = {};
  const answers = await Promise.all(
    calls.map(async (call): Promise<ModelAnswer> => {
      const { id, tool: name } = call;
      const tool = tools.find((one) => one.name === name);
      let note = "";
      const run = guard.run({ ticket, batch, ...call }, async (args: unknown, { decision }) => {
        const [change] = decision.rewrites;
        if (change?.kind === "max_batch_size")
          note = ` (${change.path} was cut from ${change.from} to ${change.to})`;
        return tool?.execute(args) ?? "no such tool";
      });
      try {
        const result = await run;
        if (!isDenial(result)) return { id, text: text(result) + note };
        return { id, text: result.kind === "value" ? text(result.value) : result.message };
      } catch (error) {
        return { id, text: error instanceof Error ? error.message : "" };
      }
    }),
  );
  return answers;
}

/** The right adapter with its calls or its answers changed. */
const changed =
  (
    change: (conversation: Conversation) => Conversation,
    after = (answers: readonly ModelAnswer[]) => answers,
  ) =>
  async (conversation: Conversation) =>
    after(await right(change(conversation)));
const same = (conversation: Conversation): Conversation => conversation;

describe("the kit for adapters", () => {
  it("is content with an adapter that is right", async () => {
    expect(await broken(right)).toEqual([]);
  });

  it("finds an adapter that asks nobody", async () => {
    const failed = await broken(async ({ tools, calls }) =>
      calls.map((call: ScriptedCall) => {
        const tool = tools.find(({ name }) => name === call.tool);
        return { id: call.id, text: text(tool?.execute(call.arguments) ?? "") };
      }),
    );
    expect(failed).toEqual(
      expect.arrayContaining([
        "adapter.deny",
        "adapter.mixed",
        "adapter.identity",
        "adapter.review",
        "adapter.records",
        "adapter.guard-error",
      ]),
    );
  });

  it("finds an adapter whose denial ends the run", async () => {
    const failed = await broken(async (conversation) => {
      let denied = false;
      conversation.guard.on("decision", ({ decision }) => (denied ||= decision.effect === "deny"));
      const answers = await right(conversation);
      if (denied) throw new Error("denied");
      return answers;
    });
    expect(failed).toEqual(
      expect.arrayContaining(["adapter.deny", "adapter.unknown", "adapter.identity"]),
    );
  });

  it("finds answers that are lost, doubled, under another id, or without their words", async () => {
    const lost = await broken(changed(same, (answers) => answers.slice(1)));
    expect(lost).toContain("adapter.ids");
    const doubled = await broken(changed(same, (answers) => [...answers, ...answers]));
    expect(doubled).toContain("adapter.ids");
    const renamed = await broken(
      changed(same, (answers) => answers.map((one) => ({ ...one, id: `${one.id}!` }))),
    );
    expect(renamed).toContain("adapter.allow");
    const silent = await broken(
      changed(same, (answers) => answers.map((one) => ({ ...one, text: "" }))),
    );
    expect(silent).toEqual(
      expect.arrayContaining([
        "adapter.deny",
        "adapter.value",
        "adapter.clamp",
        "adapter.tool-error",
      ]),
    );
  });

  it("finds an adapter that makes its own ticket, or judges a call twice", async () => {
    const own = await broken(
      changed((one) => ({
        ...one,
        ticket: one.guard.for({ agent: { id: "anybody" }, session: "s" }),
      })),
    );
    expect(own).toContain("adapter.identity");
    const twice = await broken(async (conversation) => {
      await right(conversation);
      return right(conversation);
    });
    expect(twice).toEqual(expect.arrayContaining(["adapter.allow", "adapter.records"]));
  });

  it("finds an adapter that hands the tool the model's own arguments", async () => {
    const failed = await broken(
      changed((one) => ({
        ...one,
        tools: one.tools.map((tool) => ({
          ...tool,
          execute: () => tool.execute(one.calls.find((call) => call.tool === tool.name)?.arguments),
        })),
      })),
    );
    expect(failed).toContain("adapter.clamp");
  });
});
