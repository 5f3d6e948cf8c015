import { testGuard } from "@interlatch/core/testing";
import { describe, expect } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { ANN, Chat } from "../test/chat.ts";
import { asks, counted } from "../test/counted.ts";
import { MAJORS } from "../test/majors.ts";

const POLICY = { pay: "review", search: "allow" } as const;

describe.each(MAJORS)("AI SDK $version: a conversation goes on", (sdk) => {
  /** A question in a chat, and a way to see that the chat is not stuck. */
  async function asked() {
    const guard = await testGuard(POLICY);
    const { ran, tools } = counted("pay", "search");
    const chat = new Chat(sdk, { guard, tools });
    await chat.say(asks("pay"));
    const goesOn = async (): Promise<void> => {
      await chat.say([...asks("search"), { text: "Found." }]);
      expect(chat.messages.at(-1)?.parts.at(-1)).toMatchObject({ type: "text", text: "Found." });
      await chat.say([{ text: "Bye." }]);
    };
    return { guard, ran, chat, goesOn };
  }

  verifies("ai.x.goes-on", "after a yes that came too late", async () => {
    const { guard, ran, chat, goesOn } = await asked();
    guard.time.advance(15 * 60_000);
    chat.answer("c-pay", true);
    await chat.goOn();
    await goesOn();
    expect(ran.map(([name]) => name)).toEqual(["search"]);
  });

  verifies(
    "ai.x.goes-on",
    "after a yes that was sent twice, by a page that saw no answer",
    async () => {
      const { ran, chat, goesOn } = await asked();
      chat.answer("c-pay", true);
      await chat.post("stream");
      await chat.goOn();
      await goesOn();
      expect(ran.map(([name]) => name)).toEqual(["pay", "search"]);
    },
  );

  verifies("ai.x.goes-on", "after an answer that was given elsewhere", async () => {
    for (const answer of ["approve", "reject"] as const) {
      const { guard, ran, chat, goesOn } = await asked();
      const [question] = await guard.approvals.list({ states: ["pending"] });
      const { id, digest } = question!;
      await guard.approvals.decide({ id, digest, reviewer: ANN, answer });
      await chat.goOn();
      await goesOn();
      expect(ran).toHaveLength(answer === "approve" ? 2 : 1);
    }
  });

  verifies("ai.x.goes-on", "and a part that says it is over runs nothing for it", async () => {
    const { ran, chat } = await asked();
    for (const state of ["output-denied", "output-available", "output-error"]) {
      const approval = { id: "a", approved: state === "output-denied" };
      const rest = state === "output-denied" ? {} : { output: "it ran", errorText: "it failed" };
      chat.change("c-pay", (part) => ({ ...part, ...rest, state, approval }));
      await chat.post("generate").catch(() => undefined);
      await chat.post("stream").catch(() => undefined);
    }
    expect(ran).toEqual([]);
  });
});
