import type { CallInput, Decision, Guard, JsonObject } from "@interlatch/core";
import type { AdapterUnderTest } from "../adapter/adapter.ts";
import type { Hop, Observed } from "./judge.ts";

/** One turn of a scripted model, to be played through a framework. */
export interface Turn {
  readonly guard: Guard;
  /** With different ids, and all of one identity. */
  readonly inputs: readonly CallInput[];
  /** Tools that the policy may run in place of these calls: without them nothing could. */
  readonly lesser: readonly string[];
  /** What people were shown about a call, if they were asked. */
  asked(id: string): Decision | undefined;
}

/** Plays a turn through a framework. What came of each call, in their order. */
export async function playTurn(
  { guard, inputs, lesser, asked }: Turn,
  adapter: AdapterUnderTest,
): Promise<readonly Observed[]> {
  const decisions = new Map<string | null, Decision[]>();
  const stop = guard.on("decision", ({ call, decision }) => {
    decisions.set(call, [...(decisions.get(call) ?? []), decision]);
  });
  const runs: unknown[] = [];
  const hops: Hop[] = [];
  const names = new Set(inputs.map(({ tool }) => tool));
  const tools = [...names, ...lesser].map((name) => ({
    name,
    execute(got: unknown) {
      if (names.has(name)) runs.push(got);
      else hops.push({ tool: name, id: [...decisions.keys()].at(-1) ?? null, arguments: got });
      return "done";
    },
  }));
  const calls = inputs.map(({ id = "", tool, arguments: args }) => ({
    id,
    tool,
    arguments: args as JsonObject, // a vector's arguments are JSON objects
  }));
  const answers = await adapter.converse({ guard, ticket: inputs[0]?.ticket, tools, calls });
  stop();
  const found = calls.map(({ id }): Observed => {
    const [decision = null, ...others] = decisions.get(id) ?? [];
    if (others.length > 0) throw new Error("the call was decided more than once");
    const told = answers.flatMap((one) => (one.id === id ? [one.text] : [])).join("\n");
    return { decision: asked(id) ?? decision, denial: null, told };
  });
  const allowed = calls.filter(({ id }) => decisions.get(id)?.[0]?.effect === "allow");
  if (runs.length > allowed.length) throw new Error("a tool ran more often than it was allowed to");
  if (runs.length < allowed.length) throw new Error("an allowed call did not run");
  const [only, ...others] = found;
  // Among several calls of one tool nothing says which of them a run was of.
  if (only === undefined || others.length > 0) return found;
  const [hop] = hops;
  return [
    {
      ...only,
      ...(runs.length > 0 ? { got: runs[0] } : {}),
      ...(hop === undefined ? {} : { hop }),
    },
  ];
}
