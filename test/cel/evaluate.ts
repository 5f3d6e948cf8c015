import { EXPRESSION_LIMITS, type Expression } from "@interlatch/core";
import { compileExpression, type Observe } from "../../packages/core/src/evaluate/expression.ts";
import { createPatterns, type PatternCompiler } from "../../packages/core/src/evaluate/pattern.ts";
import type { CallScope } from "../../packages/core/src/evaluate/scope.ts";
import type { Result, ValueMap } from "../../packages/core/src/evaluate/value.ts";
import { partsWith } from "../../packages/core/test/parts.ts";
import type { PatternUse } from "../../packages/policy/src/conditions/conditions.ts";
import { Lowerer } from "../../packages/policy/src/conditions/lower.ts";
import { Notes } from "../../packages/policy/src/conditions/notes.ts";
import { parseCondition } from "../../packages/policy/src/conditions/parse.ts";
import { buildPatterns } from "../../packages/policy/src/conditions/patterns.ts";
import type { ConditionSource } from "../../packages/policy/src/conditions/source.ts";
import type { DiagnosticCode } from "../../packages/policy/src/diagnostics/diagnostic.ts";
import { Reporter } from "../../packages/policy/src/diagnostics/reporter.ts";
import { SourceFile } from "../../packages/policy/src/yaml/source.ts";

/** What our compiler makes of a text: an expression, or the first thing it has against it. */
export type Compiled =
  | {
      readonly ok: true;
      readonly expression: Expression;
      readonly patterns: PatternCompiler | null;
    }
  | { readonly ok: false; readonly code: DiagnosticCode; readonly message: string };

/**
 * Compiles one expression over free names with the parser and the lowering of the policy package. The language
 * of policies has a closed list of variables; other people's tests bring their own, so these become locals.
 */
export async function compileText(text: string, names: readonly string[]): Promise<Compiled> {
  const parsed = parseCondition(text);
  if (!parsed.ok) return { ok: false, ...parsed.problem };
  const file = new SourceFile("condition", text);
  const reporter = new Reporter([file]);
  const patterns: PatternUse[] = [];
  const lowerer = new Lowerer(sourceIn(file), {
    notes: new Notes(),
    reporter,
    defined: new Set(),
    expressionOf: () => undefined,
    pattern: (pattern, at) => patterns.push({ pattern, at }),
    literal: () => undefined,
    open: false,
    fields: new Map(),
  });
  const expression = lowerer.lower(parsed.syntax, names);
  const table = await buildPatterns(patterns, reporter);
  const [problem] = reporter.diagnostics("error");
  return problem === undefined
    ? { ok: true, expression, patterns: table === undefined ? null : createPatterns(table) }
    : { ok: false, code: problem.code, message: problem.message };
}

function sourceIn(file: SourceFile): ConditionSource {
  const spanOf = (start: number, end: number): ReturnType<ConditionSource["spanOf"]> => ({
    file,
    start,
    end,
  });
  const scalar = {
    kind: "scalar",
    at: spanOf(0, file.text.length),
    value: file.text,
    style: "plain",
  } as const;
  return { text: file.text, scalar, spanOf };
}

/**
 * Evaluates with the closures of core, and tells of each part where somebody wants to hear. Each name is bound as a comprehension binds its item, which is the one way
 * that the language has: `[x].map(x, EXPRESSION)[0]`.
 */
export function evaluateExpression(
  { expression, patterns }: Extract<Compiled, { ok: true }>,
  bindings: ValueMap,
  observe?: Observe,
): Result {
  const bound = Object.keys(bindings).reduceRight(binding, expression);
  // Conditions of policies never meet a time in `context`; the closures take any value all the same.
  const context = bindings as CallScope["context"];
  const options = observe === undefined ? {} : { shortcuts: false, observe };
  const program = compileExpression(bound, partsWith(patterns), options);
  return program({ ...SCOPE, context }, { left: BUDGET });
}

/** Enough for what binding adds. */
const BUDGET = EXPRESSION_LIMITS.costPerDecision + 1_000;

function binding(body: Expression, name: string): Expression {
  const value: Expression = {
    kind: "index",
    of: { kind: "variable", name: "context" },
    at: { kind: "literal", value: name },
  };
  return {
    kind: "index",
    of: {
      kind: "comprehension",
      macro: "map",
      over: { kind: "list", items: [value] },
      as: name,
      body,
    },
    at: { kind: "literal", value: 0 },
  };
}

const NOTHING = Object.freeze({});

const SCOPE: CallScope = {
  tool: "any",
  arguments: NOTHING,
  agent: NOTHING,
  user: undefined,
  tenant: undefined,
  dataType: undefined,
  operation: "read",
  session: "s",
  facts: NOTHING,
  risk: 0,
  time: 0,
  context: NOTHING,
};
