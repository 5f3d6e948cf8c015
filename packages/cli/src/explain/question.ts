import { resolve } from "node:path";
import type { Identity, JsonObject } from "@interlatch/core";
import { InterlatchError } from "@interlatch/core";
import { nearest } from "@interlatch/policy";
import { wrongUse } from "../arguments.ts";
import { readText } from "../files.ts";
import type { Io } from "../io.ts";

/** A call to be explained: what is called, by whom, when. */
export interface Question {
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly identity: Identity;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** The options that describe a call. */
export interface QuestionOptions {
  readonly tool?: string | undefined;
  readonly arguments?: string | undefined;
  readonly agent?: string | undefined;
  readonly user?: string | undefined;
  readonly tenant?: string | undefined;
  readonly session?: string | undefined;
  readonly facts?: string | undefined;
  readonly context?: string | undefined;
  readonly time?: string | undefined;
  readonly file?: string | undefined;
}

/**
 * The call that the options describe, or that a file holds: `{ "call": { "tool", "arguments" }, "identity": { "agent" } }`.
 *
 * @throws ERR_OPTIONS, ERR_FILE
 */
export async function readQuestion(io: Io, options: QuestionOptions): Promise<Question> {
  return options.file === undefined ? ofOptions(io, options) : ofFile(io, options.file, options);
}

function ofOptions(io: Io, options: QuestionOptions): Question {
  const { tool, agent, tenant, session } = options;
  if (tool === undefined) {
    throw wrongUse(
      "What shall be explained? Name a call: --tool NAME --arguments '{…}' --agent '{\"id\":\"a1\"}'.",
    );
  }
  if (agent === undefined) {
    throw wrongUse(
      '--agent is missing: who calls, as JSON: --agent \'{"id":"a1","roles":["clerk"]}\'.',
    );
  }
  const identity = {
    session: session ?? "explain",
    agent: objectIn("--agent", agent),
    ...(options.user === undefined ? {} : { user: objectIn("--user", options.user) }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(options.facts === undefined ? {} : { facts: objectIn("--facts", options.facts) }),
    ...(options.context === undefined ? {} : { context: objectIn("--context", options.context) }),
  };
  return {
    tool,
    arguments: objectIn("--arguments", options.arguments ?? "{}"),
    // Its parts are JSON; the guard checks what they say.
    identity: identity as unknown as Identity,
    time: timeOf(io, "--time", options.time),
  };
}

async function ofFile(io: Io, file: string, options: QuestionOptions): Promise<Question> {
  if (options.tool !== undefined) throw wrongUse("Either --call or --tool, not both.");
  const whole = objectIn(file, await readText(resolve(io.cwd, file), file));
  refuseUnknown(file, whole, ["call", "identity", "facts", "time"]);
  const call = objectAt(file, whole, "call");
  refuseUnknown(`${file}: call`, call, ["id", "tool", "arguments"]);
  const { tool } = call;
  if (typeof tool !== "string") throw wrongUse(`${file}: \`call.tool\` must be a text.`);
  const facts = Object.hasOwn(whole, "facts") ? { facts: objectAt(file, whole, "facts") } : {};
  const identity = { session: "explain", ...objectAt(file, whole, "identity"), ...facts };
  const { time } = whole;
  return {
    tool,
    arguments: Object.hasOwn(call, "arguments") ? objectAt(file, call, "arguments") : {},
    // Its parts are JSON; the guard checks what they say.
    identity: identity as unknown as Identity,
    time: timeOf(io, `${file}: \`time\``, typeof time === "string" ? time : options.time),
  };
}

function objectIn(name: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InterlatchError("ERR_OPTIONS", `${name} is not JSON: ${why}.`, { cause });
  }
  return asObject(name, value);
}

function objectAt(file: string, whole: JsonObject, key: string): JsonObject {
  return asObject(`${file}: \`${key}\``, Object.hasOwn(whole, key) ? whole[key] : undefined);
}

function asObject(name: string, value: unknown): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject; // straight from the JSON parser
  }
  throw wrongUse(`${name} must be a JSON object.`);
}

function refuseUnknown(name: string, value: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  const hint = near === undefined ? `Known: ${known.join(", ")}.` : `Did you mean \`${near}\`?`;
  throw wrongUse(`${name}: \`${unknown}\` is no field. ${hint}`);
}

function timeOf(io: Io, name: string, text: string | undefined): number {
  if (text === undefined) return io.now();
  const time = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}T.+(?:Z|[+-]\d{2}:\d{2})$/.test(text) && Number.isFinite(time))
    return time;
  throw wrongUse(`${name} is an instant like 2026-01-31T09:00:00Z; found ${text}.`);
}
