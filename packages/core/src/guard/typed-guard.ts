import type { Decision } from "../decision/decision.ts";
import type { Denial } from "../fallback/denial.ts";
import type { CallInput, ExecutionContext, Guard, RunOptions } from "./guard.ts";
import type { Identity, Ticket, TicketOptions } from "./identity.ts";

/** What a policy declares, as types: `Types` of the file that `interlatch types` writes. */
export interface PolicyTypes {
  /** The arguments of each tool. */
  readonly tools: object;
  /** What the host hands over with an identity, where the policy has a shape for it. */
  readonly facts?: object;
}

/** The tools of a policy. */
export type ToolNameOf<Types extends PolicyTypes> = keyof Types["tools"] & string;

/** A call of a tool that the policy declares. Its arguments may come from a model, and are anything. */
export interface TypedCall<Name extends string> extends CallInput {
  readonly tool: Name;
}

/** An identity with the facts that the policy's shape wants; any facts where it has none. */
export type TypedIdentity<Types extends PolicyTypes> = Types extends { readonly facts: object }
  ? Omit<Identity, "facts"> & Pick<Types, "facts">
  : Identity;

/**
 * A guard whose tools and facts the compiler knows: of `createGuard<Types>`, with what `interlatch types` made of the
 * policy. The types say what was true of the policy when they were made; what counts is the bundle. Under a policy in
 * force, `execute` gets arguments that fit the tool's schema there.
 *
 * @example
 * ```ts
 * import type { TypedGuard } from "@interlatch/core";
 * interface Types {
 *   readonly tools: { readonly refund: { readonly order: number; readonly amount: number } };
 *   readonly facts: { readonly region: string };
 * }
 * declare const guard: TypedGuard<Types>;
 * declare const asked: { readonly id: string; readonly arguments: unknown };
 * const ticket = guard.for({ agent: { id: "desk-bot" }, facts: { region: "eu" } });
 * await guard.run({ ticket, tool: "refund", ...asked }, ({ amount }) => `refunded ${amount}`);
 * ```
 */
export interface TypedGuard<Types extends PolicyTypes> extends Guard {
  for(identity: TypedIdentity<Types>, options?: TicketOptions): Ticket;
  decide(call: TypedCall<ToolNameOf<Types>>): Decision;
  run<Name extends ToolNameOf<Types>, Result, Denied = Denial>(
    call: TypedCall<Name>,
    execute: (args: Types["tools"][Name], context: ExecutionContext) => Result,
    options?: RunOptions<Denied>,
  ): Result | Denied | Promise<Awaited<Result> | Denied>;
}
