import { rewriteNote, type Rewrite } from "@interlatch/core";
import { isMethod, ownTool, type AnyTool, type AnyTools, type Bond, type Method } from "./bond.ts";
import { deniedIn, isDeniedOutput } from "./denied-output.ts";
import { wasHanded } from "./results.ts";

/** The forms of a tool's output for the model that a note can stand beside; both majors know them. */
type ModelOutput =
  | { readonly type: "text" | "json" | "error-text" | "error-json"; readonly value: unknown }
  | { readonly type: "content"; readonly value: readonly unknown[] };

/**
 * What the model must be told of a call, by the input object that the SDK hands to `execute` and again to
 * `toModelOutput`. The output itself stays what the application's types say it is.
 */
const notes = new WeakMap<object, string>();

/** Remembers how the policy changed a call, until its output is turned into words for the model. */
export function noteRewrites(input: unknown, rewrites: readonly Rewrite[]): void {
  const note = rewriteNote(rewrites);
  if (note !== null && typeof input === "object" && input !== null) notes.set(input, note);
}

/** What the SDK gives to `toModelOutput`. */
interface OutputOfCall {
  readonly toolCallId: string;
  readonly input: unknown;
  readonly output: unknown;
}

/**
 * A `toModelOutput` that says `execution-denied` for a denied call and keeps the tool's own for all others,
 * with a note where the policy changed the arguments.
 */
export function guardModelOutput(
  tool: AnyTool,
  name: string,
  siblings: AnyTools,
  { results }: Bond,
): Method {
  const own = tool.toModelOutput;
  return (...[given]) => {
    const call = given as OutputOfCall; // the SDK calls it with one object of this shape
    const { toolCallId: id, input, output } = call;
    // The same is asked about the outputs of a history, which are not of this process.
    const kept = wasHanded(input) ? results.keep({ id, tool: name, input }, { output }) : undefined;
    const made = modelOutput(tool, own, siblings, call);
    return kept === undefined ? made : kept.then(() => made);
  };
}

function modelOutput(tool: AnyTool, own: unknown, siblings: AnyTools, call: OutputOfCall): unknown {
  const { input, output } = call;
  if (isDeniedOutput(output)) {
    const { reason, instead } = deniedIn(output);
    if (instead === undefined) return { type: "execution-denied", reason };
    return lesserOutput(instead, siblings, call).then((words) => withNote(words, reason));
  }
  const made = isMethod(own) ? Reflect.apply(own, tool, [call]) : plainOutput(output);
  const note = typeof input === "object" && input !== null ? notes.get(input) : undefined;
  return note === undefined ? made : Promise.resolve(made).then((words) => withNote(words, note));
}

/** A lesser tool's output in its own words. What it was called with is not known here, and may be what it fails on. */
async function lesserOutput(
  { tool: name, output }: NonNullable<ReturnType<typeof deniedIn>["instead"]>,
  siblings: AnyTools,
  { toolCallId }: OutputOfCall,
): Promise<unknown> {
  const lesser = ownTool(siblings, name);
  const own = lesser?.toModelOutput;
  try {
    if (!isMethod(own)) return plainOutput(output);
    return await Reflect.apply(own, lesser, [{ toolCallId, input: {}, output }]);
  } catch {
    return plainOutput(output);
  }
}

/** What the SDK makes of an output whose tool has no `toModelOutput`. */
function plainOutput(output: unknown): ModelOutput {
  if (typeof output === "string") return { type: "text", value: output };
  const text = JSON.stringify(output) as string | undefined; // undefined for what JSON cannot say
  return { type: "json", value: text === undefined ? null : JSON.parse(text) };
}

function withNote(made: unknown, note: string): unknown {
  // A tool's own `toModelOutput` gives one of the SDK's forms; one that is not known here stays as it is.
  const output = made as ModelOutput;
  switch (output.type) {
    case "text":
    case "json":
      return { type: "content", value: [textPart(asText(output.value)), textPart(note)] };
    case "content":
      return { ...output, value: [...output.value, textPart(note)] };
    case "error-text":
    case "error-json":
      return { type: "error-text", value: `${asText(output.value)}\n${note}` };
    default:
      return output;
  }
}

function textPart(text: string): object {
  return { type: "text", text };
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
