import type { Decision } from "../decision/decision.ts";
import type { Json } from "../snapshot/json.ts";

/** What the agent gets instead of a denied call. Recognise it with {@link isDenial}. */
export type Denial = MessageDenial | ValueDenial;

interface DenialBase {
  /** Its effect is `deny`: a review that nobody could answer ended as one. */
  readonly decision: Decision;
  readonly call: { readonly id: string | null; readonly tool: string };
  /** The id of the approval that it is about, where people were asked. */
  readonly approval?: string;
  /** Safe for the model: the fallback's words, or the code's. Also there for a value, as its explanation. */
  readonly message: string;
}
export interface MessageDenial extends DenialBase {
  readonly kind: "message";
}
export interface ValueDenial extends DenialBase {
  readonly kind: "value";
  /** A fresh, ordinary copy. */
  readonly value: Json;
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
