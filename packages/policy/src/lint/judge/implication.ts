import { ANYTHING, kindOf, type Known } from "./known.ts";
import { narrow } from "./contradiction.ts";
import { type Atom, atomsIn, type Normal, type Test } from "./normal.ts";

/** How many pairs of parts are compared before the answer is "not known". */
const STEPS = 5_000;

/**
 * Whether one condition is surely true whenever another is. `false`: not known. It goes by the form of the two and by
 * the bounds of what they compare: `a && b` implies `a`, `n > 100` implies `n > 10`.
 */
export function implies(a: Normal, b: Normal): boolean {
  return new Comparison().implies(a, b);
}

class Comparison {
  #steps = 0;

  implies(a: Normal, b: Normal): boolean {
    if (++this.#steps > STEPS) return false;
    if (b.kind === "all") return b.parts.every((part) => this.implies(a, part));
    if (a.kind === "any") return a.parts.every((part) => this.implies(part, b));
    if (b.kind === "any" && b.parts.some((part) => this.implies(a, part))) return true;
    if (a.kind === "all" && a.parts.some((part) => this.implies(part, b))) return true;
    if (b.kind !== "atom") return false;
    return entails(a.kind === "all" ? atomsIn(a.parts) : atomsIn([a]), b);
  }
}

/** Whether atoms of one subject, all true, leave no value for which another one is not true. */
function entails(atoms: readonly Atom[], { key, test }: Atom): boolean {
  let known: Known | undefined = ANYTHING;
  let isKnown = false;
  for (const one of atoms) {
    if (one.key !== key) continue;
    isKnown = true;
    known = known === undefined ? undefined : narrow(known, one.test);
  }
  if (!isKnown || known === undefined || mayErr(known, test)) return false;
  return narrow(known, negated(test)) === undefined;
}

/** An order is an error between values of two kinds, and what is no boolean is no condition. */
function mayErr({ kinds }: Known, test: Test): boolean {
  switch (test.operator) {
    case "==":
    case "!=":
    case "in":
    case "not in":
      return false;
    case "is":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return kinds.size !== 1 || !kinds.has(kindOf(test.value));
  }
}

function negated(test: Test): Test {
  switch (test.operator) {
    case "==":
      return { operator: "!=", value: test.value };
    case "!=":
      return { operator: "==", value: test.value };
    case "<":
      return { operator: ">=", value: test.value };
    case "<=":
      return { operator: ">", value: test.value };
    case ">":
      return { operator: "<=", value: test.value };
    case ">=":
      return { operator: "<", value: test.value };
    case "in":
      return { operator: "not in", values: test.values };
    case "not in":
      return { operator: "in", values: test.values };
    case "is":
      return { operator: "is", value: !test.value };
  }
}
