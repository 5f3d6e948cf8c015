import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileNumber } from "./number.ts";
import { Run } from "./run.ts";

/** Whether a number is a multiple by the decimals that people write, the slow way. */
function isMultiple(value: number, of: number): boolean {
  const [digits, exponent] = decimalOf(value);
  const [ofDigits, ofExponent] = decimalOf(of);
  const least = Math.min(exponent, ofExponent);
  return (
    (digits * 10n ** BigInt(exponent - least)) % (ofDigits * 10n ** BigInt(ofExponent - least)) ===
    0n
  );
}

function decimalOf(number: number): readonly [digits: bigint, exponent: number] {
  const [mantissa = "", exponent = "0"] = String(Math.abs(number)).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return [BigInt(whole + fraction), Number(exponent) - fraction.length];
}

function fits(
  value: number,
  multipleOf: number,
): { readonly fits: boolean; readonly left: number } {
  const run = new Run();
  run.begin({ left: 1_000 });
  const fault = compileNumber({ multipleOf })?.(value, run);
  return { fits: fault === null, left: run.left };
}

const decimal = fc
  .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, places]) => Number(`${digits}e-${places}`));
const step = fc
  .tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, places]) => Number(`${digits}e-${places}`));

describe("multipleOf", () => {
  it("goes by the decimals that people write, for any numbers", () => {
    fc.assert(
      fc.property(
        fc.oneof(decimal, fc.double({ noNaN: true, noDefaultInfinity: true })),
        step,
        (value, of) => {
          expect(fits(value, of).fits, `${value} of ${of}`).toBe(isMultiple(value, of));
        },
      ),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(step, fc.integer({ min: -10_000, max: 10_000 }), (of, times) => {
        const [digits, exponent] = decimalOf(of);
        const value = Number(`${digits * BigInt(times)}e${exponent}`);
        expect(fits(value, of).fits, `${value} of ${of}`).toBe(true);
      }),
    );
  });

  it("is free for amounts of money, and is paid for where hundreds of digits are divided", () => {
    expect(fits(1_234.56, 0.01)).toEqual({ fits: true, left: fits(4, 2).left });
    expect(fits(1e300, 1e-300).left).toBeLessThan(fits(4, 2).left - 32);
  });
});
