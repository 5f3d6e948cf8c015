import type { Json, JsonObject } from "../snapshot/json.ts";
import type { Expression } from "./expression.ts";

/** The version of the semantics this run time gives a policy. `0` is unstable until the language is closed. */
export const ENGINE = 0;

/**
 * A compiled policy: the typed JSON that stands in a bundle's payload and is signed. Written by
 * `compilePolicy` of `@interlatch/policy`; read by the run time, which trusts none of it and checks its shape on load.
 */
export interface Policy {
  /** Version of the semantics, see {@link ENGINE}. */
  readonly engine: number;
  readonly id: string;
  readonly description?: string;
  readonly mode: "enforce";
  /** `null`: the policy has no `agents` section and the scope step is skipped. */
  readonly agents: { readonly [name: string]: AgentProfile } | null;
  readonly tools: { readonly [name: string]: ToolPolicy };
  readonly facts: JsonObject;
  readonly rules: readonly Rule[];
  readonly fallback?: Fallback;
}

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
  readonly at: SourcePosition;
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
  /** The argument that says how many things the call touches: a number, or an array. */
  readonly batch?: { readonly argument: string };
  /** The effect when no rule matches. */
  readonly default: "allow" | "deny";
  readonly fallback?: Fallback;
  readonly at: SourcePosition;
}

/** The part of JSON Schema 2020-12 that this engine runs. Objects are closed at every location. */
export interface ArgumentSchema {
  readonly description?: string;
  readonly title?: string;
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
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: ArgumentSchema;
  readonly properties?: { readonly [name: string]: ArgumentSchema };
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
}
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
  readonly rateLimit?: RateLimit;
  readonly fallback?: Fallback;
  readonly at: SourcePosition;
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
  | { readonly kind: "value"; readonly value: ValueTemplate };

/** Literal text and the names `reason`, `tool` and `rule`, in order. */
export type MessageTemplate = readonly (string | { readonly name: "reason" | "tool" | "rule" })[];

/** JSON with expressions in it. `text` joins literal text and the string form of expressions. */
export type ValueTemplate =
  | { readonly kind: "literal"; readonly value: Json }
  | { readonly kind: "expression"; readonly expression: Expression }
  | { readonly kind: "text"; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: "list"; readonly items: readonly ValueTemplate[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, ValueTemplate])[] };
