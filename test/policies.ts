import {
  ENGINE,
  type Expression,
  type Fallback,
  type Policy,
  type Rule,
  type ToolPolicy,
} from "@interlatch/core";

const AT = { file: "policy.yaml", line: 1 } as const;

/** The parts of a compiled policy that a test is about; the rest is what a plain policy has. */
export interface PolicyParts {
  readonly id?: string;
  readonly tools?: Readonly<Record<string, Partial<ToolPolicy>>>;
  readonly rules?: readonly (Partial<Rule> & Pick<Rule, "action">)[];
  readonly agents?: Policy["agents"];
  readonly facts?: Policy["facts"];
  readonly fallback?: Fallback;
  readonly pins?: Readonly<Record<string, string>>;
}

/** A compiled policy. A rule that names no tools is for all of them; one without a name gets its place. */
export function policyOf(parts: PolicyParts): Policy {
  const { id = "test", agents = null, facts = {}, fallback, pins } = parts;
  const tools = Object.fromEntries(
    Object.entries(parts.tools ?? { tool: {} }).map(([name, tool]): [string, ToolPolicy] => [
      name,
      { operation: "write", reversible: true, default: "deny", at: AT, ...tool },
    ]),
  );
  const rules = (parts.rules ?? []).map((rule, index) => ({
    name: `rule-${index + 1}`,
    tools: Object.keys(tools),
    at: { file: "policy.yaml", line: index + 2 },
    ...rule,
  }));
  return {
    engine: ENGINE,
    id,
    mode: "enforce",
    agents,
    tools,
    facts,
    rules,
    ...(fallback === undefined ? {} : { fallback }),
    ...(pins === undefined ? {} : { pins }),
  };
}

/** `arguments.NAME`. */
export function argument(name: string): Expression {
  return { kind: "field", of: { kind: "variable", name: "arguments" }, name };
}

/** `left OPERATOR right`; a right side that is no expression is a literal. */
export function compare(
  left: Expression,
  operator: Extract<Expression, { kind: "compare" }>["operator"],
  right: number | string | boolean | null | Expression,
): Expression {
  const other: Expression =
    typeof right === "object" && right !== null ? right : { kind: "literal", value: right };
  return { kind: "compare", operator, left, right: other };
}

/** A condition that is always an error: it reads an argument that no call has. */
export const ERRS: Expression = compare(argument("no_such_argument"), "==", 1);
/** Conditions that always and never hold. */
export const HOLDS: Expression = { kind: "literal", value: true };
export const HOLDS_NOT: Expression = { kind: "literal", value: false };

/** A limit of so many calls a minute for each agent. */
export function perMinute(
  max: number,
  more: Partial<NonNullable<Rule["rateLimit"]>> = {},
): NonNullable<Rule["rateLimit"]> {
  return { max, windowMs: 60_000, onExceed: "deny", by: ["agent"], ...more };
}

/** A fallback of literal words. */
export function says(message: string): Fallback {
  return { kind: "message", message: [message] };
}
