import type { Json } from "../../snapshot/json.ts";
import type { Run } from "./run.ts";

/**
 * Checks one value. A fault reads on from the name of the place: ` must be an integer`, `.until is not a
 * known key`. The place itself is put in front by whoever looks inside, so that nothing is built for a value that fits.
 */
export type Check = (value: Json, run: Run) => string | null;

/** Compiles a schema that stands inside another. */
export type CompileInner<Schema> = (schema: Schema) => Check;

/** Runs checks in order; the first fault is the result. `null` when there is nothing to check. */
export function inOrder(checks: readonly Check[]): Check | null {
  const [first, second] = checks;
  if (first === undefined) return null;
  if (second === undefined) return first;
  if (checks.length === 2) return (value, run) => first(value, run) ?? second(value, run);
  return (value, run) => {
    for (const check of checks) {
      const fault = check(value, run);
      if (fault !== null) return fault;
    }
    return null;
  };
}

/** How a key is written behind the place it stands in; anything but a plain name is quoted and cut. */
export function placeOf(key: string): string {
  if (/^[A-Za-z_$][A-Za-z0-9_$]{0,63}$/.test(key)) return `.${key}`;
  return `[${JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}…` : key)}]`;
}

/** What is said of a key that no schema names. */
export function unknownKey(key: string): string {
  return `${placeOf(key)} is not a known key`;
}
