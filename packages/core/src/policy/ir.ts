import type { Json, JsonObject } from "../snapshot/json.ts";
import type { Expression } from "./expression.ts";

/** The version of the semantics this run time gives a policy. It runs no other. */
export const ENGINE = 1;

/**
 * A compiled policy: the typed JSON that stands in a bundle's payload and is signed. Written by
 * `compilePolicy` of `@interlatch/policy`; read by the run time, which trusts none of it and checks its shape on load.
 */
export interface Policy {
  /** Version of the semantics, see {@link ENGINE}. */
  readonly engine: number;
  readonly id: string;
  readonly description?: string;
  /** `shadow`: loads only where the host allows it, and records what it would do instead of doing it. */
  readonly mode: "enforce" | "shadow";
  /** `null`: the policy has no `agents` section and the scope step is skipped. */
  readonly agents: { readonly [name: string]: AgentProfile } | null;
  readonly tools: { readonly [name: string]: ToolPolicy };
  /** The definitions of tools that people have approved: by tool, what `definitionDigest` gives. */
  readonly pins?: { readonly [tool: string]: string };
  readonly facts: JsonObject;
  /** The declared shape of facts that a host may add beside `facts`. */
  readonly hostFacts?: ArgumentSchema;
  readonly rules: readonly Rule[];
  readonly fallback?: Fallback;
  /** What RE2 made at build of every pattern in the policy. Absent: there is none. */
  readonly patterns?: PatternTable;
}

/** Patterns as programs, so that a run time parses no pattern and a new RE2 changes no decision. */
export interface PatternTable {
  /** Sets of code points that programs share: first and last member of each range, ascending. */
  readonly sets: readonly (readonly number[])[];
  /** One for each pattern, found by its text. */
  readonly programs: readonly PatternProgram[];
}

/** What one instruction of a pattern does. Where it takes no operand, or goes nowhere, a 0 stands. */
export const PATTERN_OPERATIONS = {
  /** Reads a code point of the set that the operand is the index of. */
  rune: 0,
  /** Goes on at the operand as well. */
  split: 1,
  /** Goes on where what it asks for holds: 1 begin of a line, 2 its end, 4 begin of the text, 8 its end, 16 at the edge of a word, 32 not there; added up. */
  assert: 2,
  match: 3,
  fail: 4,
} as const;

/** What RE2 compiled one pattern to: captures and no-ops left out. */
export interface PatternProgram {
  /** The pattern as conditions and schemas name it. */
  readonly pattern: string;
  /** The instruction it starts at. */
  readonly start: number;
  /** Three numbers an instruction: one of {@link PATTERN_OPERATIONS}, where it goes on, and its operand. */
  readonly code: readonly number[];
  /** Literals that every match holds; absent where none is known. */
  readonly literals?: PatternLiterals;
  /** Whether the one literal is the whole pattern, so that finding it is matching. */
  readonly isLiteral?: true;
  /** Whether texts of any length may be asked about: `^…$` around character classes. */
  readonly anyLength?: true;
}

/** One text that must be there, or some of which all or any must be. */
export type PatternLiterals =
  | string
  | { readonly all: readonly PatternLiterals[] }
  | { readonly any: readonly PatternLiterals[] };

/** Where a thing was written, so that a decision can name it. Lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
}

/** A ceiling for the agents that `when` describes; it never grants. */
export interface AgentProfile {
  readonly when: Expression;
  /** Exact tool names; globs are expanded at build. */
  readonly tools: readonly string[];
  /** What these agents may touch. A dimension that is left out is empty. */
  readonly databases?: { readonly [name: string]: Access };
  /** Names, and globs of URLs. */
  readonly endpoints?: readonly string[];
  /** Globs of host names, and CIDR ranges. */
  readonly network?: readonly string[];
  /** Directories. */
  readonly paths?: { readonly [directory: string]: Access };
  readonly at: SourcePosition;
}

/** `write` includes `read`. */
export type Access = "read" | "write";

/** What one call touches; texts may come from its arguments. A dimension that is left out is not touched. */
export interface Resources {
  readonly databases?: { readonly [name: string]: Access };
  readonly endpoints?: readonly ValueTemplate[];
  readonly network?: readonly ValueTemplate[];
  readonly paths?: readonly { readonly path: ValueTemplate; readonly access: Access }[];
}

export const OPERATIONS = ["read", "write", "delete", "execute", "spend", "egress"] as const;
export type Operation = (typeof OPERATIONS)[number];

export const DATA_CLASSES = ["public", "internal", "sensitive", "secret"] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

/** What the policy knows of one tool. */
export interface ToolPolicy {
  readonly description?: string;
  readonly operation: Operation;
  /** Absent: unknown; a condition that reads `data_type` is then an error. */
  readonly data?: DataClass;
  readonly reversible: boolean;
  /** Closed: what it does not name is refused. Absent: arguments are undescribed and dynamic. */
  readonly arguments?: ArgumentSchema;
  /** What its result is like; a fallback value in its place must fit. */
  readonly output?: ArgumentSchema;
  /** What a call touches; absent: nothing. */
  readonly resources?: Resources;
  /** The argument that says how many things the call touches: a number, or an array. */
  readonly batch?: { readonly argument: string };
  /** The effect when no rule matches. */
  readonly default: "allow" | "deny";
  readonly fallback?: Fallback;
  readonly at: SourcePosition;
}

