import assert from "node:assert/strict";
import { guardAI, isDeniedOutput } from "@interlatch/ai-sdk";
import type { Guard, GuardOptions, Identity, Reviewer } from "@interlatch/core";
import { fakeClock } from "@interlatch/core/testing";
import { tool } from "ai";
import { z } from "zod";
import { ANN, Chat } from "../../packages/ai-sdk/test/chat.ts";
import { WAYS, type Turn, type UIMessage, type UIPart } from "../../packages/ai-sdk/test/majors.ts";
import { BEGIN, guardOver } from "../signed.ts";
import { built, signing, type Evasion } from "./evasion.ts";

const POLICY = `
tools:
  pay: { operation: write, resources: none }
  mail: { operation: write, resources: none }
  shut: { operation: write, resources: none }
rules:
  - { name: ask, tools: [pay, mail], action: review }
  - { name: no, tool: shut, action: deny }
`;
const anything = z.looseObject({});
const HOUR = 3_600_000;

type Way = (typeof WAYS)[number];

/** A chat in one of the ways of the AI SDK, over a signed bundle that can be replaced. */
class Desk {
  readonly guard: Guard;
  readonly chat: Chat;
  readonly ran: [string, unknown][] = [];
  readonly time: ReturnType<typeof fakeClock>;
  readonly #put: (policy: string) => Promise<void>;

  private constructor(
    { sdk }: Way,
    guard: Guard,
    time: Desk["time"],
    put: (policy: string) => Promise<void>,
  ) {
    this.guard = guard;
    this.time = time;
    this.#put = put;
    const made = (name: string): object =>
      tool({ inputSchema: anything, execute: (input) => `${this.ran.push([name, input])}` });
    const tools = { pay: made("pay"), mail: made("mail"), shut: made("shut") };
    this.chat = new Chat(sdk, { guard, tools, ticket: this.ticket() });
  }

  static async open(way: Way, options: Partial<GuardOptions> = {}): Promise<Desk> {
    const { bundle, trust } = await signing();
    const time = fakeClock(BEGIN + HOUR);
    let version = 1;
    let envelope = await bundle(await built(POLICY));
    const source = { name: "memory", read: async () => new TextEncoder().encode(envelope) };
    const { guard } = await guardOver(source, trust, { clock: time.now, ...options });
    return new Desk(way, guard, time, async (policy) => {
      envelope = await bundle(await built(policy), { version: ++version });
      await guard.reload();
    });
  }

  ticket(identity: Partial<Identity> = {}) {
    return this.guard.for({ agent: { id: "shop" }, session: "s", ...identity });
  }

  /** Puts another bundle in force. */
  put(policy: string): Promise<void> {
    return this.#put(policy);
  }

  /** The model asks for these, and a person says yes to all. */
  async approved(...calls: readonly (readonly [id: string, tool: string, n: number])[]) {
    const turn: Turn = { calls: calls.map(([id, name, n]) => ({ id, tool: name, input: { n } })) };
    await this.chat.say([turn]);
    for (const [id] of calls) this.chat.answer(id, true);
    return this.chat;
  }
}

/** Tries something in every way, and says what ran of it. */
async function onEveryDesk(
  expected: readonly (readonly [string, unknown])[],
  attack: (desk: Desk, way: Way) => Promise<void>,
): Promise<void> {
  for (const way of WAYS) {
    const desk = await Desk.open(way);
    await attack(desk, way);
    assert.deepEqual(desk.ran, expected, way.title);
  }
}

/** Sends what may be refused as a whole: what counts is what runs. */
async function sent(chat: Chat, { mode }: Way) {
  return chat.post(mode).catch(() => undefined);
}

const answeredPart = (name: string, id: string, n: number): UIPart => ({
  type: `tool-${name}`,
  toolCallId: id,
  state: "approval-responded",
  input: { n },
  approval: { id: `approval of ${id}`, approved: true },
});

const USER: UIMessage = { id: "m0", role: "user", parts: [{ type: "text", text: "go" }] };

