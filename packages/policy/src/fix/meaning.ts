import type { Policy, Rule } from "@interlatch/core";
import type { CompileResult } from "../compile.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/**
 * Whether a policy decides after some fixes as it did before, where it built before: all that may be gone are rules of
 * which an equal one stays, and all that may have moved are lines. Where it did not build, what was mended must be gone.
 */
export function keepsMeaning(
  before: CompileResult,
  after: CompileResult,
  mended: readonly Diagnostic[],
): boolean {
  if (before.ok) return after.ok && isEqual(before.policy, after.policy);
  const errors = after.ok ? [] : after.errors;
  return mended.every(
    ({ file, line, code }) =>
      !errors.some((one) => one.file === file && one.line === line && one.code === code),
  );
}

function isEqual(before: Policy, after: Policy): boolean {
  const [{ rules, ...rest }, { rules: left, ...others }] = [before, after];
  if (textOf(rest) !== textOf(others)) return false;
  const kept = new Map(left.map((rule) => [rule.name, textOf(rule)]));
  const bodies = new Set(left.map(bodyOf));
  const known = new Set(rules.map(({ name }) => name));
  return (
    left.every(({ name }) => known.has(name)) &&
    rules.every((rule) => {
      const same = kept.get(rule.name);
      return same === undefined ? bodies.has(bodyOf(rule)) : same === textOf(rule);
    })
  );
}

/** All of a rule but what it is called. */
function bodyOf(rule: Rule): string {
  const { name: _, ...body } = rule;
  return textOf(body);
}

/** Without the lines: they move when a line is taken away. Keys are sorted, so that their order says nothing. */
function textOf(value: object): string {
  return JSON.stringify(value, (key, one: unknown) => {
    if (key === "at" && isPlace(one)) return undefined;
    if (typeof one !== "object" || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function isPlace(value: unknown): boolean {
  return typeof value === "object" && value !== null && "file" in value && "line" in value;
}
