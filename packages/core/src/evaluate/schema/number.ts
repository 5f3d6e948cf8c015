import type { ArgumentSchemaObject } from "../../policy/ir.ts";
import { OVER_BUDGET, type Run } from "./run.ts";

/** Compiles the keywords of numbers. */
export function compileNumber(
  schema: ArgumentSchemaObject,
): ((value: number, run: Run) => string | null) | null {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf];
  if (bounds.every((bound) => bound === undefined)) return null;
  const step = multipleOf === undefined ? null : stepOf(multipleOf);
  return (value, run) => {
    if (minimum !== undefined && value < minimum) return ` must be at least ${minimum}`;
    if (maximum !== undefined && value > maximum) return ` must be at most ${maximum}`;
    if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
      return ` must be more than ${exclusiveMinimum}`;
    }
    if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
      return ` must be less than ${exclusiveMaximum}`;
    }
    if (multipleOf === undefined || isMultiple(value, multipleOf, step, run)) return null;
    return run.left < 0 ? OVER_BUDGET : ` must be a multiple of ${multipleOf}`;
  };
}

/** Steps of writing two numbers out as decimals. */
const WRITING = 8;
/** Steps of dividing numbers of hundreds of digits, which 1e300 and 1e-300 are. */
const LONG_DIVISION = 64;

/** By the decimals people write: 0.3 is a multiple of 0.1, which the division of doubles would deny. */
function isMultiple(value: number, of: number, step: Step | null, run: Run): boolean {
  if (of === 0) return false;
  if (Number.isSafeInteger(value) && Number.isSafeInteger(of)) return value % of === 0;
  if (step !== null) {
    const whole = Math.round(value * step.scale);
    // Two decimals of at most 15 digits are never one double, so the quotient tells whether it is this decimal.
    if (Math.abs(whole) < FIFTEEN_DIGITS) {
      return whole / step.scale === value && whole % step.digits === 0;
    }
  }
  if (!run.take(WRITING)) return false;
  const [digits, exponent] = decimalOf(value);
  const [ofDigits, ofExponent] = decimalOf(of);
  const least = Math.min(exponent, ofExponent);
  const whole = Number(digits) * 10 ** (exponent - least);
  const ofWhole = Number(ofDigits) * 10 ** (ofExponent - least);
  if (Number.isSafeInteger(whole) && Number.isSafeInteger(ofWhole)) return whole % ofWhole === 0;
  if (!run.take(LONG_DIVISION)) return false;
  const scaled = BigInt(digits) * 10n ** BigInt(exponent - least);
  return scaled % (BigInt(ofDigits) * 10n ** BigInt(ofExponent - least)) === 0n;
}

/** What `multipleOf` says, as `digits / scale`. */
interface Step {
  readonly digits: number;
  /** A power of ten that is a double. */
  readonly scale: number;
}

const FIFTEEN_DIGITS = 1e15;
const LARGEST_EXACT_POWER = 22;

/** `null` for one of more digits than a double is exact for. */
function stepOf(of: number): Step | null {
  const [digits, exponent] = decimalOf(of);
  const whole = Number(digits);
  const fits = whole < FIFTEEN_DIGITS && exponent <= 0 && -exponent <= LARGEST_EXACT_POWER;
  return fits ? { digits: whole, scale: 10 ** -exponent } : null;
}

/** A number as its shortest decimal: digits × 10^exponent. */
function decimalOf(value: number): readonly [digits: string, exponent: number] {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return [whole + fraction, Number(exponent) - fraction.length];
}
