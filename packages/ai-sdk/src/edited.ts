import { canonicalJson, type Json, type Rewrite } from "@interlatch/core";
import type { AnyTool } from "./bond.ts";
import { check } from "./schema.ts";

/** Whether a person has changed what the model asked for. */
export function isEdited(rewrites: readonly Rewrite[]): boolean {
  return rewrites.some(({ kind }) => kind === "reviewed");
}

/**
 * Runs a tool on arguments that a reviewer changed, if the tool's own schema takes them. The SDK checks what the model
 * writes and nothing else, so that a change could hand the tool a text for a number, say, past its schema.
 *
 * @param run - gets the arguments as the schema reads them, which has not to change what was judged
 * @param stream - whether the tool streams: a promise around a stream would reach the SDK as an empty object
 */
export function runEdited(
  { inputSchema }: AnyTool,
  edited: unknown,
  stream: boolean,
  run: (input: unknown) => unknown,
): unknown {
  const fitting = fit(inputSchema, edited);
  if (!stream) return fitting.then(run);
  return (async function* () {
    yield* run(await fitting) as AsyncIterable<unknown>; // it was declared to be one
  })();
}

async function fit(schema: unknown, edited: unknown): Promise<unknown> {
  const checked = schema === undefined ? null : await check(schema, edited);
  if (checked === null) return edited;
  if (checked.success && image(checked.value) === image(edited)) return checked.value;
  throw new TypeError(
    "A reviewer changed the arguments to some that the tool's inputSchema does not take, or changes further. Nothing has run: ask for the call again.",
    { cause: checked.success ? undefined : checked.error },
  );
}

/** As JSON has it: a date that the schema reads from a text is the same argument. */
function image(value: unknown): string {
  return canonicalJson(JSON.parse(JSON.stringify(value)) as Json);
}
