import { EXPRESSION_LIMITS, type Expression } from "@interlatch/core";
import type { DiagnosticCode } from "../diagnostics/diagnostic.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import type { Span } from "../yaml/source.ts";
import { lowerCall } from "./calls.ts";
import type { LiteralUse } from "./literals.ts";
import { nameHint } from "./name-hints.ts";
import type { Notes } from "./notes.ts";
import type { Syntax } from "./parse.ts";
import { isRole } from "./roles.ts";
import type { ConditionSource } from "./source.ts";
import { isVariable, LATER_VARIABLES } from "./vocabulary.ts";

/** What lowering needs of the policy around a condition. */
export interface Lowering {
  readonly notes: Notes;
  readonly reporter: Reporter;
  /** Names of conditions in `define`. */
  readonly defined: ReadonlySet<string>;
  /** The named condition, already lowered. `undefined`: its error is reported. */
  expressionOf(name: string, usedAt: Span): Expression | undefined;
  /** Keeps a literal pattern, for RE2 to look at. */
  pattern(pattern: string, at: Span): void;
  /** Keeps a literal text that a function reads in a form of its own. */
  literal(use: LiteralUse): void;
  /** Whether unknown names may come from a part of the policy that this engine does not read. */
  readonly open: boolean;
  /** The whole path of a field by its bare name, for whoever left out what it is a field of. */
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * Gives every name of one expression its meaning and writes it as {@link Expression}. Whatever has no meaning
 * is reported and becomes a hole. Types are none of its business.
 */
export function lower(syntax: Syntax, source: ConditionSource, lowering: Lowering): Expression {
  return new Lowerer(source, lowering).lower(syntax, []);
}

/** Reports an expression beyond the bounds. */
export function reportSize(expression: Expression, { notes, reporter }: Lowering): boolean {
  const { nodes, depth } = notes.sizeOf(expression);
  const within = nodes <= EXPRESSION_LIMITS.nodes && depth <= EXPRESSION_LIMITS.depth;
  if (!within) {
    const message =
      nodes > EXPRESSION_LIMITS.nodes
        ? `The condition has ${nodes} nodes, more than ${EXPRESSION_LIMITS.nodes}.`
        : `The condition is nested ${depth} deep, more than ${EXPRESSION_LIMITS.depth}.`;
    reporter.error({ code: "condition_too_large", at: notes.spanOf(expression), message });
  }
  return !within;
}

/** The names that enclosing macros bind. */
export type Locals = readonly string[];

/** One expression on its way; {@link lowerCall} does the calls. */
export class Lowerer {
  readonly source: ConditionSource;
  readonly lowering: Lowering;

  constructor(source: ConditionSource, lowering: Lowering) {
    this.source = source;
    this.lowering = lowering;
  }

  lower(syntax: Syntax, locals: Locals): Expression {
    const inner = (child: Syntax): Expression => this.lower(child, locals);
    switch (syntax.kind) {
      case "literal":
        return this.made({ kind: "literal", value: syntax.value }, syntax);
      case "name":
        return this.#name(syntax, syntax.name, locals);
      case "field":
        if (isRole(syntax, locals)) return this.#refuseRole(syntax);
        return this.made({ kind: "field", of: inner(syntax.of), name: syntax.name }, syntax);
      case "index":
        return this.made({ kind: "index", of: inner(syntax.of), at: inner(syntax.at) }, syntax);
      case "list":
        return this.made({ kind: "list", items: syntax.items.map(inner) }, syntax);
      case "map":
        return this.made(
          {
            kind: "map",
            entries: syntax.entries.map(([key, value]) => [inner(key), inner(value)] as const),
          },
          syntax,
        );
      case "not":
      case "negate":
        return this.made({ kind: syntax.kind, of: inner(syntax.of) }, syntax);
      case "and":
      case "or":
        return this.made({ kind: syntax.kind, operands: syntax.operands.map(inner) }, syntax);
      case "if":
        return this.made(
          {
            kind: "if",
            test: inner(syntax.test),
            then: inner(syntax.then),
            else: inner(syntax.else),
          },
          syntax,
        );
      case "binary":
        return this.#binary(syntax, locals);
      case "call":
        return lowerCall(this, syntax, locals);
    }
  }

  made<E extends Expression>(expression: E, syntax: Syntax): E {
    return this.lowering.notes.made(expression, this.source, syntax);
  }

  /** Reports and gives what stands in the place. */
  refuse(syntax: Syntax, code: DiagnosticCode, message: string, hint?: string): Expression {
    const at = this.source.spanOf(syntax.start, syntax.end);
    this.lowering.reporter.error({ code, at, message, hint });
    return this.lowering.notes.hole(this.source, syntax);
  }

  refuseLater(syntax: Syntax, name: string): Expression {
    return this.refuse(
      syntax,
      "not_supported_yet",
      `\`${name}\` is part of the language, but this engine does not run it yet.`,
    );
  }

  #name(syntax: Syntax, name: string, locals: Locals): Expression {
    const { defined, open } = this.lowering;
    if (locals.includes(name)) return this.made({ kind: "local", name }, syntax);
    if (isVariable(name)) return this.made({ kind: "variable", name }, syntax);
    if (LATER_VARIABLES.includes(name)) return this.refuseLater(syntax, name);
    if (defined.has(name)) {
      const usedAt = this.source.spanOf(syntax.start, syntax.end);
      return (
        this.lowering.expressionOf(name, usedAt) ?? this.lowering.notes.hole(this.source, syntax)
      );
    }
    if (open) return this.lowering.notes.hole(this.source, syntax);
    return this.refuse(
      syntax,
      "unknown_name",
      `There is no \`${shown(name)}\` in the language or under \`define\`.`,
      nameHint(name, [...locals, ...defined], this.lowering.fields, this.lowering.reporter),
    );
  }

  #binary(syntax: Extract<Syntax, { kind: "binary" }>, locals: Locals): Expression {
    const { operator, left, right } = syntax;
    const role = this.#role(syntax, locals);
    if (role !== undefined) return role;
    const operands = { left: this.lower(left, locals), right: this.lower(right, locals) };
    switch (operator) {
      case "+":
      case "-":
      case "*":
      case "/":
      case "%":
        return this.made({ kind: "arithmetic", operator, ...operands }, syntax);
      default:
        return this.made({ kind: "compare", operator, ...operands }, syntax);
    }
  }

  /** `agent.role == "x"` is `"x" in agent.roles`; `!=` is its negation. */
  #role(syntax: Extract<Syntax, { kind: "binary" }>, locals: Locals): Expression | undefined {
    const { operator, left, right } = syntax;
    if (operator !== "==" && operator !== "!=") return undefined;
    const [role, other] = isRole(left, locals) ? [left, right] : [right, left];
    if (!isRole(role, locals) || other.kind !== "literal" || typeof other.value !== "string")
      return undefined;
    const agent = this.made({ kind: "variable", name: "agent" }, role);
    const roles = this.made({ kind: "field", of: agent, name: "roles" }, role);
    const name = this.made({ kind: "literal", value: other.value }, other);
    const among = this.made({ kind: "compare", operator: "in", left: name, right: roles }, syntax);
    return operator === "==" ? among : this.made({ kind: "not", of: among }, syntax);
  }

  #refuseRole(syntax: Syntax): Expression {
    return this.refuse(
      syntax,
      "role_use",
      '`agent.role` can only be compared with a text: `agent.role == "x"` or `agent.role != "x"`.',
      "An agent has several roles: `agent.roles` is their list.",
    );
  }
}
