import type { Json, JsonObject } from "../../snapshot/json.ts";
import { placeOf, unknownKey } from "./check.ts";
import { OVER_BUDGET, type Run } from "./run.ts";

/**
 * What a combined schema has evaluated so far: pairs of a container and a key or index in it, in the order in which
 * it happened. A branch that fails takes its pairs back by cutting the trail, so what is left was evaluated by
 * schemas that held. Containers are told by identity: a snapshot is a tree.
 */

/** In place of a key: all keys or items of the container. */
const ALL = Symbol("all");
/** In place of a key: the object is closed, so that each of its keys must have been evaluated in the end. */
const CLOSED = Symbol("closed");

/** Notes that a key or an item was evaluated. */
export function recordOne(run: Run, container: object, key: string | number): void {
  run.trail.push(container, key);
}

/** Notes that all keys or items were evaluated. */
export function recordAll(run: Run, container: object): void {
  run.trail.push(container, ALL);
}

/** Notes that an object is closed. */
export function recordClosed(run: Run, container: object): void {
  run.trail.push(container, CLOSED);
}

/** The keys or indexes of one container that were evaluated since `start`; `null` for all of them. */
export function evaluatedSince(
  run: Run,
  start: number,
  container: object,
): ReadonlySet<unknown> | null {
  const { trail } = run;
  run.take((trail.length - start) >>> 2);
  const keys = new Set<unknown>();
  for (let at = start; at < trail.length; at += 2) {
    if (trail[at] !== container) continue;
    const key = trail[at + 1];
    if (key === ALL) return null;
    if (key !== CLOSED) keys.add(key);
  }
  return keys;
}

/**
 * Whether each key of each closed object was evaluated since `start`. All schemas that hold for an object have
 * their say: what `then` adds to a nested object is known there although `properties` does not name it.
 */
export function closingFault(run: Run, start: number, value: Json): string | null {
  const { trail } = run;
  if (!run.take((trail.length - start) >>> 1)) return OVER_BUDGET;
  const closed = new Map<object, Set<unknown>>();
  for (let at = start; at < trail.length; at += 2) {
    // Each pair begins with its container.
    if (trail[at + 1] === CLOSED) closed.set(trail[at] as object, new Set());
  }
  if (closed.size === 0) return null;
  for (let at = start; at < trail.length; at += 2) {
    closed.get(trail[at] as object)?.add(trail[at + 1]); // likewise
  }
  for (const [container, evaluated] of closed) {
    if (evaluated.has(ALL)) continue;
    for (const key of Object.keys(container)) {
      if (!evaluated.has(key)) return (pathTo(value, container, run) ?? "") + unknownKey(key);
    }
  }
  return null;
}

/** The path from a value to a container in it. Only a refusal looks for it. */
function pathTo(value: Json, container: object, run: Run): string | null {
  if (value === container) return "";
  if (typeof value !== "object" || value === null || !run.take(1)) return null;
  if (isList(value)) {
    for (let index = 0; index < value.length; index++) {
      const path = pathTo(value[index]!, container, run); // in range
      if (path !== null) return `[${index}]${path}`;
    }
    return null;
  }
  for (const key of Object.keys(value)) {
    const path = pathTo(value[key]!, container, run); // the key is the value's own
    if (path !== null) return placeOf(key) + path;
  }
  return null;
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
