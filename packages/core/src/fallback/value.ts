import { spend, textCost } from "../evaluate/cost.ts";
import { compileExpression } from "../evaluate/expression.ts";
import type { CallScope, CostBudget } from "../evaluate/scope.ts";
import { isError } from "../evaluate/value.ts";
import type { Parts } from "../parts/parts.ts";
import { fallbacksOf } from "../policy/fallbacks-of.ts";
import type { Policy, ValueTemplate } from "../policy/ir.ts";
import type { Json } from "../snapshot/json.ts";
import { takeSnapshot } from "../snapshot/snapshot.ts";

/** Makes the value for one call, frozen; `undefined` when an expression in it errs. */
export type ValueMaker = (scope: CallScope, budget: CostBudget) => Json | undefined;

/** A part that is loaded where a policy gives a value, or a lesser tool, in place of a denied call. */
export type CompileFallbacks = typeof compileFallbacks;

/**
 * Compiles all that the fallbacks of a policy make: values, and the arguments of lesser tools. With the bundle and not
 * at the first denial: a pattern that is none must refuse the bundle.
 *
 * @returns the maker of one of them
 * @throws InterlatchError `ERR_BUNDLE_POLICY`, as `compileExpression`
 */
export function compileFallbacks(
  policy: Policy,
  parts: Parts,
): (template: ValueTemplate) => ValueMaker {
  const makers = new WeakMap<ValueTemplate, ValueMaker>();
  const makerOf = (template: ValueTemplate): ValueMaker => {
    let make = makers.get(template);
    if (make === undefined) makers.set(template, (make = compileValue(template, parts)));
    return make;
  };
  for (const one of fallbacksOf(policy)) {
    if (one?.kind === "value") makerOf(one.value);
    if (one?.kind === "tool") makerOf(one.arguments);
  }
  return makerOf;
}

/**
 * Compiles the value of a fallback. `{expression}` alone gives the value itself, inside text its string
 * form; an expression that errs, or gives no JSON, makes the whole value `undefined`. So does a value beyond
 * `ARGUMENT_LIMITS`: an expression that puts a list into itself at each of its items is small as long as nobody
 * looks at all of it.
 *
 * @throws InterlatchError `ERR_BUNDLE_POLICY`, as `compileExpression`
 */
function compileValue(template: ValueTemplate, parts: Parts): ValueMaker {
  const make = compilePart(template, parts);
  return (scope, budget) => imageOf(make(scope, budget));
}

/** What is made for one call, not yet known to be JSON; `undefined` when an expression in it errs. */
type Maker = (scope: CallScope, budget: CostBudget) => unknown;

function compilePart(template: ValueTemplate, parts: Parts): Maker {
  switch (template.kind) {
    case "literal":
      return () => template.value;
    case "expression":
      return compileRun(template.expression, parts);
    case "text":
      return compileText(template.parts, parts);
    case "list": {
      const items = template.items.map((item) => compilePart(item, parts));
      return (scope, budget) => {
        const made: unknown[] = [];
        for (const item of items) {
          const value = item(scope, budget);
          // The first that cannot be made is the last that is tried: finding out may have taken milliseconds.
          if (value === undefined) return undefined;
          made.push(value);
        }
        return made;
      };
    }
    case "object": {
      const entries = template.entries.map(
        ([key, value]) => [key, compilePart(value, parts)] as const,
      );
      return (scope, budget) => {
        const made: (readonly [string, unknown])[] = [];
        for (const [key, makeValue] of entries) {
          const value = makeValue(scope, budget);
          if (value === undefined) return undefined;
          made.push([key, value]);
        }
        // `fromEntries` makes own properties, `__proto__` included.
        return Object.fromEntries(made);
      };
    }
  }
}

type TextParts = Extract<ValueTemplate, { kind: "text" }>["parts"];

function compileText(texts: TextParts, parts: Parts): Maker {
  const makers = texts.map((part) => (typeof part === "string" ? part : compileRun(part, parts)));
  return (scope, budget) => {
    let text = "";
    for (const part of makers) {
      const value = typeof part === "string" ? part : imageOf(part(scope, budget));
      if (value === undefined) return undefined;
      const more = typeof value === "string" ? value : JSON.stringify(value);
      // Writing a value out costs more than copying a text of the same length.
      if (!spend(budget, typeof value === "string" ? textCost(more.length) : more.length)) {
        return undefined;
      }
      text += more;
    }
    return text;
  };
}

type Expression = Extract<ValueTemplate, { kind: "expression" }>["expression"];

function compileRun(expression: Expression, parts: Parts): Maker {
  const program = compileExpression(expression, parts);
  return (scope, budget) => {
    const value = program(scope, budget);
    return isError(value) ? undefined : value;
  };
}

/** The value as bounded JSON. Times and durations are values of conditions and not JSON. */
function imageOf(value: unknown): Json | undefined {
  const read = takeSnapshot({ value });
  return typeof read === "string" ? undefined : read.image["value"];
}
