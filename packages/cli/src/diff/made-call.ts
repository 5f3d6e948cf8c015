import type { Identity } from "@interlatch/core";
import type { Recording } from "../recordings/recording.ts";
import type { Choice } from "./choices.ts";
import { ABSENT, type Candidate, type Slot } from "./slots.ts";

/** A call that a search made up. */
export interface MadeCall extends Recording {
  readonly time: number;
}

/** The call that a choice stands for. */
export function callOf(
  tool: string,
  slots: readonly Slot[],
  choice: Choice,
  now: number,
): MadeCall {
  const whole: Record<string, unknown> = { arguments: {}, agent: { id: "agent", roles: [] } };
  slots.forEach(({ path, candidates }, slot) => {
    const value = candidates[choice[slot] ?? 0];
    if (value !== undefined && value !== ABSENT) put(whole, path, value);
  });
  const { arguments: args, time = now, ...identity } = whole;
  if (Object.hasOwn(identity, "user")) put(identity, ["user", "id"], userId(identity["user"]));
  // Made of JSON values at the paths that calls and identities have; the guard checks them once more.
  return {
    at: "made by the search",
    tool,
    arguments: args as Recording["arguments"],
    identity: { session: "search", ...identity } as unknown as Identity,
    time: Number(time),
  };
}

function userId(user: unknown): Candidate {
  const has = typeof user === "object" && user !== null && "id" in user;
  return has && typeof user.id === "string" ? user.id : "user";
}

/** Puts a value at a path, as an own property whatever its name is. */
function put(
  into: Record<string, unknown>,
  [name = "", ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    Object.defineProperty(into, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
    return;
  }
  const known = Object.hasOwn(into, name) ? into[name] : undefined;
  const isOpen = typeof known === "object" && known !== null && !Array.isArray(known);
  const inner = isOpen ? (known as Record<string, unknown>) : {}; // an object, made here
  if (!isOpen) put(into, [name], inner);
  put(inner, rest, value);
}
