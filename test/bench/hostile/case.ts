import type { Expression, Identity, Policy, Rule } from "@interlatch/core";
import { compilePolicy } from "@interlatch/policy";

/** One attempt to make a decision slow: a policy that loads, and arguments within their bounds. */
export interface HostileCase {
  readonly name: string;
  readonly policy: () => Promise<Policy>;
  /** What a model may send: at most 1 MiB and 100,000 values. */
  readonly arguments: () => unknown;
  /** What a host may say of agent, user and context. */
  readonly identity?: () => Partial<Identity>;
  /** A second policy that is only watched, and asked about each call as well. */
  readonly shadow?: () => Promise<Policy>;
  /** `run`: the whole call, for what comes behind the decision. Default: `decide`. */
  readonly by?: "decide" | "run";
}

/** The most values that arguments may hold beside a list and the arguments themselves. */
export const MOST_VALUES = 99_990;
/** The most characters of one text in arguments, its key and a little more left out. */
export const MOST_TEXT = 1_048_000;

/** Compiles a policy that an author could have written. */
export async function written(text: string): Promise<Policy> {
  const made = await compilePolicy({ files: [{ path: "hostile.yaml", text }] });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  return made.policy;
}

/** What a policy of {@link ruled} may have beside its rules. */
export interface RuledParts {
  /** How often each rule stands there, under another name. Default: once. */
  readonly times?: number;
  readonly facts?: Policy["facts"];
  readonly action?: Rule["action"];
}

/** A policy of one tool, `tool`, with a rule for each of these conditions. */
export async function ruled(
  conditions: readonly string[],
  { times = 1, facts = {}, action = "deny" }: RuledParts = {},
): Promise<Policy> {
  const named = Object.keys(facts);
  const rules = conditions.map(
    (when, index) =>
      `  - { name: r${index}, tools: tool, action: ${action}, when: ${JSON.stringify(when)} }`,
  );
  const declared =
    named.length === 0 ? "" : `facts: { ${named.map((f) => `${f}: []`).join(", ")} }`;
  const text = `interlatch: 1
id: hostile
${declared}
tools:
  tool: { operation: write, data: internal, default: allow }
rules:
${rules.join("\n")}
`;
  const policy = await written(text);
  return { ...policy, facts: { ...policy.facts, ...facts }, rules: repeated(policy.rules, times) };
}

/** The same rules so many times, each under a name of its own. */
export function repeated(rules: readonly Rule[], times: number): readonly Rule[] {
  return Array.from({ length: times }, (_, round) =>
    rules.map((rule) => ({ ...rule, name: `${rule.name}.${round}` })),
  ).flat();
}

/** The condition of the first rule. */
export function conditionOf({ rules }: Policy): Expression {
  const when = rules[0]?.when;
  if (when === undefined) throw new Error("the first rule has no condition");
  return when;
}

/** So many of what a function makes. */
export function many<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
