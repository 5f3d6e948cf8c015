import { guardAI } from "@interlatch/ai-sdk";
import { convertToModelMessages, isStepCount, streamText, type UIMessage } from "ai";
import { signedGuard } from "../shared-bundle/bundle.ts";
import { model } from "./model.ts";
import { tools } from "./tools.ts";

/** One guard for the whole process. An application reads a bundle that somebody signed; this one signs its own. */
export const ready: ReturnType<typeof signedGuard> = signedGuard();

/** Who is behind a session cookie or token: known to the server, never read from the request's body. */
const USERS: ReadonlyMap<string, { readonly id: string; readonly role: string }> = new Map([
  ["Bearer token-of-ann", { id: "ann", role: "clerk" }],
]);

/** `app/api/chat/route.ts` of a Next.js application; `useChat` in the browser is its client. */
export async function POST(request: Request): Promise<Response> {
  const user = USERS.get(request.headers.get("authorization") ?? "");
  if (user === undefined) return new Response("Sign in first.", { status: 401 });
  const { id, messages } = (await request.json()) as { id: string; messages: UIMessage[] };

  const { guard } = await ready;
  const ticket = guard.for({
    agent: { id: "desk-bot", roles: [user.role], function: "customer_service" },
    user: { id: user.id },
    session: `${user.id}:${id}`,
  });
  const options = guardAI(guard, ticket).options(tools);
  const result = streamText({
    model,
    messages: await convertToModelMessages(messages, { tools: options.tools }),
    stopWhen: isStepCount(5),
    ...options,
  });
  return result.toUIMessageStreamResponse();
}
