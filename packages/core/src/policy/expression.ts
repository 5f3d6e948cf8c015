/**
 * The condition language as typed JSON: what a condition becomes in a bundle. The build parses and
 * type-checks CEL (JSON profile) into this form; the run time turns it into closures and parses no text.
 */
export type Expression =
  | { readonly kind: "literal"; readonly value: null | boolean | number | string }
  /** One of the closed list of variables ({@link VARIABLES}). */
  | { readonly kind: "variable"; readonly name: Variable }
  /** The variable that an enclosing {@link Comprehension} binds. */
  | { readonly kind: "local"; readonly name: string }
  | { readonly kind: "field"; readonly of: Expression; readonly name: string }
  /** Whether `of` has an own field of this name; an absent `of` is an error. */
  | { readonly kind: "has"; readonly of: Expression; readonly name: string }
  | { readonly kind: "index"; readonly of: Expression; readonly at: Expression }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "negate"; readonly of: Expression }
  /** Flat: `a && b && c` is one node with three operands, so that a long chain is not a deep one. */
  | { readonly kind: "and"; readonly operands: readonly Expression[] }
  | { readonly kind: "or"; readonly operands: readonly Expression[] }
  | {
      readonly kind: "if";
      readonly test: Expression;
      readonly then: Expression;
      readonly else: Expression;
    }
  | {
      readonly kind: "compare";
      readonly operator: CompareOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "arithmetic";
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | Comprehension
  /** A literal RE2 pattern, searched anywhere in the text. */
  | { readonly kind: "matches"; readonly of: Expression; readonly pattern: string }
  | {
      readonly kind: "call";
      readonly function: FunctionName;
      readonly arguments: readonly Expression[];
    };

/** `list.all(x, body)` and its siblings. For `map`, `where` is the filter of the three-argument form. */
export interface Comprehension {
  readonly kind: "comprehension";
  readonly macro: "all" | "exists" | "exists_one" | "filter" | "map";
  readonly over: Expression;
  readonly as: string;
  readonly where?: Expression;
  readonly body: Expression;
}

export type CompareOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in";
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";

/** What a condition may read. `request` has one field, `time`. */
export const VARIABLES = [
  "tool",
  "arguments",
  "agent",
  "user",
  "tenant",
  "data_type",
  "operation",
  "session",
  "facts",
  "risk",
  "request",
  "context",
] as const;
export type Variable = (typeof VARIABLES)[number];

/**
 * The functions of the profile, with how many arguments they take. A method's receiver is its first
 * argument (`a.startsWith(b)` is `startsWith(a, b)`). The parts of a timestamp take the timestamp and an IANA zone.
 */
export const FUNCTIONS = {
  size: 1,
  startsWith: 2,
  endsWith: 2,
  contains: 2,
  lower: 1,
  glob: 2,
  host: 1,
  inDomain: 2,
  under: 2,
  ipIn: 2,
  isPrivateHost: 1,
  timestamp: 1,
  duration: 1,
  getFullYear: 2,
  getMonth: 2,
  getDate: 2,
  getDayOfMonth: 2,
  getDayOfWeek: 2,
  getDayOfYear: 2,
  getHours: 2,
  getMinutes: 2,
  getSeconds: 2,
  getMilliseconds: 2,
} as const;
export type FunctionName = keyof typeof FUNCTIONS;

/** Bounds on one condition and on one decision. Beyond a bound at build: refused. At run time: an error, so closed. */
export const EXPRESSION_LIMITS = {
  /** Nodes in one condition. */
  nodes: 2_000,
  /** Nesting of one condition. */
  depth: 64,
  /** Characters of a pattern. */
  patternLength: 512,
  /** RE2 instructions of a pattern after expansion. */
  patternInstructions: 1_000,
  /** UTF-16 units of the subject of a pattern. */
  subjectLength: 8_192,
  /** Cost units of one decision: a node, each 64 bytes a string function reads, instructions × bytes / 48. */
  costPerDecision: 100_000,
} as const;
