import type { Expression } from "@interlatch/core";
import { ORDERED } from "./compare.ts";
import {
  canBeValue,
  EVERY_NUMBER,
  isEmpty,
  kindOf,
  type Known,
  overlapOf,
  rangeOf,
  type Range,
  type Scalar,
} from "./known.ts";
import { type Atom, atomsOf, type Test } from "./normal.ts";

/** Two atoms that cannot both be true; the second alone where what is known of the value rules it out. */
export interface Contradiction {
  readonly atom: Atom;
  /** Absent: no call has a value for which the atom is true. */
  readonly against?: Atom;
}

/** Whether a chain can never be true (`&&`), or never be false (`||`), by what its operands say of the same values. */
export function isContradiction(
  chain: Extract<Expression, { kind: "and" | "or" }>,
  knownOf: (of: Expression) => Known,
): boolean {
  return contradictionIn(chain, knownOf) !== undefined;
}

/** The first operand of a chain that cannot be true beside those before it (of `||`: false). */
export function contradictionIn(
  chain: Extract<Expression, { kind: "and" | "or" }>,
  knownOf: (of: Expression) => Known,
): Contradiction | undefined {
  const atoms = atomsOf(chain, chain.kind === "and");
  const known = new Map<string, Known>();
  const seen: Atom[] = [];
  for (const atom of atoms) {
    const before = known.get(atom.key) ?? knownOf(atom.subject);
    const after = narrow(before, atom.test);
    if (after === undefined) return contradictionWith(atom, seen, knownOf);
    known.set(atom.key, after);
    seen.push(atom);
  }
  return undefined;
}

function contradictionWith(
  atom: Atom,
  seen: readonly Atom[],
  knownOf: (of: Expression) => Known,
): Contradiction {
  const whole = knownOf(atom.subject);
  if (narrow(whole, atom.test) === undefined) return { atom };
  const against = seen.findLast(({ key, test }) => {
    if (key !== atom.key) return false;
    const known = narrow(whole, test);
    return known === undefined || narrow(known, atom.test) === undefined;
  });
  const last = against ?? seen.findLast(({ key }) => key === atom.key);
  return last === undefined ? { atom } : { atom, against: last };
}

/** What is known of a value once a test of it is true; `undefined` where it never is. */
export function narrow(known: Known, test: Test): Known | undefined {
  switch (test.operator) {
    case "==":
      return only(known, [test.value]);
    case "in":
      return only(known, test.values);
    case "is":
      return only(known, [test.value]);
    case "!=":
      return without(known, [test.value]);
    case "not in":
      return without(known, test.values);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return ordered(known, test.operator, test.value);
  }
}

function only(known: Known, values: readonly Scalar[]): Known | undefined {
  const left = values.filter((value) => canBeValue(known, value));
  return left.length === 0
    ? undefined
    : { ...known, values: left, kinds: new Set(left.map(kindOf)) };
}

function without(known: Known, values: readonly Scalar[]): Known | undefined {
  if (known.kinds.size === 0) return undefined;
  const not = [...(known.not ?? []), ...values];
  const left = known.values?.filter((value) => !not.includes(value));
  if (left?.length === 0) return undefined;
  const booleans = known.kinds.size === 1 && known.kinds.has("boolean");
  if (booleans && not.includes(true) && not.includes(false)) return undefined;
  const narrowed = { ...known, not };
  return left === undefined ? narrowed : { ...narrowed, values: left };
}

function ordered(
  known: Known,
  operator: "<" | "<=" | ">" | ">=",
  value: Scalar,
): Known | undefined {
  const kind = kindOf(value);
  if (!ORDERED.includes(kind) || !known.kinds.has(kind)) return undefined;
  const narrowed = { ...known, kinds: new Set([kind]) };
  if (typeof value !== "number") return narrowed;
  const range = overlapOf(known.range, bound(operator, value));
  const values = known.values?.filter(
    (one) => typeof one === "number" && canBeValue({ ...narrowed, range }, one),
  );
  if (values?.length === 0) return undefined;
  const result = { ...narrowed, range, ...(values === undefined ? {} : { values }) };
  return isEmpty(rangeOf(result)) ? undefined : result;
}

function bound(operator: "<" | "<=" | ">" | ">=", value: number): Range {
  switch (operator) {
    case "<":
      return { ...EVERY_NUMBER, high: value, isHighOpen: true };
    case "<=":
      return { ...EVERY_NUMBER, high: value };
    case ">":
      return { ...EVERY_NUMBER, low: value, isLowOpen: true };
    case ">=":
      return { ...EVERY_NUMBER, low: value };
  }
}
