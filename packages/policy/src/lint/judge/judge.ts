import type { Comprehension, Expression, FunctionName } from "@interlatch/core";
import { compareKnown } from "./compare.ts";
import { isContradiction } from "./contradiction.ts";
import {
  ANYTHING,
  canBeValue,
  EVERY_SIZE,
  isEmpty,
  type Kind,
  type Known,
  ofKinds,
  ofValues,
  onlyValue,
  orMissing,
  overlapOf,
  wholeBetween,
} from "./known.ts";
import {
  choiceOf,
  conjunctionOf,
  disjunctionOf,
  eitherOf,
  EITHER,
  ERROR,
  negationOf,
  type Outcomes,
} from "./outcomes.ts";
import type { Surroundings } from "./surroundings.ts";

/** What the values are that enclosing macros bind. */
export type Locals = ReadonlyMap<string, Known>;

/** No macro encloses it. */
export const NO_LOCALS: Locals = new Map();

/**
 * Judges conditions over all calls at once, by what is known of what they read. Each part of a condition is judged
 * once: what a macro binds in it is the same each time.
 */
export class Judge {
  readonly #surroundings: Surroundings;
  /** Parts that read nothing, with what the engine itself made of them. */
  readonly #constants: ReadonlyMap<Expression, Outcomes>;
  readonly #outcomes = new Map<Expression, Outcomes>();
  readonly #known = new Map<Expression, Known>();

  constructor(
    surroundings: Surroundings,
    constants: ReadonlyMap<Expression, Outcomes> = new Map(),
  ) {
    this.#surroundings = surroundings;
    this.#constants = constants;
  }

  /** What a condition may come to. A part of one can be asked about once the whole was judged. */
  outcomes(expression: Expression, locals: Locals = NO_LOCALS): Outcomes {
    let outcomes = this.#constants.get(expression) ?? this.#outcomes.get(expression);
    if (outcomes === undefined) {
      outcomes = this.#judge(expression, locals);
      this.#outcomes.set(expression, outcomes);
    }
    return outcomes;
  }

  /** What is known of the value of an expression. */
  known(expression: Expression, locals: Locals = NO_LOCALS): Known {
    let known = this.#known.get(expression);
    if (known === undefined) {
      known = this.#value(expression, locals);
      this.#known.set(expression, known);
    }
    return known;
  }

  #judge(expression: Expression, locals: Locals): Outcomes {
    const inner = (one: Expression): Outcomes => this.outcomes(one, locals);
    switch (expression.kind) {
      case "not":
        return negationOf(inner(expression.of));
      case "and":
        return this.#chain(expression, conjunctionOf(expression.operands.map(inner)), locals);
      case "or": {
        const negated = negationOf(disjunctionOf(expression.operands.map(inner)));
        return negationOf(this.#chain(expression, negated, locals));
      }
      case "if":
        return choiceOf(inner(expression.test), inner(expression.then), inner(expression.else));
      case "has":
        return this.#presence(expression, locals);
      case "compare":
        return this.#compare(expression, locals);
      case "matches":
        return asked(this.known(expression.of, locals), "string");
      case "comprehension":
        return this.#comprehension(expression, locals);
      case "call":
        return this.#question(expression, locals);
      default:
        return truth(this.known(expression, locals));
    }
  }

