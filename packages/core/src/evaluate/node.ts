import type { Expression } from "../policy/expression.ts";
import type { Parts } from "../parts/parts.ts";
import type { CallScope, CostBudget } from "./scope.ts";
import type { Result, Value } from "./value.ts";

/** What comprehensions bind, by slot. One frame serves one compiled expression; evaluation is never nested. */
export type Frame = Value[];

/** One expression as a closure. It charges the budget for itself and for the data it touches. */
export type Node = (scope: CallScope, budget: CostBudget, frame: Frame) => Result;

/** What compiling one expression needs to know of its surroundings. */
export interface Compilation {
  /** What was loaded for the policy. */
  readonly parts: Parts;
  /** Names bound by the comprehensions around, outermost first; a slot is an index into this. */
  readonly locals: readonly string[];
  /** Whether common shapes may take their short cut. A test compiles both ways and compares. */
  readonly shortcuts: boolean;
  /** Raised to the number of slots the frame needs. */
  readonly slots: { count: number };
  /** Compiles an operand in the same surroundings. */
  compile(expression: Expression): Node;
  /** The same surroundings inside a comprehension that binds `name`. */
  binding(name: string): Compilation;
}
