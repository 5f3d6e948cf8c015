import { spend, textCost } from "../evaluate/cost.ts";
import { compileExpression } from "../evaluate/expression.ts";
import type { CallScope, CostBudget } from "../evaluate/scope.ts";
import { isList } from "../evaluate/value.ts";
import type { Parts } from "../parts/parts.ts";
import type { ValueTemplate } from "../policy/ir.ts";

/** The texts that a template gives for one call; `undefined` where it errs or gives anything else. */
export type TextMaker = (scope: CallScope, budget: CostBudget) => readonly string[] | undefined;

/**
 * Compiles the template of a resource. An expression alone gives a text or a list of texts. Inside text it gives a
 * text, a number or a boolean: a list or an object would be written out here and joined in some other way by the
 * tool.
 *
 * @throws InterlatchError `ERR_BUNDLE_POLICY`, as `compileExpression`
 */
export function compileTexts(template: ValueTemplate, parts: Parts): TextMaker {
  switch (template.kind) {
    case "expression":
      return compileAlone(template.expression, parts);
    case "text":
      return compileInside(template.parts, parts);
    case "literal":
    case "list":
    case "object":
      // A literal is read once, when the bundle is loaded; the others are no templates of a resource.
      return () => undefined;
  }
}

type Template<Kind extends ValueTemplate["kind"]> = Extract<ValueTemplate, { readonly kind: Kind }>;

function compileAlone(expression: Template<"expression">["expression"], parts: Parts): TextMaker {
  const program = compileExpression(expression, parts);
  return (scope, budget) => {
    const value = program(scope, budget);
    if (typeof value === "string") return [value];
    if (!isList(value) || !spend(budget, value.length)) return undefined;
    const texts = value.filter((item) => typeof item === "string");
    return texts.length === value.length ? texts : undefined;
  };
}

function compileInside(texts: Template<"text">["parts"], parts: Parts): TextMaker {
  const makers = texts.map((part) =>
    typeof part === "string" ? part : compileExpression(part, parts),
  );
  return (scope, budget) => {
    let text = "";
    for (const part of makers) {
      const value = typeof part === "string" ? part : part(scope, budget);
      if (typeof value === "object" || value === null) return undefined;
      const more = String(value);
      if (!spend(budget, 1 + textCost(more.length))) return undefined;
      text += more;
    }
    return [text];
  };
}
