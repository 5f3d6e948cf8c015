import type { ToolCall } from "@langchain/core/messages/tool";
import type { Approval, Guard, OpenedCall, OpenOptions, Ticket } from "@interlatch/core";
import {
  answerTurn,
  openTurn,
  readTurn,
  type OpenedTurn,
  type ReadCall,
  type ToolOf,
} from "../turn.ts";
import { streamDenial } from "../custom-stream.ts";
import { canInterrupt, standingOf, type Standing } from "./checkpoint.ts";
import { drain, hear, newAnswers } from "./hearing.ts";
import type { ReviewOptions, ReviewRun } from "./options.ts";
import { answerDigest, requestOf } from "./question.ts";

/** Nothing is recorded yet: a run that is resumed comes here again from the start, for the same calls. */
const ASKING = { reviews: true, leave: "every" } as const;

/** {@link judgeTurn}, with a word on each denial to whoever streams the run in mode `custom`. */
export async function reviewTurn(...turn: Parameters<typeof judgeTurn>): Promise<OpenedTurn> {
  const judged = await judgeTurn(...turn);
  const [, , , , run] = turn;
  for (const denial of judged.denials) streamDenial(run, denial);
  return judged;
}

/**
 * Judges a turn as {@link openTurn} does, and asks people about those of its calls that need it: in one interrupt,
 * before anything of the turn runs. When the run is resumed it takes the answers, each for its own call, and goes on,
 * or asks again about what is still open. It keeps nothing: approvals are found again by the calls themselves.
 *
 * Throws what LangGraph's `interrupt` throws, which is how a run stops, and what {@link openTurn} throws.
 *
 * @param leave - as of {@link openTurn}
 */
async function judgeTurn(
  guard: Guard,
  ticket: Ticket | undefined,
  calls: readonly ToolCall[],
  toolOf: ToolOf,
  run: ReviewRun | undefined,
  options: ReviewOptions,
  leave: OpenOptions = {},
): Promise<OpenedTurn> {
  if (run === undefined || options.reviews === "tool" || !canInterrupt(run)) {
    return openTurn(guard, ticket, calls, toolOf, leave);
  }
  const read = await readTurn(ticket, calls, toolOf);
  const inputs = read.map(({ input }) => input);
  const unread = calls.filter((call) => !read.some((one) => one.call === call));
  let opened = await guard.open(inputs, ASKING);
  if (pendingIn(opened).length === 0 && unread.length === 0) {
    return finish(guard, calls, read, opened, leave);
  }
  const standing = await standingOf(run);
  let pending = [...pendingIn(opened), ...(await askedBefore(guard, unread, standing))];
  if (pending.length === 0) return finish(guard, calls, read, opened, leave);
  const { heard } = standing;
  const asked = drain(run, requestOf(pending, options, { refused: [], heard }));
  // Nobody can be asked: the tools are guarded, and deny what nobody has approved.
  if (!asked.isInterrupt) return finish(guard, calls, read, opened, leave);
  if (asked.answers.length === 0) throw asked.stop;

  const refused = await hear(guard, asked, standing, pending, run, options);
  opened = await guard.open(inputs, ASKING);
  pending = [...pendingIn(opened), ...(await askedBefore(guard, unread, standing))];
  if (pending.length > 0 && options.pending !== "deny") {
    const given = newAnswers(asked, standing).flatMap((answer) => answerDigest(answer) ?? []);
    const beside = { refused, heard: [...new Set([...heard, ...given])] };
    const again = drain(run, requestOf(pending, options, beside));
    if (again.isInterrupt) throw again.stop;
  }
  return finish(guard, calls, read, opened, leave);
}

/** Records the denied calls, now that nothing can stop the run any more, and answers them. */
async function finish(
  guard: Guard,
  calls: readonly ToolCall[],
  read: readonly ReadCall[],
  opened: readonly OpenedCall[],
  leave: OpenOptions,
): Promise<OpenedTurn> {
  const denied = read.filter((_, index) => opened[index]?.decision.effect === "deny");
  if (denied.length === 0) return { messages: [], remaining: [...calls], denials: [] };
  const inputs = denied.map(({ input }) => input);
  return answerTurn(calls, denied, await guard.open(inputs, { ...leave, reviews: true }));
}

function pendingIn(opened: readonly OpenedCall[]): readonly Approval[] {
  return opened.flatMap(({ approval }) => (approval?.state === "pending" ? [approval] : []));
}

/**
 * Open questions about calls that cannot be judged here: in another process than the one that asked, a middleware
 * has not seen the agent's tools yet.
 */
async function askedBefore(
  guard: Guard,
  unread: readonly ToolCall[],
  { asked }: Standing,
): Promise<readonly Approval[]> {
  const actions = (asked?.actions ?? []).filter(({ toolCallId, name }) =>
    unread.some((call) => call.id === toolCallId && call.name === name),
  );
  try {
    const found = await Promise.all(actions.map(({ id }) => guard.approvals.get(id)));
    return found.filter((one): one is Approval => one?.state === "pending");
  } catch {
    // A store that does not answer denies the call where it would run.
    return [];
  }
}
