import { InterlatchError, type Denial } from "@interlatch/core";
import { isMethod, isSearch, type AnyTool, type AnyTools, type Bond, type Method } from "./bond.ts";
import { cleanedMembers, digestOf, shareDigest } from "./definition.ts";
import { isDeniedOutput, outputOf } from "./denied-output.ts";
import { isEdited, runEdited } from "./edited.ts";
import { noteEnd } from "./end.ts";
import { guardHooks } from "./input-hooks.ts";
import { lesserTool, rememberOriginal } from "./lesser-tool.ts";
import { guardModelOutput, noteRewrites } from "./model-output.ts";
import { guardNeedsApproval, guardSearch, ownNeedsApproval, takeDenial } from "./needs-approval.ts";
import { noteHanded } from "./results.ts";
import { orElse } from "./schema.ts";

/** Registered globally, so that two installed copies of this package know each other's tools. */
const MARK = Symbol.for("interlatch.ai-sdk.guarded");

/** Stands on a guarded `execute`, and not on its tool: a copy of the tool with another `execute` is not guarded. */
interface Mark extends Pick<Bond, "guard" | "ticket"> {
  readonly name: string;
}

/** Whether a tool runs through this guard, with this ticket, under this name. */
export function isGuarded(tool: AnyTool | undefined, name: string, bond: Bond): boolean {
  const mark = markOf(tool?.execute);
  return mark?.guard === bond.guard && mark.ticket === bond.ticket && mark.name === name;
}

/**
 * A copy of a tool that runs through the guard. It keeps prototype, symbols and hidden properties; a tool
 * that nothing has to be changed of comes back as it is.
 *
 * Throws `ERR_OPTIONS` for a tool that this guard already guards with another ticket or under another name:
 * one of the two identities would otherwise go unasked. A tool of another guard is guarded by both.
 *
 * @param siblings - the tools that are guarded together: one of them may run in its place
 */
export function guardTool(tool: AnyTool, name: string, siblings: AnyTools, bond: Bond): AnyTool {
  if (isGuarded(tool, name, bond)) return tool;
  if (markOf(tool.execute)?.guard === bond.guard) {
    throw new InterlatchError(
      "ERR_OPTIONS",
      `The tool ${name} is already guarded with another ticket or under another name. Guard the original tool.`,
    );
  }
  const { execute, outputSchema } = tool;
  const hooks = { ...guardHooks(tool, name, bond), ...cleanedMembers(tool, name, bond.guard) };
  if (isSearch(tool)) {
    const isDone = ownNeedsApproval(tool) !== tool.needsApproval;
    const needsApproval = isDone ? tool.needsApproval : guardSearch(tool, name, bond);
    return withMembers(tool, { ...hooks, needsApproval });
  }
  if (!isMethod(execute)) return Object.keys(hooks).length === 0 ? tool : withMembers(tool, hooks);
  return withMembers(tool, {
    ...hooks,
    execute: guardExecute(execute, tool, name, siblings, bond),
    toModelOutput: guardModelOutput(tool, name, siblings, bond),
    ...(bond.conversation === null ? {} : { needsApproval: guardNeedsApproval(tool, name, bond) }),
    // A history with a denied call in it must stay valid, or the conversation could never go on.
    ...(outputSchema === undefined ? {} : { outputSchema: orElse(outputSchema, isDeniedOutput) }),
  });
}

/** What the SDK gives to `execute` beside the input. */
interface ExecutionOptions {
  readonly toolCallId?: string;
  readonly messages?: unknown;
  readonly abortSignal?: AbortSignal;
}

/**
 * An `execute` that returns what the tool returns, in the same form: a promise around a stream would reach
 * the SDK as an empty object.
 */
function guardExecute(
  execute: Method,
  tool: AnyTool,
  name: string,
  siblings: AnyTools,
  bond: Bond,
): Method {
  const { guard, ticket } = bond;
  const definition = digestOf(tool, name);
  const stream = isAsyncGeneratorFunction(execute) || bond.streams.has(name);
  // People were asked before the SDK came here, or nobody was: this is no place to ask and none to wait.
  const reviews =
    bond.conversation === null ? {} : ({ reviews: "opened", reviewTimeout: 0 } as const);
  const guarded: Method = (...[input, given]) => {
    const options = (given ?? {}) as ExecutionOptions; // code that calls a tool itself may give none
    const { toolCallId: id, messages } = options;
    noteHanded(input);
    const met = takeDenial(input);
    const denied = (denial: Denial): unknown => {
      noteEnd(id, denial, bond);
      return outputOf(denial);
    };
    if (met !== undefined) return denied(met);
    // All calls of one step get the same array.
    const batch = typeof messages === "object" && messages !== null ? { batch: messages } : {};
    return guard.run(
      { ticket, id, tool: name, definition, arguments: input, ...batch },
      (effective, { decision }) => {
        // The run may have ended while somebody was asked.
        options.abortSignal?.throwIfAborted();
        noteRewrites(input, decision.rewrites);
        const run = (of: unknown): unknown => Reflect.apply(execute, tool, [of, given]);
        const made = isEdited(decision.rewrites)
          ? runEdited(tool, effective, stream, run)
          : run(effective);
        return made instanceof Promise ? made.then(noStream) : made;
      },
      {
        denied,
        stream,
        fallbackTool: (other) => lesserTool(other, siblings, options, guard),
        ...reviews,
      },
    );
  };
  const mark: Mark = { guard, ticket, name };
  shareDigest(guarded, tool, name);
  rememberOriginal(guarded, tool, guard);
  return Object.defineProperty(guarded, MARK, { value: mark });
}

/**
 * The SDK does not read a stream that is promised: it takes the generator itself for the output, runs nothing of it,
 * and the call would never end.
 */
function noStream(output: unknown): unknown {
  if (Object.prototype.toString.call(output) !== "[object AsyncGenerator]") return output;
  throw new TypeError(
    "The AI SDK does not read a promise of a stream. Make `execute` an async generator function.",
  );
}

function markOf(execute: unknown): Mark | undefined {
  if (!isMethod(execute) || !Object.hasOwn(execute, MARK)) return undefined;
  return (execute as Method & { readonly [MARK]: Mark })[MARK]; // only `guardExecute` sets it
}

function isAsyncGeneratorFunction(execute: Method): boolean {
  return Object.prototype.toString.call(execute) === "[object AsyncGeneratorFunction]";
}

/** A copy of an object with some members replaced, whether it has them itself or inherits them. */
function withMembers<Whole extends object>(whole: Whole, members: object): Whole {
  const descriptors = {
    ...Object.getOwnPropertyDescriptors<object>(whole),
    ...Object.getOwnPropertyDescriptors(members),
  };
  // The same members as before, by name.
  return Object.create(Object.getPrototypeOf(whole), descriptors) as Whole;
}
