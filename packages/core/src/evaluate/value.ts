/** What a condition works with: JSON, and the two kinds of time that no JSON text can name. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | ValueMap
  | Timestamp
  | Duration;

/** A JSON object. A name is found only where it is an own property, whatever the prototype. */
export interface ValueMap {
  readonly [key: string]: Value;
}

/** What evaluating gives: a value, or the fact that there is none. */
export type Result = Value | EvaluationError;

/**
 * Why an expression has no value. Errors are values: they are made when a condition is compiled, so that
 * nothing is allocated or thrown while a call is decided, and a model cannot slow decisions down by erring.
 */
export class EvaluationError {
  /** For `explain`; names what was looked for, never what was found, so that no argument value leaks. */
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
    Object.freeze(this);
  }
}

/** An instant, from `timestamp("…")` or `request.time`. */
export class Timestamp {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly epochMs: number;

  constructor(epochMs: number) {
    this.epochMs = epochMs;
  }
}

/** A length of time, from `duration("…")` or the difference of two instants. */
export class Duration {
  /** Milliseconds; negative for a length into the past. */
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** Whether evaluating failed. */
export function isError(result: Result): result is EvaluationError {
  return result instanceof EvaluationError;
}

/** Whether a value is a JSON list. */
export function isList(value: Result): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is a JSON object; instants, lengths of time and errors are not. */
export function isMap(value: Result): value is ValueMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Timestamp) &&
    !(value instanceof Duration) &&
    !(value instanceof EvaluationError)
  );
}
