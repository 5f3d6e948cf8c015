import type { Parts } from "../../parts/parts.ts";
import type { ArgumentSchema, ArgumentSchemaObject } from "../../policy/ir.ts";
import type { JsonObject } from "../../snapshot/json.ts";
import { type Check, type CompileInner, placeOf, unknownKey } from "./check.ts";
import { compileKeyCount, type ObjectCheck } from "./object.ts";
import { compileTextPattern } from "./pattern.ts";
import { OVER_BUDGET, type Run } from "./run.ts";
import { recordOne } from "./trail.ts";

/** How the schemas inside an object are compiled. */
export interface ObjectCompilation {
  /** Whether keys that nothing here evaluates are refused here. */
  readonly isClosed: boolean;
  /** Whether what is evaluated is recorded, for whoever closes the object in the end. */
  readonly tracked: boolean;
  readonly parts: Parts;
  readonly compileChild: CompileInner<ArgumentSchema>;
  /** For `propertyNames`: the names of keys are texts, in which nothing is closed. */
  readonly compileTest: CompileInner<ArgumentSchema>;
}

/** Steps of looking for a key, or at one: an object of thousands of keys is in no cache. */
const STEPS_PER_KEY = 2;

/** Compiles any object: all keywords, and what was evaluated is recorded where that is asked for. */
export function compileRichObject(
  schema: ArgumentSchemaObject,
  compilation: ObjectCompilation,
): ObjectCheck {
  const { isClosed, tracked, compileChild, compileTest, parts } = compilation;
  const named = new Map<string, Check>();
  for (const [key, each] of Object.entries(schema.properties ?? {})) {
    named.set(key, compileChild(each));
  }
  const byPattern = Object.entries(schema.patternProperties ?? {}).map(
    ([source, each]) => [compileTextPattern(source, parts), compileChild(each)] as const,
  );
  const { additionalProperties } = schema;
  const isOpen = additionalProperties !== undefined && additionalProperties !== false;
  const other = isOpen ? compileChild(additionalProperties) : null;
  const name = schema.propertyNames === undefined ? null : compileTest(schema.propertyNames);
  // With what is said of each: a branch that fails must not cost a text.
  const required = [...new Set(schema.required ?? [])].map(
    (key) => [key, `${placeOf(key)} is required`] as const,
  );
  const dependents = compileDependents(schema);
  const count = compileKeyCount(schema);
  const perKey = tracked ? 2 * STEPS_PER_KEY : STEPS_PER_KEY;

  return (value, run) => {
    // Before it is looked at: of ten thousand required keys the last may be the one that is missing, each time.
    if (!run.take(STEPS_PER_KEY * required.length)) return OVER_BUDGET;
    for (const [key, missing] of required) {
      if (!Object.hasOwn(value, key)) return missing;
    }
    const keys = Object.keys(value);
    if (!run.take(perKey * keys.length)) return OVER_BUDGET;
    const early = count?.(keys.length) ?? dependents?.(value, run) ?? null;
    if (early !== null) return early;
    for (const key of keys) {
      const each = value[key]!; // the key is the value's own, and JSON has no undefined
      if (name !== null && name(key, run) !== null) return `${placeOf(key)} is not a permitted key`;
      const check = named.get(key);
      let evaluated = check !== undefined;
      let fault = check === undefined ? null : check(each, run);
      for (let index = 0; fault === null && index < byPattern.length; index++) {
        const [matches, checkMatch] = byPattern[index]!; // in range
        if (!matches(key, run)) continue;
        evaluated = true;
        fault = checkMatch(each, run);
      }
      if (fault === null && !evaluated) {
        evaluated = other !== null;
        fault = other?.(each, run) ?? null;
      }
      if (fault !== null) return placeOf(key) + fault;
      if (!evaluated) {
        if (isClosed) return unknownKey(key);
      } else if (tracked) recordOne(run, value, key);
    }
    return run.left < 0 ? OVER_BUDGET : null;
  };
}

/** Compiles `dependentRequired`: a key that is there asks for others. */
function compileDependents(schema: ArgumentSchemaObject) {
  const entries = Object.entries(schema.dependentRequired ?? {});
  if (entries.length === 0) return null;
  const dependents = new Map(entries);
  return (value: JsonObject, run: Run): string | null => {
    for (const key of Object.keys(value)) {
      const needed = dependents.get(key) ?? [];
      if (!run.take(STEPS_PER_KEY * needed.length)) return OVER_BUDGET;
      for (const other of needed) {
        if (!Object.hasOwn(value, other)) {
          return `${placeOf(other)} is required beside ${placeOf(key).replace(/^\./, "")}`;
        }
      }
    }
    return null;
  };
}
