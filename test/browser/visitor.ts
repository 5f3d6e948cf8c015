import type { Browser, BrowserContext, Page } from "puppeteer-core";

/** How a page answered a request that it made up itself. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** A message as the browser keeps it, as far as tests write on it. */
export interface KeptMessage {
  readonly id: string;
  readonly role: string;
  readonly parts: readonly KeptPart[];
}

export interface KeptPart {
  readonly type: string;
  readonly toolCallId?: string;
  readonly [name: string]: unknown;
}

/** A person with a browser profile of their own, in one conversation of the chat. */
export class Visitor {
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.#context = context;
  }

  /** Signs in and opens a conversation that nobody has had. */
  static async open(browser: Browser, url: string, user: "ann" | "bob"): Promise<Visitor> {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.goto(`${url}?as=${user}`);
    await page.waitForSelector("form");
    return new Visitor(page, context);
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  /** Types a message, sends it, and waits until its call stands there as `state`, or until a text does. */
  async say(text: string, state: string): Promise<string> {
    await this.page.type("input[name=text]", `${text}\n`);
    return this.shown(state);
  }

  /** Waits for the last call to be shown in this state, and for the answer to have ended; gives what it shows. */
  async shown(state: string): Promise<string> {
    const last = await this.page.waitForSelector(`article:last-of-type section.${state}`);
    // The model's sentence comes last, unless a person is asked first.
    if (state !== "approval-requested") {
      await this.page.waitForSelector("article.assistant:last-of-type section + p");
    }
    return last?.evaluate(({ textContent }) => textContent ?? "") ?? "";
  }

  async text(): Promise<string> {
    return this.page.$eval("main", ({ innerText }) => innerText);
  }

  async click(label: string, count = 1): Promise<void> {
    await this.page.click(`::-p-xpath(//button[text()="${label}"])`, { count });
  }

  /** Has the page post what it keeps, and waits for the answer's end. */
  async sendAgain(): Promise<void> {
    const answered = this.page.waitForResponse((reply) => reply.url().endsWith("/api/chat"));
    await this.click("Send the conversation again");
    await (await answered).text();
  }

  /** The conversation as the page has kept it. */
  async kept(): Promise<KeptMessage[]> {
    const kept = await this.page.evaluate("sessionStorage.getItem(location.hash.slice(1))");
    return JSON.parse(String(kept)) as KeptMessage[];
  }

  async conversation(): Promise<string> {
    return String(await this.page.evaluate("location.hash.slice(1)"));
  }

  /** Posts a conversation as any script in the page can, and reads the answer to its end. */
  async post(messages: unknown, id?: string): Promise<Reply> {
    const body = JSON.stringify({ id: id ?? (await this.conversation()), messages });
    return this.page.evaluate(async (sent) => {
      const headers = { "content-type": "application/json" };
      const reply = await fetch("/api/chat", { method: "POST", headers, body: sent });
      return { status: reply.status, text: await reply.text() };
    }, body);
  }
}

/** The same conversation, with every call in it rewritten. */
export function rewritten(
  messages: readonly KeptMessage[],
  how: (part: KeptPart) => KeptPart,
): KeptMessage[] {
  return messages.map((message) => ({
    ...message,
    parts: message.parts.map((part) => (part.toolCallId === undefined ? part : how(part))),
  }));
}

/** A call as it stands after a click on yes, whether or not anybody clicked. */
export function approved(part: KeptPart): KeptPart {
  return { ...part, state: "approval-responded", approval: { id: "a1", approved: true } };
}
