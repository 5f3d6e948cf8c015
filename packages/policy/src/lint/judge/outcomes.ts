/**
 * What a condition may come to over all calls: a set of the three values of the language. It holds every outcome that
 * some call has, and possibly more; so what it lacks never happens, and that alone is claimed.
 */
export interface Outcomes {
  readonly true: boolean;
  readonly false: boolean;
  readonly error: boolean;
}

/** All three. */
export const ANY_OUTCOME: Outcomes = { true: true, false: true, error: true };
/** True or false. */
export const EITHER: Outcomes = { true: true, false: true, error: false };
/** Nothing but an error. */
export const ERROR: Outcomes = { true: false, false: false, error: true };
/** One value for every call. */
export const ALWAYS: { readonly true: Outcomes; readonly false: Outcomes } = {
  true: { true: true, false: false, error: false },
  false: { true: false, false: true, error: false },
};

/** What either may come to. */
export function eitherOf(a: Outcomes, b: Outcomes): Outcomes {
  return { true: a.true || b.true, false: a.false || b.false, error: a.error || b.error };
}

/** `!a`. */
export function negationOf(a: Outcomes): Outcomes {
  return { true: a.false, false: a.true, error: a.error };
}

/** `a && b && …`: one false makes it false, an error beside it included. */
export function conjunctionOf(operands: readonly Outcomes[]): Outcomes {
  const notFalse = operands.every((one) => one.true || one.error);
  return {
    true: operands.every((one) => one.true),
    false: operands.some((one) => one.false),
    error: notFalse && operands.some((one) => one.error),
  };
}

/** `a || b || …`. */
export function disjunctionOf(operands: readonly Outcomes[]): Outcomes {
  return negationOf(conjunctionOf(operands.map(negationOf)));
}

/** `test ? then : otherwise`. */
export function choiceOf(test: Outcomes, then: Outcomes, otherwise: Outcomes): Outcomes {
  return {
    true: (test.true && then.true) || (test.false && otherwise.true),
    false: (test.true && then.false) || (test.false && otherwise.false),
    error: test.error || (test.true && then.error) || (test.false && otherwise.error),
  };
}
