/** A framework of a few lines, to try the kit on: an agent's loop with middleware and no idea of a guard. */

/** A call as this framework has it. */
export interface LoopCall {
  readonly callId: string;
  readonly name: string;
  readonly input: object;
}

/** What the model is told of a call. */
export interface LoopResult {
  readonly callId: string;
  readonly output: string;
}

/** A tool of this framework. */
export interface LoopTool {
  readonly name: string;
  run(input: unknown): unknown;
}

/** What stands around each call of a turn: it gives the result, by `next` or by itself. */
export type LoopMiddleware = (
  call: LoopCall,
  turn: readonly LoopCall[],
  next: (input: unknown) => unknown,
) => Promise<string>;

/** A model that is asked until it has no more calls to make. */
export interface LoopModel {
  next(results: readonly LoopResult[]): readonly LoopCall[];
}

/** Runs an agent. As in every framework, a tool that throws ends the run unless a middleware catches it. */
export async function runLoop(agent: {
  readonly model: LoopModel;
  readonly tools: readonly LoopTool[];
  readonly middleware: LoopMiddleware;
}): Promise<readonly LoopResult[]> {
  const results: LoopResult[] = [];
  for (;;) {
    const turn = agent.model.next(results);
    if (turn.length === 0) return results;
    const answered = await Promise.all(turn.map((call) => answer(agent, call, turn)));
    results.push(...answered);
  }
}

async function answer(
  { tools, middleware }: Pick<Parameters<typeof runLoop>[0], "tools" | "middleware">,
  call: LoopCall,
  turn: readonly LoopCall[],
): Promise<LoopResult> {
  const tool = tools.find(({ name }) => name === call.name);
  const next = (input: unknown): unknown => tool?.run(input) ?? `There is no tool ${call.name}.`;
  return { callId: call.callId, output: await middleware(call, turn, next) };
}
