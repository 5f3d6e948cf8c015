import type { Comprehension, Expression } from "@interlatch/core";
import type { DiagnosticCode } from "../diagnostics/diagnostic.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import type { Environment } from "./environment.ts";
import { readField, readIndex } from "./fields.ts";
import type { Notes } from "./notes.ts";
import { typeOfArithmetic, typeOfCall, typeOfCompare } from "./operators.ts";
import { fieldPath, intersection, NOTHING, type Presence, union, without } from "./presence.ts";
import {
  BOOLEAN,
  canBe,
  describe,
  DYNAMIC,
  isSurely,
  join,
  NUMBER,
  STRING,
  type Type,
} from "./types.ts";

/** What a part of a condition gives, and which fields are there once it is true or false. */
interface Checked {
  readonly type: Type;
  readonly whenTrue: Presence;
  readonly whenFalse: Presence;
}

/** Types of the values that enclosing macros bind. */
export type LocalTypes = ReadonlyMap<string, Type>;

/**
 * Checks the types of lowered expressions in one environment. A field that may be missing must be asked for with
 * `has` first; what was asked for flows through `&&`, `||`, `!` and `?:` from left to right.
 */
export class Checker {
  readonly notes: Notes;
  readonly #reporter: Reporter;
  readonly #environment: Environment;

  constructor(notes: Notes, reporter: Reporter, environment: Environment) {
    this.notes = notes;
    this.#reporter = reporter;
    this.#environment = environment;
  }

  /** Checks a whole condition, which must give true or false. */
  condition(expression: Expression): void {
    const locals: LocalTypes = new Map();
    let present = NOTHING;
    // The operands of the outermost `&&` are the conditions of a `when` list: each must be one by itself.
    for (const operand of expression.kind === "and" ? expression.operands : [expression]) {
      const { type, whenTrue } = this.#check(operand, present, locals);
      present = union(present, whenTrue);
      if (!canBe(type, "boolean")) {
        const message = `\`${shown(this.notes.textOf(operand))}\` gives ${describe(type)}; a condition gives true or false.`;
        this.report("not_boolean", operand, message);
      }
    }
  }

  /** Checks an expression of a template and gives its type. */
  value(expression: Expression): Type {
    return this.#check(expression, NOTHING, new Map()).type;
  }

