import type { ArgumentSchema } from "../../policy/ir.ts";
import { codePoints } from "../functions/text.ts";

/** Compiles the keywords of texts. Lengths count code points, as JSON Schema says. */
export function compileText(schema: ArgumentSchema): ((value: string) => string | null) | null {
  const { minLength = 0, maxLength = Infinity } = schema;
  if (minLength === 0 && maxLength === Infinity) return null;
  return (value) => {
    // A text has at most as many code points as UTF-16 units, and at least half as many.
    if (
      value.length < minLength ||
      (value.length < 2 * minLength && codePoints(value) < minLength)
    ) {
      return ` must have at least ${minLength} characters`;
    }
    const fits = value.length <= maxLength || codePoints(value) <= maxLength;
    return fits ? null : ` must have at most ${maxLength} characters`;
  };
}
