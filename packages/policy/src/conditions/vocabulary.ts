import { FUNCTIONS, type FunctionName, VARIABLES, type Variable } from "@interlatch/core";

/** Variables of the language that this engine does not run yet. */
export const LATER_VARIABLES: readonly string[] = ["tainted", "labels"];

/** Functions of the language that this engine does not run yet. */
export const LATER_FUNCTIONS: readonly string[] = [
  "fromUser",
  "fromFacts",
  "fromTool",
  "fromUntrusted",
  "origin",
  "called",
  "count",
  "results",
  "containsSecret",
  "containsPii",
];

/** Methods of lists that bind a name: `list.all(x, ...)`. */
export const MACROS: readonly string[] = ["all", "exists", "exists_one", "filter", "map"];

/** Of CEL, but left out of this profile. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  int: "all numbers are doubles",
  uint: "all numbers are doubles",
  double: "all numbers are doubles",
  string: "values are not converted; inside a template an expression becomes text",
  bytes: "there are JSON values only",
  bool: "values are not converted",
  type: "types are known at build",
  dyn: "types are known at build",
};

/** The parts of a timestamp; each is a method and takes a zone. */
export const TIME_PARTS: readonly string[] = Object.keys(FUNCTIONS).filter((name) =>
  name.startsWith("get"),
);

/** Written `text.startsWith(x)`. */
export const METHODS: readonly string[] = ["startsWith", "endsWith", "contains", ...TIME_PARTS];

/** Every function, macro and method, for suggestions. */
export const ALL_FUNCTIONS: readonly string[] = [
  ...Object.keys(FUNCTIONS),
  ...MACROS,
  ...LATER_FUNCTIONS,
  "has",
  "matches",
];

/** Whether a name is a variable that this engine runs. */
export function isVariable(name: string): name is Variable {
  return (VARIABLES as readonly string[]).includes(name); // widened to ask about any text
}

/** Whether a name is a function that this engine runs. */
export function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}