  report(code: DiagnosticCode, at: Expression, message: string, hint?: string, key?: string): void {
    this.#reporter.error({
      code,
      at: this.notes.spanOf(at),
      message,
      hint,
      ...(key === undefined ? {} : { key }),
    });
  }

  /** The candidate that a misspelt word most likely stands for. */
  nearest(word: string, candidates: readonly string[]): string | undefined {
    return this.#reporter.nearest(word, candidates);
  }

  #check(expression: Expression, present: Presence, locals: LocalTypes): Checked {
    switch (expression.kind) {
      case "not": {
        const { type, whenTrue, whenFalse } = this.#check(expression.of, present, locals);
        this.#demandBoolean(type, expression.of, "!");
        return { type: BOOLEAN, whenTrue: whenFalse, whenFalse: whenTrue };
      }
      case "and":
      case "or":
        return this.#chain(expression, present, locals);
      case "if":
        return this.#choice(expression, present, locals);
      case "has": {
        const of = this.#type(expression.of, present, locals);
        readField(this, of, expression, true);
        const path = fieldPath(expression.of, expression.name);
        return {
          type: BOOLEAN,
          whenTrue: path === undefined ? NOTHING : new Set([path]),
          whenFalse: NOTHING,
        };
      }
      case "compare":
        return this.#compare(expression, present, locals);
      default:
        return {
          type: this.#plain(expression, present, locals),
          whenTrue: NOTHING,
          whenFalse: NOTHING,
        };
    }
  }

  #type(expression: Expression, present: Presence, locals: LocalTypes): Type {
    return this.#check(expression, present, locals).type;
  }

  /** The kinds that say nothing about presence. */
  #plain(
    expression: Exclude<Expression, { kind: "not" | "and" | "or" | "if" | "has" | "compare" }>,
    present: Presence,
    locals: LocalTypes,
  ): Type {
    const inner = (child: Expression): Type => this.#type(child, present, locals);
    switch (expression.kind) {
      case "literal":
        return this.notes.isHole(expression) ? DYNAMIC : typeOfLiteral(expression.value);
      case "variable":
        return this.#environment[expression.name];
      case "local":
        return locals.get(expression.name) ?? DYNAMIC;
      case "field": {
        const path = fieldPath(expression.of, expression.name);
        return readField(
          this,
          inner(expression.of),
          expression,
          path !== undefined && present.has(path),
        );
      }
      case "index": {
        const key = expression.at.kind === "literal" ? String(expression.at.value) : undefined;
        const path = key === undefined ? undefined : fieldPath(expression.of, key);
        return readIndex(
          this,
          inner(expression.of),
          inner(expression.at),
          expression,
          path !== undefined && present.has(path),
        );
      }
      case "list": {
        const items = expression.items.map(inner);
        return { kind: "list", of: items.length === 0 ? DYNAMIC : items.reduce(join) };
      }
      case "map":
        return this.#map(
          expression.entries.map(([key, value]) => [key, inner(key), inner(value)] as const),
        );
      case "negate": {
        const type = inner(expression.of);
        if (!canBe(type, "number"))
          this.report(
            "wrong_type",
            expression.of,
            `\`-\` needs a number; found ${describe(type)}.`,
          );
        return NUMBER;
      }
      case "arithmetic":
        return typeOfArithmetic(this, expression, inner(expression.left), inner(expression.right));
      case "matches": {
        const type = inner(expression.of);
        if (!canBe(type, "string"))
          this.report(
            "wrong_type",
            expression.of,
            `\`matches\` needs a text; found ${describe(type)}.`,
          );
        return BOOLEAN;
      }
      case "call":
        return typeOfCall(this, expression, expression.arguments.map(inner));
      case "comprehension":
        return this.#comprehension(expression, present, locals);
    }
  }

  #map(entries: readonly (readonly [Expression, Type, Type])[]): Type {
    const fields = new Map<string, { type: Type; optional: boolean }>();
    let open = false;
    for (const [key, keyType, type] of entries) {
      if (!canBe(keyType, "string"))
        this.report("wrong_type", key, `The keys of a map are texts; found ${describe(keyType)}.`);
      if (key.kind === "literal") fields.set(String(key.value), { type, optional: false });
      else open = true;
    }
    return { kind: "object", name: "the map", fields, ...(open ? { rest: DYNAMIC } : {}) };
  }

  #chain(
    expression: Extract<Expression, { kind: "and" | "or" }>,
    present: Presence,
    locals: LocalTypes,
  ): Checked {
    const isAnd = expression.kind === "and";
    let known = present;
    let every: Presence = NOTHING;
    let each: Presence | undefined;
    for (const operand of expression.operands) {
      const checked = this.#check(operand, known, locals);
      this.#demandBoolean(checked.type, operand, isAnd ? "&&" : "||");
      const [passed, ended] = isAnd
        ? [checked.whenTrue, checked.whenFalse]
        : [checked.whenFalse, checked.whenTrue];
      known = union(known, passed);
      every = union(every, passed);
      each = each === undefined ? ended : intersection(each, ended);
    }
    const some = each ?? NOTHING;
    return { type: BOOLEAN, whenTrue: isAnd ? every : some, whenFalse: isAnd ? some : every };
  }

  #choice(
    expression: Extract<Expression, { kind: "if" }>,
    present: Presence,
    locals: LocalTypes,
  ): Checked {
    const test = this.#check(expression.test, present, locals);
    this.#demandBoolean(test.type, expression.test, "?");
    const then = this.#check(expression.then, union(present, test.whenTrue), locals);
    const otherwise = this.#check(expression.else, union(present, test.whenFalse), locals);
    return {
      type: join(then.type, otherwise.type),
      whenTrue: intersection(then.whenTrue, otherwise.whenTrue),
      whenFalse: intersection(then.whenFalse, otherwise.whenFalse),
    };
  }

  #compare(
    expression: Extract<Expression, { kind: "compare" }>,
    present: Presence,
    locals: LocalTypes,
  ): Checked {
    const { operator, left, right } = expression;
    const [leftType, rightType] = [
      this.#type(left, present, locals),
      this.#type(right, present, locals),
    ];
    typeOfCompare(this, expression, leftType, rightType);
    // `"note" in arguments` asks the same as `has(arguments.note)`.
    const asked = operator === "in" && left.kind === "literal" && isSurely(rightType, "object");
    const path = asked ? fieldPath(right, String(left.value)) : undefined;
    return {
      type: BOOLEAN,
      whenTrue: path === undefined ? NOTHING : new Set([path]),
      whenFalse: NOTHING,
    };
  }

  #comprehension(expression: Comprehension, present: Presence, locals: LocalTypes): Type {
    const over = this.#type(expression.over, present, locals);
    if (!canBe(over, "list", "object")) {
      this.report(
        "wrong_type",
        expression.over,
        `\`${expression.macro}\` needs a list; found ${describe(over)}.`,
      );
    }
    const item = over.kind === "list" ? over.of : over.kind === "object" ? STRING : DYNAMIC;
    const within = new Map(locals).set(expression.as, item);
    let inside = without(present, expression.as);
    if (expression.where !== undefined) {
      const where = this.#check(expression.where, inside, within);
      this.#demandBoolean(where.type, expression.where, expression.macro);
      inside = union(inside, where.whenTrue);
    }
    const body = this.#type(expression.body, inside, within);
    if (expression.macro === "map") return { kind: "list", of: body };
    this.#demandBoolean(body, expression.body, expression.macro);
    return expression.macro === "filter" ? { kind: "list", of: item } : BOOLEAN;
  }

  #demandBoolean(type: Type, at: Expression, by: string): void {
    if (canBe(type, "boolean")) return;
    this.report(
      "wrong_type",
      at,
      `\`${by}\` needs true or false; \`${shown(this.notes.textOf(at))}\` gives ${describe(type)}.`,
    );
  }
}

function typeOfLiteral(value: null | boolean | number | string): Type {
  if (value === null) return { kind: "null" };
  if (typeof value === "string") return { kind: "string", values: [value] };
  return typeof value === "boolean" ? BOOLEAN : NUMBER;
}