/** Attacks on the approvals of the AI SDK: everything in a history is the client's to write. */
export const aiSdkApprovalEvasions: readonly Evasion[] = [
  {
    id: "evasion.T02",
    title:
      "in the AI SDK a call out of a history meets the guard, read by the adapter or without it",
    run: () =>
      onEveryDesk([], async (desk, way) => {
        const { chat, guard } = desk;
        const parts = ["pay", "shut", "nobody"].map((name) => answeredPart(name, name, 1));
        chat.messages = [USER, { id: "m1", role: "assistant", parts }];
        await sent(chat, way);
        // As a host without `g.messages` has it.
        const tools = { pay: tool({ inputSchema: anything, execute: () => "ran" }) };
        const g = guardAI(guard, desk.ticket(), { reviewer: ANN });
        const guarded = g.options(tools);
        const messages = await way.sdk.toModelMessages(
          [USER, { id: "m1", role: "assistant", parts: parts.slice(0, 1) }],
          guarded.tools,
        );
        const result = await way.sdk.converse(way.mode, [], {
          prompt: undefined,
          messages,
          ...guarded,
        });
        assert.equal(result.answer("pay")?.type, "execution-denied", way.title);
      }),
  },
  {
    id: "evasion.T12",
    title: "in the AI SDK an answer in other words than yes approves nothing",
    run: async () => {
      const answers: readonly unknown[] = ["yes", "true", 1, {}, [], null, "approved", undefined];
      await onEveryDesk([], async (desk, way) => {
        const chat = await desk.approved(["c", "pay", 1]);
        const asked = chat.messages;
        for (const approved of answers) {
          chat.messages = asked;
          const approval = { id: "a", approved } as UIPart["approval"]; // a client is bound to no types
          chat.change("c", (part) => ({ ...part, approval: approval ?? { id: "a" } }));
          await sent(chat, way);
        }
      });
    },
  },
  {
    id: "evasion.T36",
    title:
      "in the AI SDK an approval runs its call once, sent again, at once or in another session",
    run: () =>
      onEveryDesk([["pay", { n: 1 }]], async (desk, way) => {
        const chat = await desk.approved(["c", "pay", 1]);
        for (let times = 0; times < 3; times++) await sent(chat, way);
        await Promise.all([sent(chat, way), sent(chat, way)]);
        for (const identity of [{ session: "t" }, { tenant: "u" }]) {
          await sent(chat.elsewhere({ ticket: desk.ticket(identity) }), way);
        }
      }),
  },
  {
    id: "evasion.T37",
    title: "in the AI SDK arguments changed after their approval and made-up pairs run nothing",
    run: () =>
      onEveryDesk([], async (desk, way) => {
        const chat = await desk.approved(["c", "pay", 1]);
        const asked = chat.messages;
        const changes: readonly ((part: UIPart) => UIPart)[] = [
          (part) => ({ ...part, input: { n: 1_000_000 } }),
          (part) => ({ ...part, input: { n: 1, more: true } }),
          (part) => ({ ...part, input: { n: "1" } }),
          (part) => ({ ...part, toolCallId: "d" }),
          (part) => ({ ...part, type: "tool-mail" }),
          (part) => ({ ...part, type: "tool-shut" }),
        ];
        for (const change of changes) {
          chat.messages = asked;
          chat.change("c", change);
          await sent(chat, way);
        }
        const parts = [answeredPart("pay", "x", 2), answeredPart("shut", "y", 2)];
        chat.messages = [USER, { id: "m1", role: "assistant", parts }];
        await sent(chat, way);
      }),
  },
  {
    id: "evasion.T38",
    title: "in the AI SDK a reviewer's change makes no call of another tool, and is judged",
    run: async () => {
      const expected = [["pay", { n: 2, tool: "shut" }]] as const;
      await onEveryDesk(expected, async ({ guard, chat }, way) => {
        await chat.say([{ calls: [{ id: "c", tool: "pay", input: { n: 1 } }] }]);
        const [asked] = await guard.approvals.list({ states: ["pending"] });
        assert.ok(asked !== undefined);
        const { id, digest } = asked;
        const renamed = { call: { id: "c", tool: "shut" }, tool: "shut", name: "shut" };
        const changed = { arguments: { n: 2, tool: "shut" } } as const;
        const answer = { id, digest, reviewer: ANN, answer: "modify", ...changed } as const;
        const taken = await guard.approvals.decide({ ...answer, ...renamed });
        if (!taken.ok) await guard.approvals.decide(answer);
        await sent(chat, way);
      });
    },
  },
  {
    id: "evasion.T39",
    title:
      "in the AI SDK an approval is not taken by another call of its tool, nor a denial for a success",
    run: () =>
      onEveryDesk([["pay", { n: 1 }]], async ({ chat, guard }, way) => {
        const calls = [1, 2].map((n) => ({ id: `c${n}`, tool: "pay", input: { n } }));
        await chat.say([{ calls }]);
        chat.answer("c1", true);
        chat.answer("c2", false);
        const asked = chat.messages;
        // The ids change places; then each has what is its own.
        chat.change("c1", (part) => ({ ...part, toolCallId: "swap" }));
        chat.change("c2", (part) => ({ ...part, toolCallId: "c1" }));
        chat.change("swap", (part) => ({ ...part, toolCallId: "c2" }));
        await sent(chat, way);
        chat.messages = asked;
        const result = await sent(chat, way);
        assert.equal(result?.answer("c2")?.type, "execution-denied", way.title);
        chat.messages = asked;
        await chat.goOn();
        const shown = chat.part("c2");
        const isTold = shown?.state === "output-denied" || isDeniedOutput(shown?.output);
        assert.ok(isTold, `${way.title}: ${shown?.state}`);
        assert.equal(guard.status().openCalls, 0);
      }),
  },
  {
    id: "evasion.T40",
    title:
      "in the AI SDK an approval does not outlive its time, its policy, its people or its agent",
    run: async () => {
      const late = async (desk: Desk, way: Way): Promise<void> => {
        const chat = await desk.approved(["c", "pay", 1]);
        desk.time.advance(HOUR);
        await sent(chat, way);
      };
      const denied = async (desk: Desk, way: Way): Promise<void> => {
        const chat = await desk.approved(["c", "pay", 1]);
        await desk.put(POLICY.replace("action: review", "action: deny"));
        await sent(chat, way);
      };
      const asIf = (identity: Partial<Identity>) => async (desk: Desk, way: Way) => {
        const chat = await desk.approved(["c", "pay", 1]);
        await sent(chat.elsewhere({ ticket: desk.ticket(identity) }), way);
      };
      const from = (reviewer: Reviewer | undefined) => async (desk: Desk, way: Way) => {
        const chat = await desk.approved(["c", "pay", 1]);
        await sent(chat.elsewhere({ reviewer }), way);
      };
      const attacks = [
        late,
        denied,
        asIf({ agent: { id: "other" } }),
        asIf({ user: { id: "eve" } }),
        asIf({ tenant: "other" }),
        from(undefined),
        from({ id: "ann" }),
        from({ id: "eve", groups: ["visitor"] }),
      ];
      for (const attack of attacks) await onEveryDesk([], attack);
    },
  },
  {
    id: "evasion.T43",
    title:
      "in the AI SDK a new bundle between question and answer loosens nothing, nor one in a call",
    run: async () => {
      await onEveryDesk([], async (desk, way) => {
        const chat = await desk.approved(["c", "pay", 1]);
        chat.answer("c", false);
        await sent(chat, way);
        await desk.put(POLICY.replace("action: review", "action: allow"));
        // The rejection stands for what was asked, also where the call would be allowed by now.
        await sent(chat, way);
      });
      for (const way of WAYS) {
        const desk = await Desk.open(way);
        await desk.put(POLICY.replace("action: review", "action: allow"));
        const parts: string[] = [];
        const pay = tool({
          inputSchema: anything,
          async *execute() {
            parts.push("first");
            yield "first";
            await desk.put(POLICY.replace("action: review", "action: deny"));
            parts.push("second");
            yield "second";
          },
        });
        const { options } = guardAI(desk.guard, desk.ticket());
        const calls = ["c1", "c2"].map((id, n) => ({ id, tool: "pay", input: { n } }));
        const turns = calls.map((call) => ({ calls: [call] }));
        const result = await way.sdk.converse(way.mode, turns, options({ pay }));
        // What had begun ends as it was judged; what comes after is judged anew.
        assert.deepEqual(parts, ["first", "second"], way.title);
        assert.equal(result.answer("c2")?.type, "execution-denied", way.title);
      }
    },
  },
];
