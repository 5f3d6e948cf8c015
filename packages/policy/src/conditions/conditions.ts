import type { Expression } from "@interlatch/core";
import type { Reporter } from "../diagnostics/reporter.ts";
import { quoted, quotingRepair, type WrittenCondition } from "../yaml/eaten.ts";
import type { Span } from "../yaml/source.ts";
import type { YamlScalar } from "../yaml/tree.ts";
import { Checker } from "./check.ts";
import type { Environment } from "./environment.ts";
import { lower, type Lowering, reportSize } from "./lower.ts";
import type { LiteralUse } from "./literals.ts";
import { Notes } from "./notes.ts";
import { parseCondition, type SyntaxProblem } from "./parse.ts";
import { type ConditionSource, sourceOf } from "./source.ts";

/** A condition under `define`, as it was written. */
export interface Definition {
  readonly name: string;
  readonly keyAt: Span;
  /** `undefined`: what stands there is no text, which is reported already. */
  readonly scalar: YamlScalar | undefined;
}

/** A literal pattern and where it stands. */
export interface PatternUse {
  readonly pattern: string;
  readonly at: Span;
}

/** All conditions of one policy on their way from text to {@link Expression}. */
export class Conditions {
  readonly notes: Notes = new Notes();
  readonly #reporter: Reporter;
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #lowered = new Map<string, Expression | undefined>();
  readonly #open: string[] = [];
  readonly #used = new Set<string>();
  readonly #patterns: PatternUse[] = [];
  readonly #literals: LiteralUse[] = [];
  readonly #lowering: Lowering;

  /**
   * @param open - whether unknown names may come from a part of the policy that is not read
   * @param fields - the whole path of a field by its bare name, for hints
   */
  constructor(
    reporter: Reporter,
    definitions: ReadonlyMap<string, Definition>,
    open: boolean,
    fields: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#reporter = reporter;
    this.#definitions = definitions;
    this.#lowering = {
      notes: this.notes,
      reporter,
      open,
      fields,
      defined: new Set(definitions.keys()),
      expressionOf: (name, usedAt) => this.#define(name, usedAt),
      pattern: (pattern, at) => this.pattern(pattern, at),
      literal: (use) => this.#literals.push(use),
    };
  }

  /** Keeps a literal pattern of a condition or of a schema, for RE2 to compile; what it refuses is reported there. */
  pattern(pattern: string, at: Span): void {
    this.#patterns.push({ pattern, at });
  }

  /** The patterns of everything that was compiled. */
  get patterns(): readonly PatternUse[] {
    return this.#patterns;
  }

  /** The literals with a form of their own, of everything that was compiled. */
  get literals(): readonly LiteralUse[] {
    return this.#literals;
  }

  /** Names under `define` that something used. */
  get used(): ReadonlySet<string> {
    return this.#used;
  }

  /** A condition of the document, or `undefined` after reporting why it is none. */
  compile(scalar: YamlScalar): Expression | undefined {
    if (typeof scalar.value !== "string") return undefined;
    return this.compileSource(sourceOf(scalar, scalar.value));
  }

  /** An expression that stands anywhere, or `undefined` after reporting why it is none. */
  compileSource(source: ConditionSource): Expression | undefined {
    if (source.text.trim() === "") {
      this.#reporter.error({
        code: "condition_syntax",
        at: source.spanOf(0, 0),
        message: "The expression is empty.",
      });
      return undefined;
    }
    const parsed = parseCondition(source.text);
    if (!parsed.ok) {
      this.#reportSyntax(source, parsed.problem);
      return undefined;
    }
    const expression = lower(parsed.syntax, source, this.#lowering);
    return reportSize(expression, this.#lowering) ? undefined : expression;
  }

  /** One `&&` of several conditions, within the bounds of one. */
  all(expressions: readonly Expression[], source: ConditionSource): Expression | undefined {
    const [first, ...others] = expressions;
    if (first === undefined || others.length === 0) return first;
    const operands = expressions.flatMap((one) => (one.kind === "and" ? one.operands : [one]));
    const whole = this.notes.made({ kind: "and", operands }, source, {
      start: 0,
      end: source.text.length,
    });
    return reportSize(whole, this.#lowering) ? undefined : whole;
  }

  /** The negation of a condition. */
  not(expression: Expression, source: ConditionSource): Expression | undefined {
    const negation = this.notes.made({ kind: "not", of: expression }, source, {
      start: 0,
      end: source.text.length,
    });
    return reportSize(negation, this.#lowering) ? undefined : negation;
  }

  /** Reports what does not fit the types of an environment. */
  checker(environment: Environment): Checker {
    return new Checker(this.notes, this.#reporter, environment);
  }

  /** Compiles every named condition, used or not, and gives them by name. */
  defines(): ReadonlyMap<string, Expression> {
    const all = new Map<string, Expression>();
    for (const { name, keyAt } of this.#definitions.values()) {
      const expression = this.#expression(name, keyAt);
      if (expression !== undefined) all.set(name, expression);
    }
    return all;
  }

  #define(name: string, usedAt: Span): Expression | undefined {
    this.#used.add(name);
    return this.#expression(name, usedAt);
  }

  #expression(name: string, usedAt: Span): Expression | undefined {
    const cycleFrom = this.#open.indexOf(name);
    if (cycleFrom !== -1) {
      const cycle = [...this.#open.slice(cycleFrom), name].join(" -> ");
      this.#reporter.error({
        code: "define_cycle",
        at: usedAt,
        message: `The condition is defined by itself: ${cycle}.`,
      });
      return undefined;
    }
    if (this.#lowered.has(name)) return this.#lowered.get(name);
    const scalar = this.#definitions.get(name)?.scalar;
    this.#open.push(name);
    const expression = scalar === undefined ? undefined : this.compile(scalar);
    this.#open.pop();
    this.#lowered.set(name, expression);
    return expression;
  }

  #reportSyntax(source: ConditionSource, problem: SyntaxProblem): void {
    const { code, start, end, message, hint } = problem;
    const cut = cutByComment(source);
    this.#reporter.error({
      code,
      at: source.spanOf(start, end),
      message:
        cut === undefined
          ? message
          : `YAML reads the rest of the line after \` #\` as a comment. ${message}`,
      hint: cut === undefined ? hint : `Quote it: ${quoted(cut)}`,
      repair: cut === undefined ? undefined : quotingRepair(wholeOf(source, cut)),
    });
  }
}

function wholeOf({ scalar }: ConditionSource, text: string): WrittenCondition {
  const { file, start } = scalar.at;
  return { at: { file, start, end: start + text.length }, text, list: false };
}

/** The whole of a plain condition of which YAML took the end for a comment. */
function cutByComment({ scalar }: ConditionSource): string | undefined {
  if (scalar.style !== "plain") return undefined;
  const { file, start, end } = scalar.at;
  const rest = /^[ \t]+#[^\r\n]*/.exec(file.text.slice(end, end + 2_000))?.[0];
  return rest === undefined ? undefined : `${file.text.slice(start, end)}${rest.trimEnd()}`;
}
