import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import {
  addMessages,
  entrypoint,
  task,
  type BaseCheckpointSaver,
  type LangGraphRunnableConfig,
  type MessagesAnnotation,
} from "@langchain/langgraph";
import type { Runnable } from "../review/apps.ts";
import type { ScriptedModel } from "../scripted-model.ts";

type State = typeof MessagesAnnotation.State;

/** What an agent in the functional API is made of. */
export interface FlowParts {
  readonly model: ScriptedModel;
  readonly checkpointer: BaseCheckpointSaver | undefined;
  /** Runs one call, in a task. */
  readonly act: (call: ToolCall) => Promise<BaseMessage[]>;
  /** Judges a turn before it runs; left out: it is judged where it runs. */
  readonly judge?: (
    state: State,
    run: LangGraphRunnableConfig,
  ) => Promise<{ readonly messages: BaseMessage[]; readonly remaining: ToolCall[] }>;
}

/** An agent in the functional API: each thought and each call is a task. */
export function flowOf({ model, checkpointer, act, judge }: FlowParts): Runnable {
  const think = task("think", (messages: BaseMessage[]) => model.invoke(messages));
  const acted = task("act", act);
  const options = { name: "flow", ...(checkpointer === undefined ? {} : { checkpointer }) };
  return entrypoint(options, async ({ messages }: State, run: LangGraphRunnableConfig) => {
    let all = messages;
    for (;;) {
      const said = (await think(all)) as AIMessage; // a chat model's
      const calls = said.tool_calls ?? [];
      all = addMessages(all, [said]);
      if (calls.length === 0) return { messages: all };
      const judged = await judge?.({ messages: all }, run);
      const answers = await Promise.all((judged?.remaining ?? calls).map((one) => acted(one)));
      all = addMessages(all, [...(judged?.messages ?? []), ...answers.flat()]);
    }
  }) as unknown as Runnable; // the same members, with types of its own state
}
