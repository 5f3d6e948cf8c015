import {
  AbstractChat,
  DefaultChatTransport,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  type ChatState,
  type UIMessage,
} from "ai6";

/** The call of a conversation, as a page shows it. */
export interface ShownCall {
  readonly state: string;
  readonly output?: unknown;
  readonly approval?: { readonly id: string };
}

/** What `useChat` of AI SDK 6 is built on, over HTTP, with a plain state in React's place. */
export class PlainChat extends AbstractChat<UIMessage> {
  #finish: () => void = () => undefined;

  constructor(api: string, id: string) {
    super({
      id,
      state: plainState(),
      transport: new DefaultChatTransport({ api }),
      sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
      onFinish: () => this.#finish(),
    });
  }

  get call(): ShownCall {
    const part = this.messages.at(-1)?.parts.find(({ type }) => type === "tool-refund");
    if (part === undefined) throw new Error("no call is shown");
    return part as ShownCall; // the form of every `tool-…` part
  }

  /** A click on a button, and the answer that the client then asks for by itself. */
  async answer(approved: boolean, reason?: string): Promise<void> {
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    const id = this.call.approval?.id ?? "none";
    const said = { id, approved, ...(reason === undefined ? {} : { reason }) };
    await this.addToolApprovalResponse(said);
    await finished;
  }
}

function plainState(): ChatState<UIMessage> {
  return {
    status: "ready",
    error: undefined,
    messages: [],
    pushMessage(message) {
      this.messages = [...this.messages, message];
    },
    popMessage() {
      this.messages = this.messages.slice(0, -1);
    },
    replaceMessage(index, message) {
      this.messages = this.messages.with(index, message);
    },
    snapshot: (thing) => structuredClone(thing),
  };
}