/**
 * The part of JSON Schema 2020-12 that this engine runs. Arguments are closed at every location: a key that nothing
 * has evaluated is refused. `true` admits everything, `false` nothing.
 */
export type ArgumentSchema = boolean | ArgumentSchemaObject;

/** See {@link ArgumentSchema}. */
export interface ArgumentSchemaObject {
  readonly description?: string;
  readonly title?: string;
  /** Named schemas; at the root alone. */
  readonly $defs?: { readonly [name: string]: ArgumentSchema };
  /** `#`, or `#/$defs/NAME` of the root; the build rewrites other local references to these. */
  readonly $ref?: string;
  readonly type?: SchemaType | readonly SchemaType[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** RE2, searched anywhere in the text. */
  readonly pattern?: string;
  readonly format?: TextFormat;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: ArgumentSchema;
  readonly prefixItems?: readonly ArgumentSchema[];
  readonly contains?: ArgumentSchema;
  readonly minContains?: number;
  readonly maxContains?: number;
  readonly unevaluatedItems?: ArgumentSchema;
  readonly properties?: { readonly [name: string]: ArgumentSchema };
  /** By RE2 patterns of keys. */
  readonly patternProperties?: { readonly [pattern: string]: ArgumentSchema };
  readonly additionalProperties?: ArgumentSchema;
  readonly unevaluatedProperties?: ArgumentSchema;
  readonly propertyNames?: ArgumentSchema;
  readonly required?: readonly string[];
  readonly dependentRequired?: { readonly [name: string]: readonly string[] };
  readonly dependentSchemas?: { readonly [name: string]: ArgumentSchema };
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly ArgumentSchema[];
  readonly anyOf?: readonly ArgumentSchema[];
  readonly oneOf?: readonly ArgumentSchema[];
  readonly not?: ArgumentSchema;
  readonly if?: ArgumentSchema;
  readonly then?: ArgumentSchema;
  readonly else?: ArgumentSchema;
}

/** The formats of texts that are checked. */
export const TEXT_FORMATS = [
  "date",
  "date-time",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uri",
  "uuid",
] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

export type SchemaType = "null" | "boolean" | "number" | "integer" | "string" | "array" | "object";

export type Effect = "allow" | "review" | "deny";

/** One rule. A decision looks at all rules of a tool; their order means nothing. */
export interface Rule {
  readonly name: string;
  readonly tools: readonly string[];
  /** Absent: always matches. `unless` is folded in at build as `&& !(…)`. */
  readonly when?: Expression;
  readonly action: Effect;
  readonly reason?: string;
  /** Epoch milliseconds; from the next one on the rule no longer applies. */
  readonly until?: number;
  readonly maxBatchSize?: number;
  readonly redact?: Redaction;
  readonly rateLimit?: RateLimit;
  /** Who is asked, where the rule asks. Absent: one of the group `reviewer`, within 15 minutes. */
  readonly review?: ReviewDemand;
  readonly fallback?: Fallback;
  readonly at: SourcePosition;
}

export const REVIEW_PRIORITIES = ["low", "medium", "high", "critical"] as const;
export type ReviewPriority = (typeof REVIEW_PRIORITIES)[number];

/** What one rule asks of people. Where several rules ask about a call, each must be met. */
export interface ReviewDemand {
  /** `user`: the person the agent acts for. Groups: a member of any, but for that person and the agent. */
  readonly by: "user" | readonly string[];
  /** How many different people must approve; 1 with `user`. */
  readonly quorum: number;
  /** Milliseconds until an unanswered request ends. */
  readonly expiresMs: number;
  /** Absent: by the risk of the call. */
  readonly priority?: ReviewPriority;
}

/** Arguments that neither the reviewer nor the tool gets to see. */
export interface Redaction {
  /** Names below `arguments`, from the outside in; `*` stands for every item of a list. */
  readonly paths: readonly (readonly string[])[];
  /** `mark`: `[redacted]`. `token`: a keyed token, the same for the same value. */
  readonly as: "mark" | "token";
}

/** Never more than `max` executions in any trailing `windowMs`. */
export interface RateLimit {
  readonly max: number;
  /** Length of the window in milliseconds. */
  readonly windowMs: number;
  readonly onExceed: "deny" | "review";
  /** What the counter is kept by, beside tenant and rule. */
  readonly by: readonly LimitKey[];
}
export type LimitKey = "agent" | "user" | "session";

/** What the agent gets instead of a denied call. */
export type Fallback =
  | { readonly kind: "message"; readonly message: MessageTemplate }
  | { readonly kind: "value"; readonly value: ValueTemplate }
  /** A lesser tool that runs instead, where it is allowed. */
  | { readonly kind: "tool"; readonly tool: string; readonly arguments: ValueTemplate }
  /** The node of a graph that the run goes on at. */
  | { readonly kind: "route"; readonly route: string }
  /** An exception, where the host allows it. */
  | { readonly kind: "throw"; readonly message?: MessageTemplate };

/** Literal text and the names `reason`, `tool` and `rule`, in order. */
export type MessageTemplate = readonly (string | { readonly name: "reason" | "tool" | "rule" })[];

/** JSON with expressions in it. `text` joins literal text and the string form of expressions. */
export type ValueTemplate =
  | { readonly kind: "literal"; readonly value: Json }
  | { readonly kind: "expression"; readonly expression: Expression }
  | { readonly kind: "text"; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: "list"; readonly items: readonly ValueTemplate[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, ValueTemplate])[] };
