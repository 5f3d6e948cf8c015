import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { DefaultChatTransport, readUIMessageStream, type UIMessage } from "ai";
import { prompts } from "./model.ts";
import { POST, ready } from "./route.ts";
import { ran } from "./tools.ts";

/** Serves the route on a free port of this machine, as a web framework would. */
const server = createServer((incoming, outgoing) => {
  serve(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error)); // as it was thrown
});

async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = new Request(`http://localhost${incoming.url}`, {
    method: "POST",
    headers: { authorization: incoming.headers.authorization ?? "" },
    body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, // Node's own type of the same stream
    duplex: "half",
  });
  const response = await POST(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  for await (const chunk of response.body ?? []) outgoing.write(chunk);
  outgoing.end();
}

/** Sends a conversation as `useChat` does and gives the answer as its messages hold it. */
async function send(api: string, messages: UIMessage[]): Promise<UIMessage> {
  const transport = new DefaultChatTransport({
    api,
    headers: { authorization: "Bearer token-of-ann" },
  });
  const stream = await transport.sendMessages({
    trigger: "submit-message",
    chatId: "chat-1",
    messageId: undefined,
    abortSignal: undefined,
    messages,
  });
  let answer: UIMessage | undefined;
  for await (const message of readUIMessageStream({ stream })) answer = message;
  assert(answer !== undefined, "the route answered");
  return answer;
}

const user = (id: string, text: string): UIMessage => ({
  id,
  role: "user",
  parts: [{ type: "text", text }],
});

async function main(api: string): Promise<void> {
  const stranger = await fetch(api, { method: "POST", body: "{}" });
  assert.equal(stranger.status, 401);

  const question = user("m1", "List our customers, clean up the orders, read me the report.");
  const answer = await send(api, [question]);
  const parts = new Map(
    answer.parts.map((part) => [part.type, part as { state?: string; output?: unknown }]),
  );

  const list = parts.get("tool-list_customers")?.output;
  assert.deepEqual(ran, ["list_customers 50"]);
  assert(Array.isArray(list) && list.length === 50);
  assert.match(prompts[1] ?? "", /arguments\.limit was reduced from 500 to 50/);
  console.log("allowed   list_customers   asked for 500, ran with 50, and the model was told");

  assert.equal(parts.get("tool-delete_records")?.state, "output-denied");
  assert.match(prompts[1] ?? "", /execution-denied.*never by an agent/);
  console.log("denied    delete_records   the interface shows it, the model read why");

  assert.deepEqual(parts.get("tool-read_report")?.output, {
    quarter: "q3",
    rows: [],
    note: "Not released to desk-bot.",
  });
  console.log("replaced  read_report      an empty report in place of the real one");

  assert.equal(answer.parts.at(-1)?.type, "text");
  const next = await send(api, [question, answer, user("m2", "Thank you.")]);
  assert.equal(next.parts.at(-1)?.type, "text");
  console.log(
    "went on   the run ended with a sentence, and the conversation goes on from its history",
  );

  const { audit } = await ready;
  const outcomes = audit.records.flatMap((record) =>
    record.type === "outcome" ? [record.outcome] : [],
  );
  assert.deepEqual(outcomes.toSorted(), ["blocked", "blocked", "executed"]);
  console.log("recorded  three calls, three outcomes");
}

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo; // a TCP port was asked for
  main(`http://127.0.0.1:${port}/api/chat`)
    .catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    })
    .finally(() => server.close());
});
