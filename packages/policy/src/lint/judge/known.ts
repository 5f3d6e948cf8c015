/** The kinds that a value of a condition can be of. */
export const KINDS = [
  "null",
  "boolean",
  "number",
  "string",
  "list",
  "map",
  "timestamp",
  "duration",
] as const;
/** See {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

/** A value that a condition can name. */
export type Scalar = null | boolean | number | string;

/** From where to where a number goes, both ends in it unless they are said to be open. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly isLowOpen: boolean;
  readonly isHighOpen: boolean;
}

/**
 * What holds of a value in every call: it is of one of these kinds, one of these values, within these bounds. Nothing
 * here is ever a guess, so that what follows from it can be said without a "may".
 */
export interface Known {
  readonly kinds: ReadonlySet<Kind>;
  /** It is one of these. Absent: not known. Only where all of its kinds are scalar. */
  readonly values?: readonly Scalar[];
  /** It is none of these. */
  readonly not?: readonly Scalar[];
  /** Where it is a number. */
  readonly range: Range;
  /** Whether it is a whole number, where it is a number. */
  readonly isWhole: boolean;
  /** What `size` gives, where it is a text, a list or a map. */
  readonly size: Range;
  /** Whether a pattern or a format says how it is written, where it is a text. Absent: no. */
  readonly isFormed?: boolean;
  /** Whether there may be no value: a field that is missing, a fault on the way. */
  readonly mayErr: boolean;
  /** What is known of a field, where it is a map. Absent: nothing. */
  field?(name: string): Known;
  /** What is known of every item, where it is a list. Absent: nothing. */
  item?(): Known;
}

/** Every number. */
export const EVERY_NUMBER: Range = {
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  isLowOpen: false,
  isHighOpen: false,
};

/** Every size. */
export const EVERY_SIZE: Range = { ...EVERY_NUMBER, low: 0 };

const ALL_KINDS: ReadonlySet<Kind> = new Set(KINDS);

/** Nothing is known, not even whether there is a value. */
export const ANYTHING: Known = {
  kinds: ALL_KINDS,
  range: EVERY_NUMBER,
  isWhole: false,
  size: EVERY_SIZE,
  mayErr: true,
};

/** A value that is there, of one of these kinds. */
export function ofKinds(...kinds: readonly Kind[]): Known {
  return { ...ANYTHING, kinds: new Set(kinds), mayErr: false };
}

/** One of several values. */
export function ofValues(values: readonly Scalar[]): Known {
  return { ...ofKinds(...new Set(values.map(kindOf))), values };
}

/** A whole number from one bound to another. */
export function wholeBetween(low: number, high: number): Known {
  return { ...ofKinds("number"), range: { ...EVERY_NUMBER, low, high }, isWhole: true };
}

/** The same, where there may be none. */
export function orMissing(known: Known): Known {
  return known.mayErr ? known : { ...known, mayErr: true };
}

/** The kind of a literal. */
export function kindOf(value: Scalar): Kind {
  if (value === null) return "null";
  // A scalar is one of these three besides null.
  return typeof value as "boolean" | "number" | "string";
}

/** What holds of both ranges. */
export function overlapOf(a: Range, b: Range): Range {
  const low =
    a.low === b.low ? a.isLowOpen || b.isLowOpen : a.low > b.low ? a.isLowOpen : b.isLowOpen;
  const high =
    a.high === b.high
      ? a.isHighOpen || b.isHighOpen
      : a.high < b.high
        ? a.isHighOpen
        : b.isHighOpen;
  return {
    low: Math.max(a.low, b.low),
    high: Math.min(a.high, b.high),
    isLowOpen: low,
    isHighOpen: high,
  };
}

/** A range in which every number is whole: its ends are the first and last whole number. */
export function wholeRange({ low, high, isLowOpen, isHighOpen }: Range): Range {
  const first = Number.isInteger(low) && isLowOpen ? low + 1 : Math.ceil(low);
  const last = Number.isInteger(high) && isHighOpen ? high - 1 : Math.floor(high);
  return { low: first, high: last, isLowOpen: false, isHighOpen: false };
}

/** The range of a number, made as narrow as being whole makes it. */
export function rangeOf({
  range,
  isWhole,
  values,
}: Pick<Known, "range" | "isWhole" | "values">): Range {
  const whole = isWhole ? wholeRange(range) : range;
  const numbers = values?.filter((value) => typeof value === "number");
  if (numbers === undefined || numbers.length === 0) return whole;
  const within = { ...EVERY_NUMBER, low: Math.min(...numbers), high: Math.max(...numbers) };
  return overlapOf(whole, within);
}

/** Whether no number is in a range. */
export function isEmpty({ low, high, isLowOpen, isHighOpen }: Range): boolean {
  return low > high || (low === high && (isLowOpen || isHighOpen));
}

/** Whether a number is in a range. */
export function isWithin(value: number, { low, high, isLowOpen, isHighOpen }: Range): boolean {
  return (isLowOpen ? value > low : value >= low) && (isHighOpen ? value < high : value <= high);
}

/** Whether a value can be this literal. */
export function canBeValue(known: Known, value: Scalar): boolean {
  if (!known.kinds.has(kindOf(value))) return false;
  if (known.values !== undefined && !known.values.includes(value)) return false;
  if (known.not?.includes(value) === true) return false;
  if (typeof value === "number") return isWithin(value, rangeOf(known));
  return typeof value !== "string" || isWithin([...value].length, known.size);
}

/** The one value it is, or `undefined` where it may be several. */
export function onlyValue({ kinds, values, not }: Known): { readonly value: Scalar } | undefined {
  const [first, ...others] = values?.filter((value) => not?.includes(value) !== true) ?? [];
  if (first === undefined || others.length > 0) {
    const isNull = kinds.size === 1 && kinds.has("null");
    return isNull ? { value: null } : undefined;
  }
  return { value: first };
}
