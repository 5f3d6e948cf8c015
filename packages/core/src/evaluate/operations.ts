import type { Expression } from "../policy/expression.ts";
import { compileArithmetic } from "./arithmetic.ts";
import { compileComprehension } from "./comprehension.ts";
import type { Compilation, Node } from "./node.ts";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;

/** Calculations and what goes through lists: a part that is loaded where a policy has one. */
export interface Operations {
  arithmetic(expression: Of<"arithmetic">, compilation: Compilation): Node;
  comprehension(expression: Of<"comprehension">, compilation: Compilation): Node;
}

export const OPERATIONS: Operations = {
  arithmetic: compileArithmetic,
  comprehension: compileComprehension,
};
