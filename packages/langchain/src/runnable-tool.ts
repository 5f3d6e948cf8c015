import { Runnable, type RunnableConfig, type RunnableToolLike } from "@langchain/core/runnables";
import { ToolInputParsingException } from "@langchain/core/tools";
import { interopParseAsync } from "@langchain/core/utils/types";
import { markWay } from "./mark.ts";
import { runTool, type GuardedTool, type ToolConfig } from "./run.ts";
import { isToolCall } from "./tool-kinds.ts";

/**
 * A runnable that was made into a tool. Its `stream` and `batch` go straight to what it is bound to, so the
 * guard stands there and not at `invoke`.
 */
export function guardRunnableTool<T extends RunnableToolLike>(tool: T, facts: GuardedTool): T {
  // `Object.create` keeps class, schema and every other property; its result is typed `any`.
  const guarded = Object.create(tool) as T;
  const bound = markWay(new GuardedRunnable(tool, facts), {
    guard: facts.guard,
    ticket: facts.identity.ticket,
  });
  // Enumerable, so that a copy of the tool is guarded too; and as a part that the framework builds tools from.
  const lc_kwargs = { ...(tool.lc_kwargs as object), bound };
  for (const [name, value] of Object.entries({ bound, lc_kwargs })) {
    Object.defineProperty(guarded, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return guarded;
}

class GuardedRunnable extends Runnable {
  override lc_namespace: string[] = ["interlatch"];
  readonly #tool: RunnableToolLike;
  readonly #facts: GuardedTool;

  constructor(tool: RunnableToolLike, facts: GuardedTool) {
    super();
    this.#tool = tool;
    this.#facts = facts;
  }

  override async invoke(input: unknown, config?: Partial<RunnableConfig>): Promise<unknown> {
    const taken = await this.#read(input);
    return runTool(this.#facts, taken, withCall(input, config), (effective) =>
      this.#tool.bound.invoke(effective, config),
    );
  }

  override async *_streamIterator(
    input: unknown,
    config?: Partial<RunnableConfig>,
  ): AsyncGenerator<unknown> {
    const taken = await this.#read(input);
    const { bound } = this.#tool;
    const parts = runTool(
      { ...this.#facts, stream: true },
      taken,
      withCall(input, config),
      async function* (effective) {
        yield* await bound.stream(effective, config);
      },
    );
    yield* parts as AsyncGenerator<unknown>; // asked for as a stream
  }

  /** Reads a call with the schema, as the tool does; plain input goes through as it is, as it does there. */
  async #read(input: unknown): Promise<unknown> {
    if (!isToolCall(input)) return input;
    try {
      return await interopParseAsync(this.#tool.schema, input.args);
    } catch {
      const message = "Received tool input did not match expected schema";
      throw new ToolInputParsingException(message, JSON.stringify(input.args));
    }
  }
}

function withCall(input: unknown, config: Partial<RunnableConfig> | undefined): ToolConfig {
  // Its own call or none: such a tool never answers under the id of a call around it.
  const { toolCall: _outer, ...rest } = (config ?? {}) as ToolConfig;
  // What is a call for the framework is one here; a missing id is then denied by the guard.
  return isToolCall(input) ? ({ ...rest, toolCall: input } as ToolConfig) : rest;
}
