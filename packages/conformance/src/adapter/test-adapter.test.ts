import { readFile } from "node:fs/promises";
import { isDenial } from "@interlatch/core";
import { describe, expect, it } from "vitest";
import { checksOf } from "../../../../test/matrix/checks.ts";
import { loop } from "../../test/loop-adapter.ts";
import type {
  AdapterUnderTest,
  Conversation,
  ModelAnswer,
  PausedRun,
  PersonAnswer,
} from "./adapter.ts";

/** Runs the whole kit on an adapter and says which requirements do not hold. */
async function broken(adapter: Partial<AdapterUnderTest>): Promise<readonly string[]> {
  const failed = new Set<string>();
  const checks = checksOf({ ...loop, ...adapter });
  for (const { requirement, run } of checks) {
    const { fault, assertions } = await run();
    if (fault !== null || assertions === 0) failed.add(requirement);
  }
  expect(checks.length).toBeGreaterThan(25);
  return [...failed];
}

/** The right adapter with its conversation or its answers changed. */
const changed = (
  change: (conversation: Conversation) => Conversation,
  after = (answers: readonly ModelAnswer[]) => answers,
): Partial<AdapterUnderTest> => ({
  converse: async (conversation) => after(await loop.converse(change(conversation))),
});
const same = (conversation: Conversation): Conversation => conversation;

describe("the kit for adapters", () => {
  it("is content with an adapter of less than a hundred lines", async () => {
    expect(await broken({})).toEqual([]);
    const file = new URL("../../test/loop-adapter.ts", import.meta.url);
    expect((await readFile(file, "utf8")).split("\n").length).toBeLessThan(100);
  });

  it("finds an adapter that asks nobody", async () => {
    const failed = await broken({
      converse: async ({ tools, calls }) =>
        calls.map(({ id, tool, arguments: args }) => ({
          id,
          text: String(tools.find(({ name }) => name === tool)?.execute(args)),
        })),
    });
    expect(failed).toEqual(
      expect.arrayContaining([
        "adapter.deny",
        "adapter.mixed",
        "adapter.identity",
        "adapter.guard-error",
        "adapter.records",
        "adapter.limit",
        "adapter.message",
        "adapter.tool",
        "adapter.review",
        "adapter.review.approve",
        "adapter.review.reject",
        "adapter.review.forged",
        "adapter.vectors",
      ]),
    );
  });

  it("finds an adapter whose denial ends the run", async () => {
    const failed = await broken({
      async converse(conversation) {
        let denied = false;
        const stop = conversation.guard.on("decision", ({ decision }) => {
          denied ||= decision.effect === "deny";
        });
        const answers = await loop.converse(conversation);
        stop();
        if (denied) throw new Error("denied");
        return answers;
      },
    });
    expect(failed).toEqual(
      expect.arrayContaining(["adapter.deny", "adapter.unknown", "adapter.identity"]),
    );
    expect(failed).not.toContain("adapter.allow");
  });

  it("finds answers that are lost, doubled, under another id, or without their words", async () => {
    const answers = async (after: (given: readonly ModelAnswer[]) => readonly ModelAnswer[]) =>
      broken(changed(same, after));
    expect(await answers((given) => given.slice(1))).toContain("adapter.ids");
    expect(await answers((given) => [...given, ...given])).toContain("adapter.ids");
    expect(await answers((given) => given.map((one) => ({ ...one, id: "0" })))).toContain(
      "adapter.allow",
    );
    expect(await answers((given) => given.map((one) => ({ ...one, text: "" })))).toEqual(
      expect.arrayContaining([
        "adapter.deny",
        "adapter.message",
        "adapter.value",
        "adapter.clamp",
        "adapter.tool",
        "adapter.tool-error",
        "adapter.repeated",
      ]),
    );
  });

  it("finds an adapter that drops the calls beside a denied one", async () => {
    const dropping = changed((one) => {
      const denied = one.calls.find(
        ({ id, tool, arguments: args }) =>
          one.guard.decide({ ticket: one.ticket, id, tool, arguments: args }).effect === "deny",
      );
      return denied === undefined ? one : { ...one, calls: [denied] };
    });
    expect(await broken(dropping)).toEqual(
      expect.arrayContaining(["adapter.mixed", "adapter.ids"]),
    );
  });

  it("finds an adapter that makes its own ticket, or judges a call twice", async () => {
    const own = changed((one) => ({
      ...one,
      ticket: one.guard.for({ agent: { id: "anybody" }, session: "s" }),
    }));
    expect(await broken(own)).toContain("adapter.identity");
    const twice: Partial<AdapterUnderTest> = {
      async converse(conversation) {
        await loop.converse(conversation);
        return loop.converse(conversation);
      },
    };
    expect(await broken(twice)).toEqual(
      expect.arrayContaining(["adapter.allow", "adapter.records", "adapter.vectors"]),
    );
  });

  it("finds an adapter that hands the tool the model's own arguments", async () => {
    const failed = await broken(
      changed((one) => ({
        ...one,
        tools: one.tools.map((tool) => ({
          ...tool,
          execute: () =>
            tool.execute(one.calls.find(({ tool: name }) => name === tool.name)?.arguments),
        })),
      })),
    );
    expect(failed).toEqual(expect.arrayContaining(["adapter.clamp", "adapter.review.edit"]));
  });

  it("finds an adapter that runs a lesser tool without asking, or sends a run nowhere", async () => {
    const failed = await broken({
      routes: true,
      converse: async ({ guard, ticket, tools, calls }) =>
        Promise.all(
          calls.map(async ({ id, tool, arguments: args }) => {
            const execute = tools.find(({ name }) => name === tool)?.execute;
            const result: unknown = await guard.run(
              { ticket, id, tool, arguments: args },
              (given) => execute?.(given),
            );
            if (!isDenial(result)) return { id, text: String(result) };
            const lesser = tools.find(({ name }) => name === "draft");
            return {
              id,
              text: `${result.message} ${String(lesser?.execute({ to: "nobody yet" }))}`,
            };
          }),
        ),
    });
    expect(failed).toEqual(expect.arrayContaining(["adapter.tool", "adapter.route"]));
  });
});

