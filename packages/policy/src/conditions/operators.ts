import type { Expression, FunctionName } from "@interlatch/core";
import { shown } from "../diagnostics/words.ts";
import type { Checker } from "./check.ts";
import { itemType } from "./fields.ts";
import {
  BOOLEAN,
  canBe,
  canEqual,
  describe,
  describeValues,
  DURATION,
  DYNAMIC,
  isSurely,
  NUMBER,
  STRING,
  TIMESTAMP,
  type Type,
  valuesOf,
} from "./types.ts";

type Compare = Extract<Expression, { kind: "compare" }>;
type Arithmetic = Extract<Expression, { kind: "arithmetic" }>;

/** Says what is wrong with a comparison. */
export function typeOfCompare(checker: Checker, compare: Compare, left: Type, right: Type): void {
  const { operator } = compare;
  switch (operator) {
    case "==":
    case "!=":
      if (canEqual(left, right)) return refuseUnequal(checker, compare, left, right);
      break;
    case "in":
      if (!canBe(right, "list", "object")) {
        checker.report(
          "wrong_type",
          compare.right,
          `\`in\` needs a list or an object on its right; found ${describe(right)}.`,
        );
        return;
      }
      return checkMembership(checker, compare, left, right);
    default:
      if (ORDERED.some((kind) => canBe(left, kind) && canBe(right, kind))) return;
  }
  checker.report(
    "wrong_type",
    compare,
    `\`${operator}\` cannot compare ${describe(left)} with ${describe(right)}.`,
  );
}

const ORDERED = ["number", "string", "timestamp", "duration"] as const;

/** A text that is compared with one it can never be, as in `data_type == "sensitve"`. */
function refuseUnequal(
  checker: Checker,
  { left, right }: Compare,
  leftType: Type,
  rightType: Type,
): void {
  const [a, b] = [valuesOf(leftType), valuesOf(rightType)];
  if (a === undefined || b === undefined || a.some((value) => b.includes(value))) return;
  if (left.kind === "literal") refuseValue(checker, left, right, a, b);
  else refuseValue(checker, right, left, b, a);
}

function checkMembership(
  checker: Checker,
  { left, right }: Compare,
  leftType: Type,
  rightType: Type,
): void {
  const item = itemType(rightType);
  if (!canEqual(leftType, item)) {
    const message = `\`in\` looks for ${describe(leftType)}, but every ${rightType.kind === "list" ? "item of the list" : "key of the object"} is ${describe(item)}.`;
    checker.report("wrong_type", left, message);
    return;
  }
  const values = valuesOf(leftType);
  if (values === undefined || right.kind !== "list") return;
  for (const one of right.items) {
    if (one.kind !== "literal" || typeof one.value !== "string" || checker.notes.isHole(one))
      continue;
    if (!values.includes(one.value) && left.kind !== "literal")
      refuseValue(checker, one, left, [one.value], values);
  }
}

function refuseValue(
  checker: Checker,
  at: Expression,
  other: Expression,
  found: readonly string[],
  values: readonly string[],
): void {
  const [value = ""] = found;
  const right = checker.nearest(value, values);
  checker.report(
    "never_equal",
    at,
    `\`${shown(checker.notes.textOf(other))}\` is never \`${shown(value)}\`: it is ${describeValues(values)}.`,
    right === undefined ? undefined : `Did you mean \`${right}\`?`,
  );
}

/** The type of `a + b` and its siblings, after saying what is wrong with it. */
export function typeOfArithmetic(
  checker: Checker,
  arithmetic: Arithmetic,
  left: Type,
  right: Type,
): Type {
  const { operator } = arithmetic;
  const fits = FORMS.filter(
    ([operators, a, b]) => operators.includes(operator) && canBe(left, a) && canBe(right, b),
  );
  const [first] = fits;
  if (first === undefined) {
    const message = `\`${operator}\` cannot take ${describe(left)} and ${describe(right)}.`;
    checker.report("wrong_type", arithmetic, message);
    return DYNAMIC;
  }
  if (fits.length > 1) return DYNAMIC;
  const [, , , result] = first;
  return result === "list" ? { kind: "list", of: DYNAMIC } : result;
}

type Kind = Type["kind"];
const FORMS: readonly (readonly [string, Kind, Kind, Type | "list"])[] = [
  ["+-*/%", "number", "number", NUMBER],
  ["+", "string", "string", STRING],
  ["+", "list", "list", "list"],
  ["+-", "timestamp", "duration", TIMESTAMP],
  ["+", "duration", "timestamp", TIMESTAMP],
  ["-", "timestamp", "timestamp", DURATION],
  ["+-", "duration", "duration", DURATION],
];

/** What functions take and give. The parts of a timestamp all have one form. */
const SIGNATURES: Readonly<Record<FunctionName, readonly [readonly (readonly Kind[])[], Type]>> =
  (() => {
    const text = ["string"] as const;
    const part = [[["timestamp"], text], NUMBER] as const;
    return {
      size: [[["string", "list", "object"]], NUMBER],
      startsWith: [[text, text], BOOLEAN],
      endsWith: [[text, text], BOOLEAN],
      contains: [[text, text], BOOLEAN],
      lower: [[text], STRING],
      glob: [[text, text], BOOLEAN],
      host: [[text], STRING],
      inDomain: [[text, text], BOOLEAN],
      under: [[text, text], BOOLEAN],
      ipIn: [[text, text], BOOLEAN],
      isPrivateHost: [[text], BOOLEAN],
      timestamp: [[text], TIMESTAMP],
      duration: [[text], DURATION],
      getFullYear: part,
      getMonth: part,
      getDate: part,
      getDayOfMonth: part,
      getDayOfWeek: part,
      getDayOfYear: part,
      getHours: part,
      getMinutes: part,
      getSeconds: part,
      getMilliseconds: part,
    };
  })();

/** The type of a call, after saying which arguments do not fit. */
export function typeOfCall(
  checker: Checker,
  call: Extract<Expression, { kind: "call" }>,
  given: readonly Type[],
): Type {
  const [wanted, result] = SIGNATURES[call.function];
  wanted.forEach((kinds, index) => {
    const [argument, type] = [call.arguments[index], given[index]];
    if (argument === undefined || type === undefined || canBe(type, ...kinds)) return;
    const message = `\`${call.function}\` needs ${kinds.map((kind) => describe(kindType(kind))).join(" or ")}; \`${shown(checker.notes.textOf(argument))}\` is ${describe(type)}.`;
    checker.report("wrong_type", argument, message, listHint(call, type));
  });
  return result;
}

function kindType(kind: Kind): Type {
  switch (kind) {
    case "list":
      return { kind, of: DYNAMIC };
    case "object":
      return { kind, name: "", fields: new Map() };
    case "oneOf":
      return DYNAMIC;
    default:
      return { kind };
  }
}

function listHint(call: Extract<Expression, { kind: "call" }>, type: Type): string | undefined {
  if (!isSurely(type, "list")) return undefined;
  return call.function === "contains"
    ? "Write `x in list`."
    : "Ask each item: `list.all(x, ...)` or `list.exists(x, ...)`.";
}
