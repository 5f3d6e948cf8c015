import type { ArgumentSchema } from "../../policy/ir.ts";

/** Compiles the keywords of numbers. */
export function compileNumber(schema: ArgumentSchema): ((value: number) => string | null) | null {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf];
  if (bounds.every((bound) => bound === undefined)) return null;
  return (value) => {
    if (minimum !== undefined && value < minimum) return ` must be at least ${minimum}`;
    if (maximum !== undefined && value > maximum) return ` must be at most ${maximum}`;
    if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
      return ` must be more than ${exclusiveMinimum}`;
    }
    if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
      return ` must be less than ${exclusiveMaximum}`;
    }
    return multipleOf === undefined || isMultiple(value, multipleOf)
      ? null
      : ` must be a multiple of ${multipleOf}`;
  };
}

/** By the decimals people write: 0.3 is a multiple of 0.1, which the division of doubles would deny. */
function isMultiple(value: number, of: number): boolean {
  if (of === 0) return false;
  if (Number.isSafeInteger(value) && Number.isSafeInteger(of)) return value % of === 0;
  const [digits, exponent] = decimalOf(value);
  const [ofDigits, ofExponent] = decimalOf(of);
  const least = Math.min(exponent, ofExponent);
  const scaled = digits * 10n ** BigInt(exponent - least);
  return scaled % (ofDigits * 10n ** BigInt(ofExponent - least)) === 0n;
}

/** A number as its shortest decimal: digits × 10^exponent. */
function decimalOf(value: number): readonly [digits: bigint, exponent: number] {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return [BigInt(whole + fraction), Number(exponent) - fraction.length];
}
