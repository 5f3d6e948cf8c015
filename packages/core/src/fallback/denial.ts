import type { Decision } from "../decision/decision.ts";
import { InterlatchError } from "../errors/errors.ts";
import type { Json } from "../snapshot/json.ts";

/** What the agent gets instead of a denied call. Recognise it with {@link isDenial}. */
export type Denial = MessageDenial | ValueDenial | ToolDenial | RouteDenial | ThrowDenial;

interface DenialBase {
  /** Its effect is `deny`: a review that nobody could answer ended as one. */
  readonly decision: Decision;
  readonly call: { readonly id: string | null; readonly tool: string };
  /** The id of the approval that it is about, where people were asked. */
  readonly approval?: string;
  /** Safe for the model: the fallback's words, or the code's. Also there for what is no message, as its explanation. */
  readonly message: string;
  /** The call was denied as often as the host lets one be, see `maxRepeatedDenials`: the run is to end here. */
  readonly end?: true;
}
export interface MessageDenial extends DenialBase {
  readonly kind: "message";
}
export interface ValueDenial extends DenialBase {
  readonly kind: "value";
  /** A fresh, ordinary copy. */
  readonly value: Json;
}

/** A lesser tool ran instead: it was allowed, by a decision of its own. */
export interface ToolDenial extends DenialBase {
  readonly kind: "tool";
  /** The tool that ran. `message` says so too. */
  readonly tool: string;
  /** The id that its own records have: that of the denied call, and `#fallback`. */
  readonly id: string;
  /** What it gave; of a stream, the last part. */
  readonly result: unknown;
}
/** The run is to go on at another node of its graph. Whoever knows none gives the message. */
export interface RouteDenial extends DenialBase {
  readonly kind: "route";
  readonly route: string;
}
/** `guard.run` throws it as a {@link DeniedError}: the host allows that, and the policy wants it. */
export interface ThrowDenial extends DenialBase {
  readonly kind: "throw";
}

/** What `guard.run` throws for a denied call, where the policy says `throw` and the host `allowThrow`. */
export interface DeniedError extends InterlatchError {
  readonly code: "ERR_DENIED";
  readonly denial: ThrowDenial;
}

/**
 * A denial as an exception, for an adapter that opens calls and has to throw where `guard.run` would.
 *
 * @example
 * ```ts
 * import { deniedError, type Denial } from "@interlatch/core";
 * declare const denial: Denial;
 * if (denial.kind === "throw") throw deniedError(denial);
 * ```
 */
export function deniedError(denial: ThrowDenial): DeniedError {
  // Its code is the one given.
  return Object.assign(new InterlatchError("ERR_DENIED", denial.message), {
    denial,
  }) as DeniedError;
}

/** Registered globally, so that the mark is the same in two installed copies of this package. */
const MARK = Symbol.for("interlatch.denial");

/** Inherits nothing: with a polluted `Object.prototype.get` it would be no descriptor, and a denial would throw. */
const MARKED: PropertyDescriptor = Object.assign(Object.create(null) as object, { value: true });

/** Marks and freezes a denial. */
export function markDenial<Kind extends Denial>(denial: Kind): Kind {
  Object.defineProperty(denial, MARK, MARKED);
  return Object.freeze(denial);
}

/**
 * Whether what `guard.run` gave is a {@link Denial} and not the tool's result. JSON cannot carry the mark,
 * so data that looks like a denial is none.
 *
 * @example
 * ```ts
 * import { isDenial, type Guard, type Ticket } from "@interlatch/core";
 * declare const guard: Guard;
 * declare const ticket: Ticket;
 * const result = await guard.run(
 *   { ticket, id: "c1", tool: "refund", arguments: { order: 7 } },
 *   (args: { order: number }) => `refunded ${args.order}`,
 * );
 * console.log(isDenial(result) ? result.message : result);
 * ```
 */
export function isDenial(value: unknown): value is Denial {
  return typeof value === "object" && value !== null && MARK in value;
}
