import { compileArguments, type SchemaCheck } from "../evaluate/schema.ts";
import type { Parts } from "../parts/parts.ts";
import { EXPRESSION_LIMITS } from "../policy/expression.ts";
import type { Policy } from "../policy/ir.ts";
import type { Json, JsonObject } from "../snapshot/json.ts";
import { emptyImage } from "../snapshot/snapshot.ts";

/** The facts that conditions read: the policy's with those that a host adds. `undefined`: none can be read. */
export type Facts = (added: JsonObject) => JsonObject | undefined;

/** A part that is loaded where a policy has facts, or declares those of a host. */
export type CreateFacts = typeof createFacts;

/**
 * Joins a policy's facts with a host's. Facts under `facts` grow: lists gain items, objects gain keys, all else
 * stays the policy's own. Beside them stand those of the declared shape. Where one does not fit, no fact can be read
 * and every condition that asks for any errs: left out in silence, `has(facts.suspended)` would be false, and a rule
 * that denies the suspended would let them through. Without a shape, whatever else a host adds is left out, since no
 * condition reads it.
 *
 * @param parts - what was loaded for the policy
 */
export function createFacts({ facts, hostFacts }: Policy, parts: Parts): Facts {
  const check =
    hostFacts === undefined ? null : compileArguments(hostFacts, parts, { name: "facts" });
  return (added) => {
    if (Object.keys(added).length === 0) return facts;
    const merged = grown(facts, added);
    if (check === null) return Object.freeze(merged);
    const beside = fitting(facts, added, check);
    return beside === null ? undefined : Object.freeze(Object.assign(merged, beside));
  };
}

/** The policy's own facts, with what the host adds to each. */
function grown(declared: JsonObject, added: JsonObject): { [name: string]: Json } {
  const merged = emptyImage();
  for (const name of Object.keys(declared)) {
    const own = declared[name] ?? null;
    merged[name] = Object.hasOwn(added, name) ? add(own, added[name] ?? null) : own;
  }
  return merged;
}

/** What the host adds beside them; `null` where it does not fit. */
function fitting(declared: JsonObject, added: JsonObject, check: SchemaCheck): JsonObject | null {
  const beside = emptyImage();
  for (const [name, value] of Object.entries(added)) {
    if (!Object.hasOwn(declared, name)) beside[name] = value;
  }
  // A host that hands over none of them has said nothing wrong; what is missing is an error where it is read.
  if (Object.keys(beside).length === 0) return beside;
  // Once for each run and not on each call, so it has a budget of its own; half, for a decision comes right behind it.
  const budget = { left: EXPRESSION_LIMITS.costPerDecision / 2 };
  return check(beside, budget) === null && budget.left >= 0 ? beside : null;
}

function add(own: Json, more: Json): Json {
  if (Array.isArray(own)) {
    if (!Array.isArray(more)) return own;
    const sample: unknown = own[0];
    const fits = more.filter((item) => own.length === 0 || kind(item) === kind(sample));
    return Object.freeze([...own, ...fits]);
  }
  if (kind(own) === "object" && kind(more) === "object") {
    const mine = own as JsonObject; // an object, by its kind
    const theirs = more as JsonObject;
    const merged = Object.assign(emptyImage(), mine);
    for (const [key, value] of Object.entries(theirs)) {
      merged[key] = Object.hasOwn(mine, key) ? add(mine[key] ?? null, value) : value;
    }
    return Object.freeze(merged);
  }
  return own;
}

function kind(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}
