import type { Variable } from "../policy/expression.ts";
import { BUDGET_EXHAUSTED } from "./cost.ts";
import type { Node } from "./node.ts";
import type { CallScope } from "./scope.ts";
import { EvaluationError, Timestamp } from "./value.ts";
import type { Value, ValueMap } from "./value.ts";

/** Where each variable stands in a call; `undefined` means that this call has none, which is an error to read. */
export const READERS: { readonly [Name in Variable]: (scope: CallScope) => Value | undefined } = {
  tool: (scope) => scope.tool,
  arguments: (scope) => scope.arguments,
  agent: (scope) => scope.agent,
  user: (scope) => scope.user,
  tenant: (scope) => scope.tenant,
  data_type: (scope) => scope.dataType,
  operation: (scope) => scope.operation,
  session: (scope) => scope.session,
  facts: (scope) => scope.facts,
  risk: (scope) => scope.risk,
  request: (scope) => requestOf(scope),
  context: (scope) => scope.context,
};

/** The variables that hold a JSON object, whenever they hold anything. */
export const OBJECT_READERS: {
  readonly [Name in Variable]?: (scope: CallScope) => ValueMap | undefined;
} = {
  arguments: (scope) => scope.arguments,
  agent: (scope) => scope.agent,
  user: (scope) => scope.user,
  facts: (scope) => scope.facts,
  context: (scope) => scope.context,
};

function requestOf(scope: CallScope): ValueMap {
  const time = new Timestamp(scope.time);
  return Object.assign(Object.create(null) as { [key: string]: Value }, { time }); // a bare null-prototype object
}

/** Compiles the reading of a variable. */
export function compileVariable(name: Variable): Node {
  const read = READERS[name];
  const absent = absentVariable(name);
  return (scope, budget) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const value = read(scope);
    return value === undefined ? absent : value;
  };
}

/** The error of reading a variable that this call does not have. */
export function absentVariable(name: Variable): EvaluationError {
  return new EvaluationError(`${name} is not known for this call`);
}

/** Compiles the reading of what a comprehension bound. */
export function compileLocal(slot: number): Node {
  return (_scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    // The comprehension that owns the slot fills it before its body runs.
    return frame[slot]!;
  };
}

/** Compiles a constant. */
export function compileConstant(value: Value | EvaluationError): Node {
  return (_scope, budget) => (--budget.left < 0 ? BUDGET_EXHAUSTED : value);
}