/** An adapter that can stop, with its own idea of what an answer does. */
function stopping(
  take: (conversation: Conversation, answers: readonly PersonAnswer[]) => Promise<void>,
): Partial<AdapterUnderTest> {
  const pause = async (conversation: Conversation): Promise<PausedRun> => {
    const answers = await loop.converse(conversation);
    const waiting = await conversation.guard.approvals.list({ states: ["pending"] });
    const calls = conversation.calls.filter(({ id }) => waiting.some(({ call }) => call.id === id));
    return {
      asked: calls.map(({ id }) => id),
      answers,
      async resume(given) {
        await take(conversation, given);
        return pause({ ...conversation, calls });
      },
    };
  };
  return { pause, edits: true };
}

describe("the kit for reviews", () => {
  it("finds an adapter that takes any approval for one", async () => {
    const anybody = stopping(async ({ guard }, answers) => {
      for (const { id, digest } of await guard.approvals.list({ states: ["pending"] })) {
        const reviewer = { id: "whoever resumes", groups: ["reviewer"] };
        if (answers.length > 0)
          await guard.approvals.decide({ id, digest, reviewer, answer: "approve" });
      }
    });
    expect(await broken(anybody)).toEqual(
      expect.arrayContaining([
        "adapter.review.reject",
        "adapter.review.forged",
        "adapter.review.partial",
        "adapter.review.parallel",
        "adapter.review.other-call",
      ]),
    );
  });

  it("finds an adapter that runs an approved call by itself", async () => {
    const itself = stopping(async ({ tools }, answers) => {
      for (const { call, answer } of answers) {
        const tool = tools.find(({ name }) => name === call.tool);
        if (answer === "approve") tool?.execute(call.arguments);
      }
    });
    expect(await broken(itself)).toEqual(
      expect.arrayContaining([
        "adapter.review.approve",
        "adapter.review.replay",
        "adapter.review.expired",
        "adapter.review.forged",
        "adapter.review.decided-again",
      ]),
    );
  });

  it("finds an adapter that gives answers to calls by their order", async () => {
    const byOrder = stopping(async ({ guard }, answers) => {
      const pending = (await guard.approvals.list({ states: ["pending"] })).toReversed();
      for (const [index, { answer }] of answers.entries()) {
        const { id = "", digest = "" } = pending[index] ?? {};
        const reviewer = { id: "ann", groups: ["reviewer"] };
        if (answer !== "modify") await guard.approvals.decide({ id, digest, reviewer, answer });
      }
    });
    expect(await broken(byOrder)).toEqual(
      expect.arrayContaining(["adapter.review.parallel", "adapter.review.other-call"]),
    );
  });

  it("finds an adapter that loses an approval, or an edit of it", async () => {
    const failed = await broken(stopping(() => Promise.resolve()));
    expect(failed).toEqual(
      expect.arrayContaining(["adapter.review.approve", "adapter.review.edit"]),
    );
  });
});
