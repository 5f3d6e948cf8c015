import type { Guard, Reviewer, Ticket } from "@interlatch/core";
import { guardAI, type GuardedAI, type GuardableTools } from "../src/index.ts";
import type { By, Conversation, Major, Mode, Turn, UIMessage, UIPart } from "./majors.ts";

/** A member of the group that reviews by default. */
export const ANN: Reviewer = { id: "ann", groups: ["reviewer"] };

/** Who chats, with which tools, and whose answers the conversation brings. */
export interface ChatSettings {
  readonly guard: Guard & { ticket?(): Ticket };
  readonly tools: GuardableTools;
  /** Default: {@link ANN}. */
  readonly reviewer?: Reviewer | undefined;
  /** Default: that of a guard for tests. */
  readonly ticket?: Ticket | undefined;
  /** Default: `options(tools)` of the adapter. */
  readonly options?: (g: GuardedAI) => object;
  /** Default: by `generateText` and `streamText`. */
  readonly by?: By;
}

/** A conversation as a browser holds it, and a server that answers it by the adapter. */
export class Chat {
  readonly #sdk: Major;
  readonly #settings: ChatSettings;
  messages: readonly UIMessage[];

  constructor(sdk: Major, settings: ChatSettings, messages: readonly UIMessage[] = []) {
    this.#sdk = sdk;
    this.#settings = settings;
    this.messages = messages;
  }

  /** The same history in another session, or with other settings. */
  elsewhere(settings: Partial<ChatSettings>): Chat {
    return new Chat(this.#sdk, { ...this.#settings, ...settings }, this.messages);
  }

  /** The user says something and the model's turns follow. */
  async say(turns: readonly Turn[]): Promise<void> {
    const said: UIMessage = {
      id: `m${this.messages.length}`,
      role: "user",
      parts: [{ type: "text", text: "go" }],
    };
    this.messages = [...this.messages, said];
    await this.goOn(turns);
  }

  /** Sends the conversation as it is, and keeps what comes back. */
  async goOn(turns: readonly Turn[] = []): Promise<void> {
    const settings = await this.#request();
    this.messages = await this.#sdk.reply(this.messages, turns, settings);
  }

  /** Sends the conversation as it is, and forgets what comes back: a retry, or a replay. */
  async post(mode: Mode, turns: readonly Turn[] = []): Promise<Conversation> {
    const { messages, by, ...settings } = await this.#request();
    return by === "agent"
      ? this.#sdk.converseAgent(mode, turns, settings, { messages })
      : this.#sdk.converse(mode, turns, { prompt: undefined, messages, ...settings });
  }

  /** A button under a question. */
  answer(id: string, approved: boolean, reason?: string): void {
    this.change(id, (part) => ({
      ...part,
      state: "approval-responded",
      approval: {
        id: "none",
        ...part.approval,
        approved,
        ...(reason === undefined ? {} : { reason }),
      },
    }));
  }

  /** Writes on the history, as a client can. */
  change(id: string, how: (part: UIPart) => UIPart): void {
    this.messages = this.messages.map((message) => ({
      ...message,
      parts: message.parts.map((part) => (part.toolCallId === id ? how(part) : part)),
    }));
  }

  part(id: string): UIPart | undefined {
    return this.messages
      .flatMap(({ parts }) => parts)
      .findLast(({ toolCallId }) => toolCallId === id);
  }

  async #request(): Promise<{ readonly messages: unknown; readonly by?: By }> {
    const { guard, tools, options, by = "functions" } = this.#settings;
    const { ticket = guard.ticket?.() } = this.#settings;
    const reviewer = "reviewer" in this.#settings ? this.#settings.reviewer : ANN;
    const g = guardAI(guard, ticket, { reviewer });
    const messages = await g.messages(this.messages, tools, this.#sdk.ai);
    return { by, messages, ...(options === undefined ? g.options(tools) : options(g)) };
  }
}
