import { compileExpression, type Program } from "../evaluate/expression.ts";
import type { PatternCompiler } from "../evaluate/pattern.ts";
import type { CallScope, CostBudget } from "../evaluate/scope.ts";
import type { ValueTemplate } from "../policy/ir.ts";
import type { Json } from "../snapshot/json.ts";

/** Makes the value for one call; `undefined` when an expression in it errs. */
export type ValueMaker = (scope: CallScope, budget: CostBudget) => Json | undefined;

/**
 * Compiles the value of a fallback. `{expression}` alone gives the value itself, inside text its string
 * form; an expression that errs, or gives no JSON, makes the whole value `undefined`.
 */
export function compileValue(
  template: ValueTemplate,
  patterns: PatternCompiler | null,
): ValueMaker {
  switch (template.kind) {
    case "literal":
      return () => template.value;
    case "expression": {
      const program = compileExpression(template.expression, patterns);
      return (scope, budget) => run(program, scope, budget);
    }
    case "text":
      return compileText(template.parts, patterns);
    case "list": {
      const items = template.items.map((item) => compileValue(item, patterns));
      return (scope, budget) => {
        const made = items.map((item) => item(scope, budget));
        return made.includes(undefined) ? undefined : (made as Json[]); // no undefined is left
      };
    }
    case "object": {
      const entries = template.entries.map(
        ([key, value]) => [key, compileValue(value, patterns)] as const,
      );
      return (scope, budget) => {
        const made = entries.map(([key, value]) => [key, value(scope, budget)] as const);
        if (made.some(([, value]) => value === undefined)) return undefined;
        // `fromEntries` makes own properties, `__proto__` included; no undefined is left.
        return Object.fromEntries(made) as { [key: string]: Json };
      };
    }
  }
}

type TextParts = Extract<ValueTemplate, { kind: "text" }>["parts"];

function compileText(parts: TextParts, patterns: PatternCompiler | null): ValueMaker {
  const programs = parts.map((part) =>
    typeof part === "string" ? part : compileExpression(part, patterns),
  );
  return (scope, budget) => {
    let text = "";
    for (const part of programs) {
      const value = typeof part === "string" ? part : run(part, scope, budget);
      if (value === undefined) return undefined;
      text += typeof value === "string" ? value : JSON.stringify(value);
    }
    return text;
  };
}

function run(program: Program, scope: CallScope, budget: CostBudget): Json | undefined {
  const value: unknown = program(scope, budget);
  return isJson(value) ? value : undefined;
}

/** Times, durations and errors are values of conditions and not JSON. */
function isJson(value: unknown): value is Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.every(isJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  const inheritsNothing = prototype === null || Object.getPrototypeOf(prototype) === null;
  return inheritsNothing && Object.values(value).every(isJson);
}
