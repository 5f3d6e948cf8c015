import {
  EXPRESSION_LIMITS,
  isInterlatchError,
  type Policy,
  prepareEvaluator,
} from "@interlatch/core";
import { validatePolicy } from "@interlatch/core/build";
import { compilePolicy } from "@interlatch/policy";
import fc from "fast-check";
import { arbitraryRule, policyWith } from "../arbitrary-policy.ts";
import { decideAll } from "./decide.ts";
import { aroundCondition, EXAMPLES } from "./documents.ts";
import { Random } from "./random.ts";
import type { CaseResult, FuzzTarget } from "./target.ts";

/** The run time against a policy that no compiler of ours wrote: a signature says who wrote it, not that it is sound. */
export const ir: FuzzTarget = {
  summary: "Hostile policies, as a bundle could hold them: refused, or decided without a throw.",
  cases: { long: 50_000, short: 800 },
  run,
};

async function run(seed: number): Promise<CaseResult> {
  const random = new Random(seed);
  // Through JSON: what is changed belongs to this case alone.
  const policy: unknown = JSON.parse(JSON.stringify(await soundPolicy(random)));
  for (let left = 1 + random.below(3); left > 0; left -= 1) mutate(policy, random);
  let loaded: Policy;
  try {
    loaded = validatePolicy(policy);
  } catch (error) {
    return refusal(error, "refused");
  }
  let fault: string | undefined;
  try {
    fault = decideAll(await prepareEvaluator(loaded), random);
  } catch (error) {
    return refusal(error, "refused when compiled");
  }
  return fault === undefined
    ? { label: "decided" }
    : { label: "fault", fault: [fault, JSON.stringify(loaded)] };
}

/** A refusal is one of ours, with a code of bundles. Anything else passes through and is a fault. */
function refusal(error: unknown, label: string): CaseResult {
  if (!isInterlatchError(error) || !error.code.startsWith("ERR_BUNDLE_")) throw error;
  return { label };
}

let compiled: Promise<readonly Policy[]> | undefined;

/** Compiled examples, small compiled policies, and random rules. */
async function soundPolicy(random: Random): Promise<Policy> {
  if (random.chance(0.3)) return random.pick(await (compiled ??= compiledExamples()));
  if (random.chance(0.4)) {
    const files = [{ path: "p.yaml", text: aroundCondition(random) }];
    const result = await compilePolicy({ files });
    if (result.ok) return result.policy;
  }
  const [rules = []] = fc.sample(fc.array(arbitraryRule(), { maxLength: 4 }), {
    seed: random.below(2 ** 31),
    numRuns: 1,
  });
  return policyWith(rules);
}

async function compiledExamples(): Promise<readonly Policy[]> {
  const results = await Promise.all(
    EXAMPLES.map((text) => compilePolicy({ files: [{ path: "p.yaml", text }] })),
  );
  return results.flatMap((result) => (result.ok ? [result.policy] : []));
}

/** A place in the tree: a container and a key of it. */
interface Spot {
  readonly parent: Record<string | number, unknown>;
  readonly key: string | number;
}

function mutate(root: unknown, random: Random): void {
  const spots: Spot[] = [];
  collect(root, spots, new Set());
  if (spots.length === 0) return;
  // Deep places are many, and the ones that conditions are made of; the first are the fields of the policy.
  const { parent, key } = random.chance(0.15)
    ? spots[random.below(Math.min(8, spots.length))]!
    : random.pick(spots); // in range
  const alike = spots.filter((spot) => spot.key === key);
  const other = random.pick(random.chance(0.8) ? alike : spots);
  if (random.chance(0.6)) {
    // What stands in another place of the same name often fits there, and says something else.
    parent[key] = other.parent[other.key];
    return;
  }
  switch (random.below(8)) {
    case 0:
      delete parent[key];
      return;
    case 1:
      // Over itself: a cycle by reference, which no JSON holds and a caller of the function may.
      parent[key] = random.chance(0.5) ? root : parent;
      return;
    case 2:
      parent[key] = deep(random, parent[key]);
      return;
    case 3:
      define(parent, random.pick(KEYS), random.pick(wild()));
      return;
    case 4:
      if (Array.isArray(parent)) parent.push(...random.many(3, () => other.parent[other.key]));
      else define(parent, String(key).toUpperCase(), parent[key]);
      return;
    case 5:
      parent[key] = random.pick(KINDS);
      return;
    default:
      parent[key] = random.pick(wild());
  }
}

const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "then",
  "kind",
  "engine",
  "x",
  "",
];
const KINDS = [
  "literal",
  "variable",
  "local",
  "field",
  "has",
  "index",
  "list",
  "map",
  "not",
  "negate",
  "and",
  "or",
  "if",
  "compare",
  "arithmetic",
  "comprehension",
  "matches",
  "call",
  "eval",
  "Function",
  "value",
  "message",
  "expression",
  "text",
  "object",
];
/** Made anew for each case: a later change must not reach the next one. */
const wild = (): readonly unknown[] => [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1,
  2,
  0.5,
  2 ** 31,
  2 ** 53,
  1e308,
  -1e308,
  NaN,
  Infinity,
  "",
  "a",
  "arguments",
  "x",
  "size",
  "==",
  "matches",
  "\ud800",
  "x".repeat(70_000),
  "(a+)+$",
  "[",
  "*",
  [],
  {},
  [[]],
  [null],
  { kind: "literal", value: 1 },
  { kind: "local", name: "x" },
  { kind: "variable", name: "__proto__" },
  { kind: "call", function: "constructor", arguments: [] },
  {
    kind: "call",
    function: "getHours",
    arguments: [
      { kind: "variable", name: "request" },
      { kind: "literal", value: "No/Where" },
    ],
  },
  { kind: "matches", of: { kind: "literal", value: "a" }, pattern: "a" },
  { type: "string", pattern: "(" },
  { type: "object", properties: { __proto__: {} } },
  { $ref: "#" },
  { allOf: [{ $ref: "#" }] },
  undefined,
  10n,
  Symbol("s"),
  () => 1,
  new Date(0),
  new Map(),
  {
    get kind(): string {
      return "literal";
    },
  },
  new Proxy({}, { ownKeys: () => [], get: () => "literal" }),
  Object.create({ kind: "literal", value: true }),
];

/** A chain of negations or lists, some of them deeper than any bound. */
function deep(random: Random, leaf: unknown): unknown {
  let made = leaf;
  const isNode = random.chance(0.7);
  for (let left = random.pick([3, EXPRESSION_LIMITS.depth, 1_000, 50_000]); left > 0; left -= 1) {
    made = isNode ? { kind: "not", of: made } : [made];
  }
  return made;
}

/** As an own property, `__proto__` included. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function collect(node: unknown, spots: Spot[], seen: Set<object>): void {
  const open: unknown[] = [node];
  for (let next = open.pop(); next !== undefined && spots.length < 5_000; next = open.pop()) {
    if (typeof next !== "object" || next === null || seen.has(next) || Object.isFrozen(next))
      continue;
    seen.add(next);
    const parent = next as Record<string | number, unknown>; // an object or a list, of whatever
    for (const key of Object.keys(parent)) {
      const inner = Object.getOwnPropertyDescriptor(parent, key);
      // One of the wild values has a getter.
      if (inner === undefined || !("value" in inner)) continue;
      spots.push({ parent, key: /^\d+$/.test(key) ? Number(key) : key });
      open.push(inner.value);
    }
  }
}
