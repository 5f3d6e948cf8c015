import type { Json } from "../../snapshot/json.ts";
import type { Check } from "./check.ts";
import { OVER_BUDGET, type Run } from "./run.ts";

/**
 * The keywords that apply further schemas to the same value. A branch that fails lends nothing: what it has
 * recorded is cut off the trail again.
 */

/** Compiles `anyOf`. Where evaluated keys are recorded all branches that hold have their say. */
export function anyOf(branches: readonly Check[], tracked: boolean): Check {
  return (value, run) => {
    let holds = false;
    for (const branch of branches) {
      if (!isFitting(branch, value, run)) continue;
      if (!tracked) return null;
      holds = true;
    }
    return verdict(holds, run, " fits none of the forms the schema permits");
  };
}

/** Compiles `oneOf`. */
export function oneOf(branches: readonly Check[]): Check {
  return (value, run) => {
    let count = 0;
    for (const branch of branches) {
      if (!isFitting(branch, value, run)) continue;
      count++;
      if (count > 1) return " fits more than one of the forms of which the schema permits one";
    }
    return verdict(count === 1, run, " fits none of the forms the schema permits");
  };
}

/** Compiles `not`. */
export function not(inner: Check): Check {
  return (value, run) =>
    verdict(!isFitting(inner, value, run), run, " has a form that the schema excludes");
}

/** Compiles `if`, `then` and `else`; a branch that is missing admits everything. */
export function ifThenElse(condition: Check, then: Check | null, otherwise: Check | null): Check {
  return (value, run) => {
    const branch = isFitting(condition, value, run) ? then : otherwise;
    if (run.left < 0) return OVER_BUDGET;
    return branch === null ? null : branch(value, run);
  };
}

function isFitting(check: Check, value: Json, run: Run): boolean {
  const start = run.trail.length;
  if (check(value, run) === null) return true;
  run.trail.length = start;
  return false;
}

/** Once the steps are used up nothing fits, and that must not make a `not` come true. */
function verdict(holds: boolean, run: Run, fault: string): string | null {
  if (run.left < 0) return OVER_BUDGET;
  return holds ? null : fault;
}