  #value(expression: Expression, locals: Locals): Known {
    const inner = (one: Expression): Known => this.known(one, locals);
    switch (expression.kind) {
      case "literal":
        return ofValues([expression.value]);
      case "variable":
        return this.#surroundings[expression.name];
      case "local":
        return locals.get(expression.name) ?? ANYTHING;
      case "field":
        return fieldOf(inner(expression.of), expression.name);
      case "index":
        return indexed(inner(expression.of), expression.at);
      case "list":
        return listOf(expression.items.map(inner));
      case "map":
        return { ...ofKinds("map"), mayErr: true };
      case "negate":
        return { ...ofKinds("number"), mayErr: true };
      case "arithmetic":
        return ANYTHING;
      case "if":
        return ANYTHING;
      case "call":
        return resultOf(expression.function, expression.arguments.map(inner));
      case "comprehension":
        return this.#listOf(expression, locals);
      case "not":
      case "and":
      case "or":
      case "has":
      case "compare":
      case "matches":
        return booleanOf(this.outcomes(expression, locals));
    }
  }

  /** Operands that cannot hold at once make a chain false, though each by itself may be true. */
  #chain(
    chain: Extract<Expression, { kind: "and" | "or" }>,
    outcomes: Outcomes,
    locals: Locals,
  ): Outcomes {
    if (!outcomes.true || !isContradiction(chain, (of) => this.known(of, locals))) return outcomes;
    return { ...outcomes, true: false };
  }

  #presence(expression: Extract<Expression, { kind: "has" }>, locals: Locals): Outcomes {
    const of = this.known(expression.of, locals);
    if (!of.kinds.has("map")) return ERROR;
    const field = of.field?.(expression.name) ?? ANYTHING;
    return {
      true: field.kinds.size > 0,
      false: field.mayErr,
      error: of.mayErr || of.kinds.size > 1,
    };
  }

  #compare(expression: Extract<Expression, { kind: "compare" }>, locals: Locals): Outcomes {
    const { operator, left, right } = expression;
    const known = this.known(left, locals);
    if (operator !== "in" || right.kind !== "list")
      return compareKnown(operator, known, this.known(right, locals));
    const items = right.items.map((item) => compareKnown("==", known, this.known(item, locals)));
    const error = known.mayErr || items.some((one) => one.error);
    return {
      true: items.some((one) => one.true),
      false: known.kinds.size > 0 && !isAmong(known, right.items),
      error,
    };
  }

  #question({ function: name, arguments: given }: Call, locals: Locals): Outcomes {
    const result = resultOf(
      name,
      given.map((one) => this.known(one, locals)),
    );
    return truth(result);
  }

  #comprehension(expression: Comprehension, locals: Locals): Outcomes {
    const { macro, as, where, body } = expression;
    if (macro === "filter" || macro === "map") return ERROR;
    const over = this.known(expression.over, locals);
    if (!over.kinds.has("list") && !over.kinds.has("map")) return ERROR;
    const bound = new Map(locals).set(as, itemOf(over));
    const one = this.outcomes(body, bound);
    const size = over.kinds.size === 1 ? over.size : EVERY_SIZE;
    const [mayBeEmpty, mayHave] = [size.low < 1, size.high >= 1];
    const error = over.mayErr || over.kinds.size > 1 || one.error || where !== undefined;
    switch (macro) {
      case "all":
        return { true: mayBeEmpty || one.true, false: mayHave && one.false, error };
      case "exists":
        return { true: mayHave && one.true, false: mayBeEmpty || one.false, error };
      case "exists_one":
        return { true: mayHave && one.true, false: true, error };
    }
  }

  #listOf(expression: Comprehension, locals: Locals): Known {
    if (expression.macro !== "filter" && expression.macro !== "map")
      return booleanOf(this.outcomes(expression, locals));
    const over = this.known(expression.over, locals);
    const high = over.kinds.size === 1 ? over.size.high : Infinity;
    return { ...ofKinds("list"), size: { ...EVERY_SIZE, high }, mayErr: true };
  }
}

type Call = Extract<Expression, { kind: "call" }>;

/** Whether every value that this can be stands in a list of literals. */
function isAmong(known: Known, items: readonly Expression[]): boolean {
  const literals = items.flatMap((item) => (item.kind === "literal" ? [item.value] : []));
  const only = onlyValue(known);
  const values = only === undefined ? known.values : [only.value];
  return values?.every((value) => !canBeValue(known, value) || literals.includes(value)) ?? false;
}

