import type { LimitStore, OnReview } from "@interlatch/core";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import type { AdapterUnderTest, ModelAnswer, ScriptedCall, ScriptedTool } from "./adapter.ts";
import { KIT_POLICY } from "./policy.ts";

/** One conversation and what came of it. */
export interface Scene {
  readonly guard: TestGuard;
  /** Each run of a tool, in order: its name and what it got. */
  readonly runs: readonly (readonly [tool: string, args: unknown])[];
  readonly answers: readonly ModelAnswer[];
  /** The text of the one answer to a call; says so where there is none or more than one. */
  answer(id: string): string;
  /** The types of the records of a call. */
  records(id: string): readonly string[];
}

/** What a scene can be given beside its calls. */
export interface SceneOptions {
  readonly onReview?: OnReview;
  readonly limits?: LimitStore;
  /** Whether the host hands over a ticket. */
  readonly ticket?: boolean;
  /** What each tool does with its arguments beside noting them. Default: it gives `NAME ran`. */
  readonly execute?: (tool: string, args: unknown) => unknown;
}

/** Plays calls of one model turn through an adapter, over the kit's policy. */
export async function playScene(
  adapter: AdapterUnderTest,
  calls: readonly ScriptedCall[],
  options: SceneOptions = {},
): Promise<Scene> {
  const { onReview, limits, ticket = true, execute = (name) => `${name} ran` } = options;
  const guard = await testGuard(KIT_POLICY, {
    ...(onReview === undefined ? {} : { onReview }),
    ...(limits === undefined ? {} : { stores: { limits } }),
  });
  const runs: (readonly [string, unknown])[] = [];
  const names = new Set([...Object.keys(KIT_POLICY.tools), ...calls.map((call) => call.tool)]);
  names.delete(UNKNOWN);
  const tools: readonly ScriptedTool[] = [...names].map((name) => ({
    name,
    execute: (args) => {
      runs.push([name, structuredClone(args)]);
      return execute(name, args);
    },
  }));
  const given = ticket ? guard.ticket({ session: "kit" }) : undefined;
  const answers = await adapter.converse({ guard, ticket: given, tools, calls });
  return {
    guard,
    runs,
    answers,
    answer(id) {
      const [first, ...others] = answers.filter((one) => one.id === id);
      if (first === undefined) return `no answer to ${id}`;
      return others.length > 0 ? `${others.length + 1} answers to ${id}` : first.text;
    },
    records: (id) =>
      guard.audit.records.flatMap((one) => ("call" in one && one.call === id ? [one.type] : [])),
  };
}

/** A tool that neither the framework nor the policy knows. */
export const UNKNOWN = "nobody_knows";

/** A call of the script. */
export function call(id: string, tool: string, args: ScriptedCall["arguments"] = {}): ScriptedCall {
  return { id, tool, arguments: args };
}
