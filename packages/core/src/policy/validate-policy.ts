import {
  type AgentProfile,
  DATA_CLASSES,
  OPERATIONS,
  type Policy,
  type RateLimit,
  type Redaction,
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
import { engine } from "./validate-engine.ts";
import { expression } from "./validate-expression.ts";
import { patternTable } from "./validate-patterns.ts";
import { argumentSchema } from "./validate-schema.ts";
import type { RareChecks } from "./validate-rare.ts";
import { profileDimensions } from "./validate-scope.ts";

/** Bounds on one policy. Beyond them: `ERR_BUNDLE_POLICY`. */
export const POLICY_LIMITS = {
  rules: 20_000,
  tools: 10_000,
  agents: 1_000,
  /** Names in all paths that rules hide, together: a decision may have to put them into one plan. */
  redactedNames: 10_000,
} as const;

const words = text(16_384);

const at: Check<SourcePosition> = closed<SourcePosition>({ file: text(1_024), line: integer(1) });

/** A field that many policies do without: what checks it is loaded for those that have it. */
function rare<Name extends keyof RareChecks>(named: Name): RareChecks[Name] {
  const check: Check<unknown> = (value, here) => {
    const checks = here.about.rare;
    return checks === null
      ? refuse(here, "what checks it was not loaded")
      : checks[named](value, here);
  };
  return check as RareChecks[Name]; // it gives what that one gives
}
const fallback = rare("fallback");

const agentProfile = closed<AgentProfile>({
  when: expression,
  tools: listOf(name, 0, POLICY_LIMITS.tools),
  ...profileDimensions,
  at,
});

const toolPolicy = closed<ToolPolicy>({
  description: optional(words),
  operation: oneOf(OPERATIONS),
  data: optional(oneOf(DATA_CLASSES)),
  reversible: flag,
  arguments: optional(argumentSchema),
  output: optional(argumentSchema),
  resources: optional(rare("resources")),
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
  redact: optional(closed<Redaction>({ paths: rare("paths"), as: oneOf(["mark", "token"]) })),
  rateLimit: optional(rateLimit),
  review: optional(rare("review")),
  fallback: optional(fallback),
  at,
});

function agents(value: unknown, here: Place): Policy["agents"] {
  return value === null ? null : profiles(value, here);
}
const profiles = mapOf(name, agentProfile, POLICY_LIMITS.agents);

function mode(value: unknown, here: Place): Policy["mode"] {
  return value === "enforce" || value === "shadow"
    ? value
    : refuse(here, `expected enforce or shadow, found ${found(value)}`, "ERR_BUNDLE_MODE");
}

function definitionPin(value: unknown, here: Place): string {
  return typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value)
    ? value
    : refuse(here, `expected sha256: and 64 hexadecimal digits, found ${found(value)}`);
}

const policy = closed<Policy>({
  // First: semantics of a later engine are refused as such, whatever its table looks like.
  engine,
  // Before all that holds patterns: each of them must be in the table.
  patterns: optional(patternTable),
  id: name,
  description: optional(words),
  mode,
  agents,
  tools: mapOf(name, toolPolicy, POLICY_LIMITS.tools),
  pins: optional(mapOf(name, definitionPin, POLICY_LIMITS.tools)),
  facts: jsonObject,
  hostFacts: optional(argumentSchema),
  rules: listOf(rule, 0, POLICY_LIMITS.rules),
  fallback: optional(fallback),
});

/**
 * Checks a compiled policy as `validatePolicy` does, by whatever reads the entries of agent profiles, and checks the
 * fields that many do without: those parts of the run time are loaded for policies that have some.
 *
 * @param isScopeEntry - `null`: a policy with an entry is refused
 * @param checks - `null`: a policy with such a field is refused
 */
export function validatePolicyBy(
  value: unknown,
  isScopeEntry: Place["about"]["isScopeEntry"],
  checks: RareChecks | null = null,
): Policy {
  const document = place("policy", "ERR_BUNDLE_POLICY");
  const here: Place = { ...document, about: { ...document.about, isScopeEntry, rare: checks } };
  const checked = policy(value, here);
  for (const tool of Object.keys(checked.pins ?? {})) {
    checkTool(tool, checked, within(here, "pins"));
  }
  checkRules(checked, within(here, "rules"));
  return checked;
}

function checkTool(tool: string, { tools }: Policy, here: Place): void {
  if (!Object.hasOwn(tools, tool)) refuse(here, `unknown tool ${quote(tool)}`);
}

function checkRules(policy: Policy, here: Place): void {
  const { rules } = policy;
  const names = new Set<string>();
  let redactedNames = 0;
  for (let index = 0; index < rules.length; index += 1) {
    const checked = rules[index];
    if (checked === undefined) continue;
    // Counters and records go by a rule's name: two rules of one name would share them.
    if (names.has(checked.name)) {
      refuse(within(here, index), `a second rule named ${quote(checked.name)}`);
    }
    names.add(checked.name);
    for (const path of checked.redact?.paths ?? []) redactedNames += path.length;
    if (redactedNames > POLICY_LIMITS.redactedNames) {
      refuse(here, `hide paths of more than ${POLICY_LIMITS.redactedNames} names together`);
    }
    for (const tool of checked.tools) {
      checkTool(tool, policy, within(within(here, index), "tools"));
    }
  }
}
