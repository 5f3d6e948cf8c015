import type { Expression } from "@interlatch/core";
import type { Compiled } from "../compile.ts";
import { childrenOf } from "../expressions/parts.ts";
import { nearest } from "../diagnostics/nearest.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { fieldRead } from "./reads.ts";
import { conditionsOf } from "./use.ts";

/** Claims that hosts hand over under these names; those of `agent` are what every agent has. */
const KNOWN = {
  agent: ["id", "roles", "role", "function"],
  user: ["id", "name", "email", "roles", "groups", "team", "department", "tenant", "country"],
} as const;

type Identity = keyof typeof KNOWN;

/**
 * Claims that stand once in the whole policy and nearly are another one. Claims are dynamic, so a misspelt one builds;
 * it would be an error on every call.
 */
export function lintClaims(compiled: Compiled, reporter: Reporter): void {
  const reads: Record<Identity, Map<string, Expression[]>> = { agent: new Map(), user: new Map() };
  const seen = new Set<Expression>();
  for (const condition of conditionsOf(compiled)) collect(condition, reads, seen);
  for (const identity of ["agent", "user"] as const) {
    // Of declared claims the compiler knows the names.
    if (compiled.parts.shapes.some(({ key }) => key === identity)) continue;
    const counted = reads[identity];
    for (const [name, [first, ...others]] of counted) {
      if (first === undefined || others.length > 0 || isKnown(identity, name)) continue;
      const rest = [...KNOWN[identity], ...counted.keys()].filter((other) => other !== name);
      const right = nearest(name, rest);
      if (right === undefined) continue;
      reporter.warning({
        code: "misspelt_claim",
        at: compiled.conditions.notes.spanOf(first),
        message: `\`${identity}.${shown(name)}\` is read here alone, and nearly is \`${identity}.${right}\`.`,
        hint: `Did you mean \`${right}\`?`,
      });
    }
  }
}

function isKnown(identity: Identity, name: string): boolean {
  return KNOWN[identity].some((known) => known === name);
}

function collect(
  expression: Expression,
  reads: Readonly<Record<Identity, Map<string, Expression[]>>>,
  seen: Set<Expression>,
): void {
  // A named condition is one place however often it is used.
  if (seen.has(expression)) return;
  seen.add(expression);
  const read = fieldRead(expression);
  const of = read?.of.kind === "variable" ? read.of.name : undefined;
  if (read !== undefined && (of === "agent" || of === "user")) {
    const places = reads[of].get(read.name) ?? [];
    // `has(user.team) && user.team == "x"` is one thing said of one claim.
    if (expression.kind !== "has" || places.length === 0) places.push(expression);
    reads[of].set(read.name, places);
  }
  for (const child of childrenOf(expression)) collect(child, reads, seen);
}
