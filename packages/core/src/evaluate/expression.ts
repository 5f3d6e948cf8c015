import { InterlatchError } from "../errors/errors.ts";
import { needed, type Parts } from "../parts/parts.ts";
import type { Expression } from "../policy/expression.ts";
import { compileField, compileHas, compileIndex } from "./access.ts";
import { compileCall } from "./call.ts";
import { compileList, compileMap } from "./collection.ts";
import { compileCompare } from "./compare.ts";
import { compileAnd, compileIf, compileNegate, compileNot, compileOr, truth } from "./logic.ts";
import { compileMatches } from "./matches.ts";
import type { Compilation, Frame, Node } from "./node.ts";
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
  /** Told of each part that was evaluated, after its own parts. Without short cuts, which have no parts. */
  readonly observe?: Observe;
}

/** Hears what a part of an expression came to. */
export type Observe = (part: Expression, result: Result) => void;

/**
 * Compiles an expression into a closure. The shape and the bounds of the expression were checked by
 * `validatePolicy`; no text is parsed here and nothing is evaluated.
 *
 * @param expression - from a validated policy
 * @param parts - what was loaded for the policy
 * @throws InterlatchError `ERR_BUNDLE_POLICY` for a pattern without a program, a local name that nothing binds, or
 * a part that was not loaded
 */
export function compileExpression(
  expression: Expression,
  parts: Parts,
  options: CompileOptions = {},
): Program {
  const { node, frame } = compileRoot(expression, parts, options);
  return (scope, budget) => node(scope, budget, frame);
}

/**
 * Compiles a condition: an expression whose value must be true or false; anything else is an error.
 *
 * @example
 * ```ts
 * import { EXPRESSION_LIMITS } from "@interlatch/core";
 * import { NO_PARTS } from "../parts/parts.ts";
 * import type { CallScope } from "./scope.ts";
 * declare const scope: CallScope;
 * const condition = compileCondition({ kind: "literal", value: true }, NO_PARTS);
 * const held = condition(scope, { left: EXPRESSION_LIMITS.costPerDecision });
 * if (held === true) console.log("the rule matches");
 * ```
 * @throws InterlatchError `ERR_BUNDLE_POLICY`, as {@link compileExpression}
 */
export function compileCondition(
  expression: Expression,
  parts: Parts,
  options: CompileOptions = {},
): Condition {
  const { node, frame } = compileRoot(expression, parts, options);
  return (scope, budget) => truth(node(scope, budget, frame));
}

function compileRoot(
  expression: Expression,
  parts: Parts,
  { shortcuts = true, observe }: CompileOptions,
): { readonly node: Node; readonly frame: Frame } {
  const slots = { count: 0 };
  const compile =
    observe === undefined
      ? compileNode
      : (part: Expression, around: Compilation): Node => observed(part, around, observe);
  const node = compilationOf(parts, [], shortcuts, slots, compile).compile(expression);
  // One frame for all evaluations: they are synchronous, and nothing in them calls back.
  return { node, frame: Array.from({ length: slots.count }, () => null) };
}

function compilationOf(
  parts: Parts,
  locals: readonly string[],
  shortcuts: boolean,
  slots: { count: number },
  compile: (expression: Expression, compilation: Compilation) => Node,
): Compilation {
  slots.count = Math.max(slots.count, locals.length);
  const compilation: Compilation = {
    parts,
    locals,
    shortcuts,
    slots,
    compile: (expression) => compile(expression, compilation),
    binding: (name) => compilationOf(parts, [...locals, name], shortcuts, slots, compile),
  };
  return compilation;
}

function compileNode(expression: Expression, compilation: Compilation): Node {
  const shortcut = compilation.shortcuts ? compileShortcut(expression, compilation) : null;
  return shortcut ?? compileGeneric(expression, compilation);
}

/** The general form, with a word to the observer after each evaluation. */
function observed(expression: Expression, compilation: Compilation, observe: Observe): Node {
  const node = compileGeneric(expression, compilation);
  return (scope, budget, frame) => {
    const result = node(scope, budget, frame);
    observe(expression, result);
    return result;
  };
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
      return needed(compilation.parts, "operations").arithmetic(expression, compilation);
    case "comprehension":
      return needed(compilation.parts, "operations").comprehension(expression, compilation);
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
