import { needed, type Parts } from "../../parts/parts.ts";
import type { ArgumentSchemaObject } from "../../policy/ir.ts";
import { codePoints } from "../functions/text.ts";
import { compileTextPattern } from "./pattern.ts";
import { OVER_BUDGET, type Run } from "./run.ts";

type TextCheck = (value: string, run: Run) => string | null;

/** Compiles the keywords of texts. */
export function compileText(
  schema: ArgumentSchemaObject,
  parts: Parts,
  formats: boolean,
): TextCheck | null {
  const checks = [compileLength(schema)];
  if (schema.pattern !== undefined) checks.push(compilePattern(schema.pattern, parts));
  if (schema.format !== undefined && formats) checks.push(compileFormat(schema.format, parts));
  const [first, ...others] = checks.filter((check) => check !== null);
  if (first === undefined || others.length === 0) return first ?? null;
  return (value, run) => {
    let fault = first(value, run);
    for (let index = 0; fault === null && index < others.length; index++) {
      fault = others[index]?.(value, run) ?? null;
    }
    return fault;
  };
}

/** Lengths count code points, as JSON Schema says. */
function compileLength({ minLength = 0, maxLength = Infinity }: ArgumentSchemaObject) {
  if (minLength === 0 && maxLength === Infinity) return null;
  return (value: string, run: Run): string | null => {
    // A text has at most as many code points as UTF-16 units, and at least half as many.
    if (
      value.length < minLength ||
      (value.length < 2 * minLength && run.takeText(value.length) && codePoints(value) < minLength)
    ) {
      return ` must have at least ${minLength} characters`;
    }
    if (value.length <= maxLength) return null;
    const fits =
      value.length <= 2 * maxLength && run.takeText(value.length) && codePoints(value) <= maxLength;
    return fits ? null : ` must have at most ${maxLength} characters`;
  };
}

function compilePattern(source: string, parts: Parts): TextCheck {
  const matches = compileTextPattern(source, parts);
  return (value, run) => {
    if (matches(value, run)) return null;
    return run.left < 0 ? OVER_BUDGET : " must match the pattern of the schema";
  };
}

/** Host names of other scripts are decoded, looked at character by character, and encoded again. */
const ENCODED = /xn--/i;
const STEPS_PER_ENCODED = 4;

function compileFormat(
  format: NonNullable<ArgumentSchemaObject["format"]>,
  parts: Parts,
): TextCheck {
  const { is, article } = needed(parts, "formats")[format];
  const fault = ` must be ${article} ${format}`;
  const holdsHost = format === "hostname" || format === "email";
  return (value, run) => {
    if (!run.takeText(value.length)) return OVER_BUDGET;
    const more = holdsHost && ENCODED.test(value) ? STEPS_PER_ENCODED * value.length : 0;
    if (!run.take(more)) return OVER_BUDGET;
    return is(value) ? null : fault;
  };
}
