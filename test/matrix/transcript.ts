import type {
  AdapterUnderTest,
  Conversation,
  ModelAnswer,
  PausedRun,
} from "@interlatch/conformance";
import type { Guard } from "@interlatch/core";

/** The same adapter, telling what happens: what the model asks, what is decided, what runs, what the model is told. */
export function told(adapter: AdapterUnderTest, say: (line: string) => void): AdapterUnderTest {
  const heard = new WeakSet<Guard>();
  const begin = (conversation: Conversation): Conversation => {
    const { guard, calls, tools } = conversation;
    if (!heard.has(guard)) listen(guard, say);
    heard.add(guard);
    for (const { id, tool, arguments: args } of calls)
      say(`model asks   ${id} ${tool} ${json(args)}`);
    return {
      ...conversation,
      tools: tools.map((tool) => ({
        ...tool,
        execute(args) {
          say(`tool runs    ${tool.name} ${json(args)}`);
          return tool.execute(args);
        },
      })),
    };
  };
  const end = (answers: readonly ModelAnswer[]): readonly ModelAnswer[] => {
    for (const { id, text } of answers) say(`model hears  ${id} ${json(text)}`);
    return answers;
  };
  const stop = (run: PausedRun): PausedRun => {
    if (run.asked.length > 0) say(`run stops    for ${run.asked.join(", ")}`);
    else end(run.answers);
    return {
      ...run,
      async resume(answers, reviewer) {
        const by = reviewer === undefined ? "somebody" : reviewer.id;
        for (const { call, answer } of answers)
          say(`${by} says`.padEnd(12) + ` ${call.id} ${answer}`);
        return stop(await run.resume(answers, reviewer));
      },
    };
  };
  const { pause, forge } = adapter;
  return {
    ...adapter,
    converse: async (conversation) => end(await adapter.converse(begin(conversation))),
    ...(pause === undefined
      ? {}
      : { pause: async (conversation) => stop(await pause(begin(conversation))) }),
    ...(forge === undefined
      ? {}
      : {
          async forge(conversation, reviewer) {
            say("caller makes a history up, with an approval in it");
            return end(await forge(begin(conversation), reviewer));
          },
        }),
  };
}

function listen(guard: Guard, say: (line: string) => void): void {
  guard.on("decision", ({ call, tool, decision }) => {
    const { effect, code, rule } = decision;
    say(
      `decided      ${call ?? "?"} ${tool}: ${effect} ${code}${rule === null ? "" : `, rule ${rule}`}`,
    );
  });
  guard.on("approval.requested", ({ call }) => say(`people asked ${call.id} ${call.tool}`));
  guard.on("approval.decided", ({ call, state, reviewers }) =>
    say(`answer taken ${call.id} ${state}, by ${reviewers.join(", ") || "nobody"}`),
  );
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