/** A value where a condition is wanted. */
function truth({ kinds, mayErr, values }: Known): Outcomes {
  const isOne = (value: boolean): boolean => values === undefined || values.includes(value);
  const can = kinds.has("boolean");
  return {
    true: can && isOne(true),
    false: can && isOne(false),
    error: mayErr || kinds.size > (can ? 1 : 0),
  };
}

function booleanOf({ true: isTrue, false: isFalse, error }: Outcomes): Known {
  const values = [...(isTrue ? [true] : []), ...(isFalse ? [false] : [])];
  const known = values.length === 0 ? ofKinds() : ofValues(values);
  return error ? orMissing(known) : known;
}

function fieldOf(of: Known, name: string): Known {
  if (!of.kinds.has("map")) return { ...ofKinds(), mayErr: true };
  const field = of.field?.(name) ?? ANYTHING;
  return of.mayErr || of.kinds.size > 1 ? orMissing(field) : field;
}

function indexed(of: Known, at: Expression): Known {
  const key = at.kind === "literal" ? at.value : undefined;
  if (typeof key === "string" && !of.kinds.has("list")) return fieldOf(of, key);
  if (typeof key === "number" && !of.kinds.has("map")) return orMissing(of.item?.() ?? ANYTHING);
  return ANYTHING;
}

function listOf(items: readonly Known[]): Known {
  const size = { ...EVERY_SIZE, low: items.length, high: items.length };
  return { ...ofKinds("list"), size, mayErr: items.some((item) => item.mayErr) };
}

/** What a macro binds: an item of a list, a key of a map. */
function itemOf(over: Known): Known {
  if (!over.kinds.has("map")) return over.item?.() ?? { ...ANYTHING, mayErr: false };
  return over.kinds.has("list") ? { ...ANYTHING, mayErr: false } : ofKinds("string");
}

/** A question that is asked of values of one kind. */
function asked(of: Known, kind: Kind): Outcomes {
  if (!of.kinds.has(kind)) return ERROR;
  return eitherOf(EITHER, ERROR);
}

/** The least and the greatest number of the parts of an instant. */
const PARTS: { readonly [name in FunctionName]?: readonly [number, number] } = {
  getMonth: [0, 11],
  getDate: [1, 31],
  getDayOfMonth: [0, 30],
  getDayOfWeek: [0, 6],
  getDayOfYear: [0, 365],
  getHours: [0, 23],
  getMinutes: [0, 59],
  getSeconds: [0, 59],
  getMilliseconds: [0, 999],
};

const QUESTIONS: readonly FunctionName[] = [
  "startsWith",
  "endsWith",
  "contains",
  "glob",
  "inDomain",
  "under",
  "ipIn",
  "isPrivateHost",
];

function resultOf(name: FunctionName, given: readonly Known[]): Known {
  const [first = ANYTHING] = given;
  if (QUESTIONS.includes(name))
    return first.kinds.has("string")
      ? orMissing(ofKinds("boolean"))
      : { ...ofKinds(), mayErr: true };
  const part = PARTS[name];
  if (part !== undefined) return orMissing(wholeBetween(...part));
  if (name === "size") return sizeOf(first);
  if (name === "lower" || name === "host") return orMissing(ofKinds("string"));
  return ANYTHING;
}

function sizeOf(of: Known): Known {
  const sized = [...of.kinds].filter(
    (kind) => kind === "string" || kind === "list" || kind === "map",
  );
  if (sized.length === 0) return { ...ofKinds(), mayErr: true };
  const whole = wholeBetween(0, Infinity);
  const range = sized.length === 1 ? overlapOf(whole.range, of.size) : whole.range;
  if (isEmpty(range)) return { ...ofKinds(), mayErr: true };
  const known = { ...whole, range };
  return of.mayErr || of.kinds.size > sized.length ? orMissing(known) : known;
}
