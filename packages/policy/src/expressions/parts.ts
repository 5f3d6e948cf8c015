import type { Expression, Fallback, Resources, ValueTemplate } from "@interlatch/core";

/** The expressions that an expression is directly made of. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "variable":
    case "local":
      return [];
    case "field":
    case "has":
    case "not":
    case "negate":
    case "matches":
      return [expression.of];
    case "index":
      return [expression.of, expression.at];
    case "list":
      return expression.items;
    case "map":
      return expression.entries.flat();
    case "and":
    case "or":
      return expression.operands;
    case "if":
      return [expression.test, expression.then, expression.else];
    case "compare":
    case "arithmetic":
      return [expression.left, expression.right];
    case "comprehension": {
      const { over, where, body } = expression;
      return where === undefined ? [over, body] : [over, where, body];
    }
    case "call":
      return expression.arguments;
  }
}

/** An expression and every expression in it. */
export function* everyExpression(expression: Expression): Generator<Expression> {
  yield expression;
  for (const child of childrenOf(expression)) yield* everyExpression(child);
}

/** The expressions of what an agent gets instead of a denied call. */
export function expressionsInFallback(fallback: Fallback | undefined): readonly Expression[] {
  switch (fallback?.kind) {
    case "value":
      return expressionsInTemplate(fallback.value);
    case "tool":
      return expressionsInTemplate(fallback.arguments);
    case "message":
    case "route":
    case "throw":
    case undefined:
      return [];
  }
}

/** The expressions that say what a call touches. */
export function expressionsInResources(resources: Resources | undefined): readonly Expression[] {
  if (resources === undefined) return [];
  const { endpoints = [], network = [], paths = [] } = resources;
  return [...endpoints, ...network, ...paths.map(({ path }) => path)].flatMap(
    expressionsInTemplate,
  );
}

/** The expressions of a value with expressions in it. */
export function expressionsInTemplate(template: ValueTemplate): readonly Expression[] {
  switch (template.kind) {
    case "literal":
      return [];
    case "expression":
      return [template.expression];
    case "text":
      return template.parts.filter((part) => typeof part !== "string");
    case "list":
      return template.items.flatMap(expressionsInTemplate);
    case "object":
      return template.entries.flatMap(([, value]) => expressionsInTemplate(value));
  }
}
