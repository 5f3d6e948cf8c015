import { InterlatchError } from "@interlatch/core";

// What a host hands over is checked while whoever made a mistake can still be told. Later it would be a denial of every
// call, or an error of another package's inside a run.

/** Checks that it is a guard. Throws `ERR_OPTIONS`, as all checks here. */
export function checkGuard(guard: unknown): void {
  if (hasMethods(guard, ["run", "decide", "open"])) return;
  throw new InterlatchError(
    "ERR_OPTIONS",
    "The first argument of guardAI must be a guard. `createGuard` gives a promise of one: await it.",
  );
}

/** Checks the names of tools that stream. */
export function checkStreams(streams: unknown): readonly string[] {
  if (streams === undefined) return [];
  if (Array.isArray(streams) && streams.every((name) => typeof name === "string")) return streams;
  throw new InterlatchError("ERR_OPTIONS", '`streams` must be a list of tool names: ["tail_log"].');
}

/** Checks when input hooks are to run; says whether it is before any decision. */
export function checkInputHooks(inputHooks: unknown): boolean {
  if (inputHooks === undefined) return false;
  if (inputHooks === "before-decision") return true;
  throw new InterlatchError(
    "ERR_OPTIONS",
    '`inputHooks` must be "before-decision", or be left out to run them for allowed calls alone.',
  );
}

/** Checks which outputs of a history reach the model; says whether it is any of them. */
export function checkOutputs(outputs: unknown): boolean {
  if (outputs === undefined) return false;
  if (outputs === "any") return true;
  throw new InterlatchError(
    "ERR_OPTIONS",
    '`outputs` must be "any", or be left out to let recorded outputs alone reach the model.',
  );
}

/** Checks that these are tools by name: a list of them would be judged by its numbers. */
export function checkTools(tools: unknown): void {
  if (!isObject(tools) || Array.isArray(tools)) {
    throw new InterlatchError(
      "ERR_OPTIONS",
      "The tools must be an object of tools by name, as the AI SDK takes them: { search: tool({ … }) }.",
    );
  }
  for (const [name, tool] of Object.entries(tools)) {
    if (isObject(tool)) continue;
    throw new InterlatchError(
      "ERR_OPTIONS",
      `The tool ${JSON.stringify(name)} must be an object, as \`tool({ … })\` of the AI SDK makes one.`,
    );
  }
}

/** Checks the functions of the SDK's that read a conversation. */
export function checkMessageFunctions(ai: unknown): void {
  if (hasMethods(ai, ["validateUIMessages", "convertToModelMessages"])) return;
  throw new InterlatchError(
    "ERR_OPTIONS",
    "The third argument of messages must hold two functions of `ai`: { validateUIMessages, convertToModelMessages }.",
  );
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof Reflect.get(value, name) === "function");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
