import type { CallInput, Execute, FallbackTool, RunOptions } from "../guard/guard.ts";
import type { Fallback } from "../policy/ir.ts";
import type { markDenial, Denial } from "./denial.ts";
import type { DeniedCall } from "./fallback.ts";

/**
 * Lesser tools in place of denied calls. A module of its own, loaded where a policy names such a tool; it imports
 * nothing, so that what it shares with the rest is not split off for those that load without it.
 */
export interface Hop {
  /** Whether a lesser tool is to run in place of a call that this fallback is for. */
  isFor(denied: DeniedCall, chosen: Fallback | undefined): chosen is ToolFallback;
  /**
   * What the agent gets, once the lesser tool has run or it is clear that it does not. It is a call of its own:
   * identity, scope, rules, limits and records like any other, under an id that says where it comes from. It asks
   * nobody, and a denial of it has no lesser tool in its turn.
   */
  run(fallback: ToolFallback, from: HopFrom, host: HopHost): Denial | Promise<Denial>;
}

/** A fallback to a lesser tool. */
export type ToolFallback = Extract<Fallback, { readonly kind: "tool" }>;

/** The denied call. */
export interface HopFrom {
  readonly denied: DeniedCall;
  readonly call: CallInput;
  /** What the agent gets where the lesser tool does not run, or fails. */
  readonly instead: Denial;
  /** The caller's tools by name. */
  readonly find: (tool: string) => FallbackTool | undefined;
}

/** What the guard does for a hop. */
export interface HopHost {
  /** As `guard.run`. */
  run(call: CallInput, execute: Execute<unknown>, options: RunOptions<unknown>): unknown;
  /** Told once what the agent gets: when the lesser tool begins to run, or when it is clear that it does not. */
  settled(kind: Denial["kind"]): void;
  readonly mark: typeof markDenial;
}

/**
 * Not while the call may still be approved, nor once it has begun, or both would have run; not for one of two calls under
 * one id; and not again and again, for a model that does not stop trying.
 */
const WITHOUT_HOP: ReadonlySet<string> = new Set([
  "review_pending",
  "approval_superseded",
  "approval_used",
  "cannot_wait",
  "duplicate_call_id",
  "repeated",
]);

const REFUSED = Symbol("refused");

export const hop: Hop = {
  isFor: ({ decision, request }, chosen): chosen is ToolFallback =>
    chosen?.kind === "tool" && request !== null && !WITHOUT_HOP.has(decision.code),

  run({ tool, arguments: template }, { denied, call, instead, find }, host) {
    const { evaluator, request } = denied;
    const id = `${denied.id ?? ""}#fallback`;
    let ran = false;
    const refused = (): Denial => {
      if (!ran) host.settled(instead.kind);
      return instead;
    };
    const done = (result: unknown): Denial => {
      if (result === REFUSED) return refused();
      const message = `${instead.message}\nInstead, ${tool} ran, and the result is its own.`;
      return host.mark({ ...instead, kind: "tool", message, tool, id, result });
    };
    const run = (
      { definition, execute }: FallbackTool,
      args: unknown,
    ): Denial | Promise<Denial> => {
      const { ticket, batch } = call;
      const turn = batch === undefined ? {} : { batch };
      const result = host.run(
        { ticket, id, tool, arguments: args, definition, ...turn },
        (effective, context) => {
          ran = true;
          host.settled("tool");
          return lastPart(execute(effective, context));
        },
        { reviews: false, denied: () => REFUSED },
      );
      return result instanceof Promise ? result.then(done) : done(result);
    };
    try {
      const args = request === null ? undefined : evaluator?.hopArguments(template, request);
      const lesser = tool === denied.tool || args === undefined ? undefined : find(tool);
      if (lesser === undefined) return refused();
      const read = lesser.read === undefined ? args : lesser.read(structuredClone(args));
      const made =
        read instanceof Promise ? read.then((given) => run(lesser, given)) : run(lesser, read);
      return made instanceof Promise ? made.catch(refused) : made;
    } catch {
      // Whatever goes wrong here, the denied call stays denied, and its own words say so.
      return refused();
    }
  },
};

/** What a stream comes to, as frameworks have it that show every part and keep the last. */
function lastPart(made: unknown): unknown {
  if (made instanceof Promise) return made.then(lastPart);
  const isStream = typeof made === "object" && made !== null && Symbol.asyncIterator in made;
  return isStream ? drained(made as AsyncIterable<unknown>) : made; // as was just seen
}

async function drained(stream: AsyncIterable<unknown>): Promise<unknown> {
  let last: unknown;
  for await (const part of stream) last = part;
  return last;
}
