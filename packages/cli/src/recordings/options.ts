import { resolve } from "node:path";
import { InterlatchError, type Identity, type JsonObject } from "@interlatch/core";
import { wrongUse } from "../arguments.ts";
import { readText } from "../files.ts";
import type { Io } from "../io.ts";
import type { StandIn } from "./line.ts";

/** The options that say which recorded calls are meant, and who made those that do not say. */
export const RECORDING_OPTIONS = {
  calls: {
    type: "string",
    valueHint: "FILE",
    description: "Recorded calls, *.jsonl or *.jsonl.gz. Several are fine",
  },
  "skip-bad": { type: "boolean", description: "Goes on past lines that hold no call" },
  agent: {
    type: "string",
    valueHint: "ID",
    description: "Who called, where a line of a public data set does not say",
  },
  role: {
    type: "string",
    valueHint: "NAME",
    description: "A role of that agent. Several are fine",
  },
  as: {
    type: "string",
    valueHint: "FILE",
    description: `The same as a JSON file: {"agent":{"id":"a1","roles":["clerk"]},"user":{"id":"u1"}}`,
  },
} as const;

/** The parts of an identity that a file may give; the session is the trace's own. */
const PARTS = ["agent", "user", "tenant", "facts", "context"] as const;

/**
 * Who made the calls of lines that do not say.
 *
 * @throws ERR_OPTIONS, ERR_FILE
 */
export async function readStandIn(
  io: Io,
  { agent, as }: { readonly agent?: string | undefined; readonly as?: string | undefined },
  roles: readonly string[],
): Promise<StandIn> {
  if (as !== undefined) {
    if (agent !== undefined || roles.length > 0) {
      throw wrongUse("Either --as, or --agent with --role.");
    }
    return { identity: identityIn(as, await readText(resolve(io.cwd, as), as)) };
  }
  if (agent !== undefined) return { identity: { agent: { id: agent, roles } } };
  if (roles.length > 0) throw wrongUse("--role is of an agent: --agent names it.");
  return { identity: undefined };
}

function identityIn(file: string, text: string): Omit<Identity, "session"> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InterlatchError("ERR_OPTIONS", `${file} is not JSON.`, { cause });
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) throw wrongUse(`${file} must hold a JSON object.`);
  const whole = value as JsonObject; // straight from the JSON parser
  const unknown = Object.keys(whole).find((key) => !PARTS.some((part) => part === key));
  if (unknown !== undefined) {
    throw wrongUse(`${file}: \`${unknown}\` is no part of it. Known: ${PARTS.join(", ")}.`);
  }
  if (!Object.hasOwn(whole, "agent")) throw wrongUse(`${file} names no \`agent\`.`);
  // Its parts are JSON; the guard checks what they say.
  return whole as unknown as Omit<Identity, "session">;
}
