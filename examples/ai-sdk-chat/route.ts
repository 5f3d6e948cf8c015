import { guardAI } from "@interlatch/ai-sdk";
import { isInterlatchError } from "@interlatch/core";
import { convertToModelMessages, isStepCount, streamText, validateUIMessages } from "ai";
import { signedGuard } from "../shared-bundle/bundle.ts";
import { model } from "./model.ts";
import { tools } from "./tools.ts";

/** One guard for the whole process. An application reads a bundle that somebody signed; this one signs its own. */
export const ready: ReturnType<typeof signedGuard> = signedGuard({
  policy: new URL("policy.yaml", import.meta.url),
});

const ai = { convertToModelMessages, validateUIMessages };

/**
 * Answers what `useChat` posts.
 *
 * @param user - whom the server has authenticated for this request; nothing in its body says who somebody is
 */
export async function chat(request: Request, user: { readonly id: string }): Promise<Response> {
  const { id, messages } = (await request.json()) as { id?: unknown; messages?: unknown };
  if (typeof id !== "string") return new Response("Which conversation?", { status: 400 });

  const { guard } = await ready;
  const ticket = guard.for({
    agent: { id: "shop-bot", roles: ["assistant"] },
    user: { id: user.id },
    session: `${user.id}:${id}`, // nobody reaches into another person's conversation by its name
  });
  const g = guardAI(guard, ticket, { reviewer: { id: user.id } });
  try {
    const result = streamText({
      model,
      messages: await g.messages(messages, tools, ai),
      stopWhen: isStepCount(5),
      ...g.options(tools),
    });
    return result.toUIMessageStreamResponse();
  } catch (error) {
    // Somebody has not answered yet, or may not; nothing has run.
    if (isInterlatchError(error, "ERR_REVIEW_PENDING"))
      return new Response(error.message, { status: 409 });
    return new Response("That is no conversation.", { status: 400 });
  }
}
