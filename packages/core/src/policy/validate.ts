import {
  type AgentProfile,
  DATA_CLASSES,
  ENGINE,
  OPERATIONS,
  type Policy,
  type RateLimit,
  type Rule,
  type SourcePosition,
  type ToolPolicy,
} from "./ir.ts";
import {
  type Check,
  type Place,
  closed,
  found,
  optional,
  place,
  quote,
  refuse,
  within,
} from "./shape.ts";
import {
  flag,
  integer,
  jsonObject,
  listOf,
  mapOf,
  name,
  oneOf,
  setOf,
  text,
} from "./shape-values.ts";
import { expression } from "./validate-expression.ts";
import { fallback } from "./validate-fallback.ts";
import { argumentSchema } from "./validate-schema.ts";

/** Bounds on one policy. Beyond them: `ERR_BUNDLE_POLICY`. */
export const POLICY_LIMITS = {
  rules: 20_000,
  tools: 10_000,
  agents: 1_000,
} as const;

const words = text(16_384);

const at: Check<SourcePosition> = closed<SourcePosition>({ file: text(1_024), line: integer(1) });

const agentProfile = closed<AgentProfile>({
  when: expression,
  tools: listOf(name, 0, POLICY_LIMITS.tools),
  at,
});

const toolPolicy = closed<ToolPolicy>({
  description: optional(words),
  operation: oneOf(OPERATIONS),
  data: optional(oneOf(DATA_CLASSES)),
  reversible: flag,
  arguments: optional(argumentSchema),
  batch: optional(closed<NonNullable<ToolPolicy["batch"]>>({ argument: text(1_024) })),
  default: oneOf(["allow", "deny"]),
  fallback: optional(fallback),
  at,
});

const rateLimit = closed<RateLimit>({
  max: integer(1),
  windowMs: integer(1),
  onExceed: oneOf(["deny", "review"]),
  by: setOf(oneOf(["agent", "user", "session"]), 0, 3),
});

const rule = closed<Rule>({
  name,
  tools: listOf(name, 1, POLICY_LIMITS.tools),
  when: optional(expression),
  action: oneOf(["allow", "review", "deny"]),
  reason: optional(words),
  until: optional(integer(Number.MIN_SAFE_INTEGER)),
  maxBatchSize: optional(integer(1)),
  rateLimit: optional(rateLimit),
  fallback: optional(fallback),
  at,
});

function agents(value: unknown, here: Place): Policy["agents"] {
  return value === null ? null : profiles(value, here);
}
const profiles = mapOf(name, agentProfile, POLICY_LIMITS.agents);

function engine(value: unknown, here: Place): number {
  const version = integer(0)(value, here);
  return version > ENGINE
    ? refuse(here, `needs semantics ${version}; this run time has ${ENGINE}`, "ERR_BUNDLE_ENGINE")
    : version;
}

function mode(value: unknown, here: Place): "enforce" {
  return value === "enforce"
    ? value
    : refuse(here, `expected enforce, found ${found(value)}`, "ERR_BUNDLE_MODE");
}

const policy = closed<Policy>({
  engine,
  id: name,
  description: optional(words),
  mode,
  agents,
  tools: mapOf(name, toolPolicy, POLICY_LIMITS.tools),
  facts: jsonObject,
  rules: listOf(rule, 0, POLICY_LIMITS.rules),
  fallback: optional(fallback),
});

/**
 * Checks a compiled policy from top to bottom and gives back a deep-frozen copy without prototypes, so that
 * looking up a tool named `constructor` finds nothing. A signature says who wrote a policy and not that the
 * compiler was sound: every field, kind, name, bound and reference is checked, an unknown one is refused.
 *
 * @param value - a parsed payload's `policy`, or what `compilePolicy` of `@interlatch/policy` returned
 * @throws ERR_BUNDLE_POLICY with the path of what is wrong
 * @throws ERR_BUNDLE_ENGINE when the policy needs newer semantics than {@link ENGINE}
 * @throws ERR_BUNDLE_MODE when `mode` is anything but `enforce`
 */
export function validatePolicy(value: unknown): Policy {
  const here = place("policy", "ERR_BUNDLE_POLICY");
  const checked = policy(value, here);
  checkRules(checked, within(here, "rules"));
  return checked;
}

function checkRules({ rules, tools }: Policy, here: Place): void {
  const names = new Set<string>();
  for (let index = 0; index < rules.length; index += 1) {
    const checked = rules[index];
    if (checked === undefined) continue;
    // Counters and records go by a rule's name: two rules of one name would share them.
    if (names.has(checked.name)) {
      refuse(within(here, index), `a second rule named ${quote(checked.name)}`);
    }
    names.add(checked.name);
    for (const tool of checked.tools) {
      if (!Object.hasOwn(tools, tool)) {
        refuse(within(within(here, index), "tools"), `unknown tool ${quote(tool)}`);
      }
    }
  }
}
