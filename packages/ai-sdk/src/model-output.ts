import { rewriteNote, type Rewrite } from "@interlatch/core";
import { isMethod, type AnyTool, type Method } from "./bond.ts";
import { isDeniedOutput, reasonOf } from "./denied-output.ts";

/** The forms of a tool's output for the model that this adapter makes or adds to; both majors know them. */
type ModelOutput =
  | { readonly type: "text" | "error-text"; readonly value: string }
  | { readonly type: "json" | "error-json"; readonly value: unknown }
  | { readonly type: "content"; readonly value: readonly unknown[] }
  | { readonly type: "execution-denied"; readonly reason?: string };

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
  readonly input: unknown;
  readonly output: unknown;
}

/**
 * A `toModelOutput` that says `execution-denied` for a denied call and keeps the tool's own for all others,
 * with a note where the policy changed the arguments.
 */
export function guardModelOutput(tool: AnyTool): Method {
  const own = tool.toModelOutput;
  // The SDK calls it with one object of this shape.
  return (...[call]) => modelOutput(tool, own, call as OutputOfCall);
}

function modelOutput(tool: AnyTool, own: unknown, call: OutputOfCall): unknown {
  const { input, output } = call;
  if (isDeniedOutput(output)) return { type: "execution-denied", reason: reasonOf(output) };
  const made = isMethod(own) ? Reflect.apply(own, tool, [call]) : plainOutput(output);
  const note = typeof input === "object" && input !== null ? notes.get(input) : undefined;
  return note === undefined ? made : Promise.resolve(made).then((words) => withNote(words, note));
}

/** What the SDK makes of an output whose tool has no `toModelOutput`. */
function plainOutput(output: unknown): ModelOutput {
  if (typeof output === "string") return { type: "text", value: output };
  const text = JSON.stringify(output) as string | undefined; // undefined for what JSON cannot say
  return { type: "json", value: text === undefined ? null : JSON.parse(text) };
}

function withNote(made: unknown, note: string): ModelOutput {
  // A tool's own `toModelOutput` gives one of the SDK's forms.
  const output = made as ModelOutput;
  const textPart = (text: string): object => ({ type: "text", text });
  switch (output.type) {
    case "text":
      return { type: "content", value: [textPart(output.value), textPart(note)] };
    case "json":
      return { type: "content", value: [textPart(JSON.stringify(output.value)), textPart(note)] };
    case "content":
      return { ...output, value: [...output.value, textPart(note)] };
    case "error-text":
      return { ...output, value: `${output.value}\n${note}` };
    case "error-json":
      return { ...output, type: "error-text", value: `${JSON.stringify(output.value)}\n${note}` };
    case "execution-denied":
      return { ...output, reason: [output.reason, note].filter(Boolean).join(" ") };
  }
}
