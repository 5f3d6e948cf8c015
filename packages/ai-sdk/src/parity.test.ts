import type { EffectMap } from "@interlatch/core/testing";
import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { ANN, Chat } from "../test/chat.ts";
import { WAYS, type Turn } from "../test/majors.ts";

const NAMES = ["a", "b", "c", "d"] as const;
const effect = fc.constantFrom("allow", "deny", "review");

/** What the policy says of each tool; `d` may be one it does not know. */
const policies: fc.Arbitrary<EffectMap> = fc
  .record({ a: effect, b: effect, c: effect, d: fc.option(effect, { nil: undefined }) })
  .map(({ d, ...known }) => (d === undefined ? known : { ...known, d }));

/** Steps of a model, each with some calls; a call is a tool and a number for its argument. */
const conversations = fc.array(
  fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.nat({ max: 2 })), { minLength: 1, maxLength: 3 }),
  { minLength: 1, maxLength: 3 },
);

/** What a person says of each question, in order. */
const answers = fc.array(fc.constantFrom("yes", "no", "elsewhere"), { minLength: 9, maxLength: 9 });

/** One way of going through a conversation: everything about it that has to be the same everywhere. */
async function story(
  { sdk, mode }: (typeof WAYS)[number],
  policy: EffectMap,
  steps: readonly (readonly (readonly [string, number])[])[],
  said: readonly string[],
): Promise<object> {
  const guard = await testGuard(policy);
  const ran: string[] = [];
  const tools = Object.fromEntries(
    NAMES.map((name) => [
      name,
      tool({
        inputSchema: z.object({ n: z.number() }),
        execute: ({ n }) => `${name} ${ran.push(`${name} ${n}`) > 0}`,
      }),
    ]),
  );
  const chat = new Chat(sdk, { guard, tools });
  let asked = 0;
  for (const [index, calls] of steps.entries()) {
    const turn: Turn = {
      calls: calls.map(([name, n], at) => ({ id: `c${index}-${at}`, tool: name, input: { n } })),
    };
    await chat.say([turn]);
    const open = chat.messages
      .flatMap(({ parts }) => parts)
      .filter(({ state }) => state === "approval-requested");
    for (const { toolCallId: id = "" } of open) {
      const answer = said[asked++];
      if (answer === "elsewhere") await approveElsewhere(guard, id);
      else chat.answer(id, answer === "yes", answer === "yes" ? undefined : "No.");
    }
    if (open.length === 0) continue;
    // The request itself is made in the way that is tried; a page would make it by a stream.
    await chat.post(mode);
    await chat.goOn();
  }
  return { ran: ran.toSorted(), records: told(guard), decisions: codes(guard) };
}

async function approveElsewhere(
  { approvals }: Awaited<ReturnType<typeof testGuard>>,
  call: string,
): Promise<void> {
  const open = await approvals.list({ states: ["pending"] });
  const asked = open.find((approval) => approval.call.id === call);
  if (asked === undefined) return;
  const { id, digest } = asked;
  await approvals.decide({ id, digest, reviewer: ANN, answer: "approve" });
}

/** Calls of one step run at once, so that their records may come in any order. */
function told(guard: Awaited<ReturnType<typeof testGuard>>): readonly string[] {
  return recorded(guard)
    .map(({ call, tool: name, effect: made, code, outcome, fallback }) =>
      [call, name, made, code, outcome, fallback].join(" "),
    )
    .toSorted();
}

function codes({ decisions }: Awaited<ReturnType<typeof testGuard>>): readonly string[] {
  return decisions
    .map(({ call, tool: name, decision }) =>
      [call, name, decision.code, JSON.stringify(decision.arguments)].join(" "),
    )
    .toSorted();
}

describe("the same conversation on AI SDK 6 and 7, generated and streamed,", () => {
  verifies("ai.x.parity", "has the same decisions, records and runs", async () => {
    let approved = 0;
    await fc.assert(
      fc.asyncProperty(policies, conversations, answers, async (policy, steps, said) => {
        const [first, ...others] = await Promise.all(
          WAYS.map((way) => story(way, policy, steps, said)),
        );
        for (const [index, other] of others.entries()) {
          expect(other, WAYS[index + 1]?.title).toEqual(first);
        }
        if (JSON.stringify(first).includes("approved")) approved++;
      }),
      { numRuns: 40 },
    );
    // Conversations in which nobody is asked would prove little.
    expect(approved).toBeGreaterThan(5);
  });
});
