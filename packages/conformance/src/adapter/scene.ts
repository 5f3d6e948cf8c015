import { callDigest, type LimitStore, type OnReview, type Policy } from "@interlatch/core";
import { memoryApprovals } from "@interlatch/core/approvals";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import type {
  AdapterUnderTest,
  Conversation,
  ModelAnswer,
  PausedRun,
  ScriptedCall,
  ScriptedTool,
} from "./adapter.ts";
import { KIT_POLICY, PLACE } from "./policy.ts";

/** A guard over the kit's policy with its tools: where conversations are played. */
export interface Stage {
  readonly adapter: AdapterUnderTest;
  readonly guard: TestGuard;
  /** Each run of a tool, in order: its name and what it got. */
  readonly runs: readonly (readonly [tool: string, args: unknown])[];
  /** The places that a policy sent a run to, in order. */
  readonly visits: readonly string[];
  /** One conversation, as the adapter gets it. */
  conversation(calls: readonly ScriptedCall[], session?: string): Conversation;
}

/** What a stage can be given. */
export interface StageOptions {
  readonly policy?: Policy;
  readonly onReview?: OnReview;
  readonly limits?: LimitStore;
  /** Whether the host lets a policy throw. */
  readonly allowThrow?: boolean;
  /** Whether the host hands over a ticket. */
  readonly ticket?: boolean;
  /** What each tool does with its arguments beside noting them. Default: it gives `NAME ran`. */
  readonly execute?: (tool: string, args: unknown) => unknown;
}

/** Sets a stage. Without `onReview` people answer through its approvals. */
export async function setStage(
  adapter: AdapterUnderTest,
  options: StageOptions = {},
): Promise<Stage> {
  const { policy = KIT_POLICY, onReview, limits, allowThrow = false, ticket = true } = options;
  const { execute = (name) => `${name} ran` } = options;
  const guard = await testGuard(policy, {
    allowThrow,
    ...(onReview === undefined ? {} : { onReview }),
    stores: {
      ...(onReview === undefined ? { approvals: memoryApprovals() } : {}),
      ...(limits === undefined ? {} : { limits }),
    },
  });
  const runs: (readonly [string, unknown])[] = [];
  const visits: string[] = [];
  const toolOf = (name: string): ScriptedTool => ({
    name,
    execute: (args) => {
      runs.push([name, structuredClone(args)]);
      return execute(name, args);
    },
  });
  return {
    adapter,
    guard,
    runs,
    visits,
    conversation: (calls, session = "kit") => ({
      guard,
      ticket: ticket ? guard.ticket({ session }) : undefined,
      tools: Object.keys(policy.tools).map(toolOf),
      calls,
      places: [PLACE],
      visit: (place) => void visits.push(place),
    }),
  };
}

/** One conversation and what came of it. */
export interface Scene extends Stage {
  readonly answers: readonly ModelAnswer[];
  /** The text of the one answer to a call; says so where there is none or more than one. */
  answer(id: string): string;
  /** The types of the records of a call. */
  records(id: string): readonly string[];
}

/** Plays calls of one model turn through an adapter, over the kit's policy. */
export async function playScene(
  adapter: AdapterUnderTest,
  calls: readonly ScriptedCall[],
  options: StageOptions = {},
): Promise<Scene> {
  const stage = await setStage(adapter, options);
  const answers = await adapter.converse(stage.conversation(calls));
  const { records } = stage.guard.audit;
  return {
    ...stage,
    answers,
    answer: (id) => answerTo(answers, id),
    records: (id) => records.flatMap((one) => ("call" in one && one.call === id ? [one.type] : [])),
  };
}

/** The text of the one answer to a call; says so where there is none or more than one. */
export function answerTo(answers: readonly ModelAnswer[], id: string): string {
  const [first, ...others] = answers.filter((one) => one.id === id);
  if (first === undefined) return `no answer to ${id}`;
  return others.length > 0 ? `${others.length + 1} answers to ${id}` : first.text;
}

/** Runs a conversation until it stops to ask people, in the framework's own way or, where it has none, in ours. */
export function pause(
  stage: Stage,
  calls: readonly ScriptedCall[],
  session = "kit",
): Promise<PausedRun> {
  const { adapter } = stage;
  const conversation = stage.conversation(calls, session);
  return adapter.pause === undefined
    ? callAgain(stage, conversation, session, [])
    : adapter.pause(conversation);
}

/**
 * A framework that cannot stop: the model is told that the call waits, people answer through `guard.approvals`, and the
 * model makes the calls that wait once more.
 */
async function callAgain(
  stage: Stage,
  conversation: Conversation,
  session: string,
  before: readonly ModelAnswer[],
): Promise<PausedRun> {
  const { adapter, guard } = stage;
  const heard = await adapter.converse(conversation);
  const pending = await guard.approvals.list({ session, states: ["pending"] });
  const waiting = conversation.calls.filter(({ id }) => pending.some(({ call }) => call.id === id));
  const isWaiting = ({ id }: ModelAnswer): boolean => waiting.some((call) => call.id === id);
  const answers = [...before, ...heard.filter((one) => !isWaiting(one))];
  return {
    asked: waiting.map(({ id }) => id),
    answers,
    async resume(given, reviewer) {
      for (const { call: about, shown = about.arguments, ...answer } of given) {
        const approval = pending.find(({ call: { id } }) => id === about.id);
        if (approval === undefined || reviewer === undefined) continue;
        const digest = callDigest(about.tool, shown);
        await guard.approvals.decide({ id: approval.id, digest, reviewer, ...answer });
      }
      return callAgain(stage, { ...conversation, calls: waiting }, session, answers);
    },
  };
}

/** A tool that neither the framework nor the policy knows. */
export const UNKNOWN = "nobody_knows";

/** A call of the script. */
export function call(id: string, tool: string, args: ScriptedCall["arguments"] = {}): ScriptedCall {
  return { id, tool, arguments: args };
}
