import { InterlatchError } from "../errors/errors.ts";
import type { Expression } from "../policy/expression.ts";
import { compileField, compileHas, compileIndex } from "./access.ts";
import { compileArithmetic } from "./arithmetic.ts";
import { compileCall } from "./call.ts";
import { compileList, compileMap } from "./collection.ts";
import { compileCompare } from "./compare.ts";
import { compileComprehension } from "./comprehension.ts";
import { compileAnd, compileIf, compileNegate, compileNot, compileOr, truth } from "./logic.ts";
import { compileMatches } from "./matches.ts";
import type { Compilation, Frame, Node } from "./node.ts";
import type { PatternCompiler } from "./pattern.ts";
import type { CallScope, CostBudget } from "./scope.ts";
import { compileShortcut } from "./shortcut.ts";
import type { EvaluationError, Result } from "./value.ts";
import { compileConstant, compileLocal, compileVariable } from "./variable.ts";

/** A compiled expression: its value for one call, or why it has none. Never throws; charges the budget. */
export type Program = (scope: CallScope, budget: CostBudget) => Result;

/** A compiled condition: true, false, or an error, which is never taken for either. */
export type Condition = (scope: CallScope, budget: CostBudget) => boolean | EvaluationError;

/** How an expression is compiled. */
export interface CompileOptions {
  /** Whether common shapes take their short cut; `true` unless a test compares both ways. */
  readonly shortcuts?: boolean;
}

/**
 * Compiles an expression into a closure. The shape and the bounds of the expression were checked by
 * `validatePolicy`; no text is parsed here and nothing is evaluated.
 *
 * @param expression - from a validated policy
 * @param patterns - RE2, from `loadPatternCompiler`; `null` where the policy holds no pattern
 * @throws InterlatchError `ERR_BUNDLE_POLICY` for a pattern RE2 refuses, or a local name that nothing binds
 */
export function compileExpression(
  expression: Expression,
  patterns: PatternCompiler | null,
  options: CompileOptions = {},
): Program {
  const { node, frame } = compileRoot(expression, patterns, options);
  return (scope, budget) => node(scope, budget, frame);
}

/**
 * Compiles a condition: an expression whose value must be true or false; anything else is an error.
 *
 * @example
 * ```ts
 * import { EXPRESSION_LIMITS } from "@interlatch/core";
 * import type { CallScope } from "./scope.ts";
 * declare const scope: CallScope;
 * const condition = compileCondition({ kind: "literal", value: true }, null);
 * const held = condition(scope, { left: EXPRESSION_LIMITS.costPerDecision });
 * if (held === true) console.log("the rule matches");
 * ```
 * @throws InterlatchError `ERR_BUNDLE_POLICY`, as {@link compileExpression}
 */
export function compileCondition(
  expression: Expression,
  patterns: PatternCompiler | null,
  options: CompileOptions = {},
): Condition {
  const { node, frame } = compileRoot(expression, patterns, options);
  return (scope, budget) => truth(node(scope, budget, frame));
}

function compileRoot(
  expression: Expression,
  patterns: PatternCompiler | null,
  { shortcuts = true }: CompileOptions,
): { readonly node: Node; readonly frame: Frame } {
  const slots = { count: 0 };
  const node = compilationOf(patterns, [], shortcuts, slots).compile(expression);
  // One frame for all evaluations: they are synchronous, and nothing in them calls back.
  return { node, frame: Array.from({ length: slots.count }, () => null) };
}

function compilationOf(
  patterns: PatternCompiler | null,
  locals: readonly string[],
  shortcuts: boolean,
  slots: { count: number },
): Compilation {
  slots.count = Math.max(slots.count, locals.length);
  const compilation: Compilation = {
    patterns,
    locals,
    shortcuts,
    slots,
    compile: (expression) => compileNode(expression, compilation),
    binding: (name) => compilationOf(patterns, [...locals, name], shortcuts, slots),
  };
  return compilation;
}

function compileNode(expression: Expression, compilation: Compilation): Node {
  const shortcut = compilation.shortcuts ? compileShortcut(expression, compilation) : null;
  return shortcut ?? compileGeneric(expression, compilation);
}

function compileGeneric(expression: Expression, compilation: Compilation): Node {
  switch (expression.kind) {
    case "literal":
      return compileConstant(expression.value);
    case "variable":
      return compileVariable(expression.name);
    case "local":
      return compileLocal(slotOf(expression.name, compilation));
    case "field":
      return compileField(expression, compilation);
    case "has":
      return compileHas(expression, compilation);
    case "index":
      return compileIndex(expression, compilation);
    case "list":
      return compileList(expression, compilation);
    case "map":
      return compileMap(expression, compilation);
    case "not":
      return compileNot(expression, compilation);
    case "negate":
      return compileNegate(expression, compilation);
    case "and":
      return compileAnd(expression, compilation);
    case "or":
      return compileOr(expression, compilation);
    case "if":
      return compileIf(expression, compilation);
    case "compare":
      return compileCompare(expression, compilation);
    case "arithmetic":
      return compileArithmetic(expression, compilation);
    case "comprehension":
      return compileComprehension(expression, compilation);
    case "matches":
      return compileMatches(expression, compilation);
    case "call":
      return compileCall(expression, compilation);
  }
}

/** The innermost binding of the name wins, as in any language with nested scopes. */
function slotOf(name: string, { locals }: Compilation): number {
  const slot = locals.lastIndexOf(name);
  if (slot < 0) throw new InterlatchError("ERR_BUNDLE_POLICY", `Nothing binds the name "${name}".`);
  return slot;
}
