import type {
  ArgumentSchema,
  ArgumentSchemaObject,
  Json,
  Policy,
  ToolPolicy,
} from "@interlatch/core";
import { type Hint, type Hints, hintsOf } from "./hints.ts";
import { listsOf, partsOfSchema, scalarsOf } from "./schema-values.ts";

/** Stands for a place that the call does not have. */
export const ABSENT: unique symbol = Symbol("absent");
export type Candidate = Json | typeof ABSENT;

/** One place of a call, with the values to be tried there. The first is the simplest. */
export interface Slot {
  /** From the outside in: `["arguments", "size"]`, `["agent", "roles"]`, `["time"]`. */
  readonly path: readonly string[];
  readonly candidates: readonly Candidate[];
}

/** How many values one place gets at most. */
const MOST = 48;
const MAX_DEPTH = 4;
/** From this length on, in characters of JSON, a value makes an example hard to read. */
const LONG = 60;
/** An argument that no schema names: whether a tool is still closed is seen by it. */
const UNEXPECTED = "unexpected_argument";

/** The places of a call of a tool that either of two policies looks at, with the values that could matter there. */
export function slotsOf(tool: string, policies: readonly Policy[], now: number): readonly Slot[] {
  const hints = mergedHints(policies.map((policy) => hintsOf(policy, tool)));
  const known = policies.flatMap((policy) => toolOf(policy, tool) ?? []);
  const schemas = known.map((one) => one.arguments);
  const untils = policies.flatMap(({ rules }) =>
    rules.flatMap(({ tools, until }) =>
      until !== undefined && tools.includes(tool) ? [until] : [],
    ),
  );
  const batches = known.flatMap(({ batch }) => (batch === undefined ? [] : [batch.argument]));
  const clamps = policies.flatMap(({ rules }) =>
    rules.flatMap(({ maxBatchSize: max }) => (max === undefined ? [] : [max, max + 1, max * 10])),
  );
  for (const batch of batches) {
    const hint = hintAt(hints, `arguments.${batch}`);
    for (const size of clamps) {
      hint.values.add(size);
      hint.sizes.add(size);
    }
  }
  return [
    ...identitySlots(hints),
    ...timeSlot(hints.get("request.time"), untils, now),
    ...argumentSlots(
      ["arguments"],
      schemas.map((schema) => [schema, schema] as const),
      hints,
    ),
  ].filter(({ candidates }) => candidates.length > 0);
}

function toolOf({ tools }: Policy, name: string): ToolPolicy | undefined {
  return Object.hasOwn(tools, name) ? tools[name] : undefined;
}

function mergedHints(all: readonly Hints[]): Map<string, Hint> {
  const merged = new Map<string, Hint>();
  for (const hints of all) {
    for (const [path, { values, sizes }] of hints) {
      const hint = hintAt(merged, path);
      values.forEach((value) => hint.values.add(value));
      sizes.forEach((size) => hint.sizes.add(size));
    }
  }
  return merged;
}

function hintAt(hints: Map<string, Hint>, path: string): Hint {
  const known = hints.get(path);
  if (known !== undefined) return known;
  const made: Hint = { values: new Set(), sizes: new Set() };
  hints.set(path, made);
  return made;
}

/** What the host says: every claim that a condition reads. Roles are tried alone, together and not at all. */
function identitySlots(hints: Hints): readonly Slot[] {
  const roles = valuesAt(hints, "agent.roles.*").filter((value) => typeof value === "string");
  const slots: Slot[] = [
    { path: ["agent", "id"], candidates: distinct(["agent", ...valuesAt(hints, "agent.id")]) },
    {
      path: ["agent", "roles"],
      candidates: distinct([
        [],
        ...roles.map((role) => [role]),
        ...(roles.length > 1 ? [roles] : []),
      ]),
    },
  ];
  for (const path of hints.keys()) {
    const names = path.split(".");
    const [root = "", claim] = names;
    if (path.includes("*") || isInside(path, hints)) continue;
    const isClaim =
      (root === "agent" || root === "user" || root === "context") && claim !== undefined;
    const isName = (root === "tenant" || root === "session") && claim === undefined;
    if (!(isClaim || isName) || path === "agent.id" || path.startsWith("agent.roles")) continue;
    const lists = valuesAt(hints, `${path}.*`).map((value) => [value]);
    const candidates = distinct([ABSENT, ...valuesAt(hints, path), ...lists, "x", true, 1]);
    slots.push({
      path: names,
      candidates: isName || path === "user.id" ? candidates.filter(isText) : candidates,
    });
  }
  return slots;
}

/** Whether conditions read something below a place, which then is an object and has no value of its own. */
function isInside(path: string, hints: Hints): boolean {
  return [...hints.keys()].some((other) => other.startsWith(`${path}.`) && other !== `${path}.*`);
}

function isText(candidate: Candidate): boolean {
  return candidate === ABSENT || (typeof candidate === "string" && candidate !== "");
}

function valuesAt(hints: Hints, path: string): readonly Json[] {
  return [...(hints.get(path)?.values ?? [])];
}

const HOUR_MS = 3_600_000;

/** Now; every hour of a day and every day of a week where a condition reads the clock; both sides of every end. */
function timeSlot(hint: Hint | undefined, untils: readonly number[], now: number): readonly Slot[] {
  if (hint === undefined && untils.length === 0) return [];
  const instants = [...(hint?.values ?? [])].flatMap((value) => {
    const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
    return Number.isFinite(time) ? [time] : [];
  });
  const hours =
    hint === undefined ? [] : Array.from({ length: 24 * 7 }, (_, hour) => now + hour * HOUR_MS);
  const edges = [...instants, ...untils].flatMap((time) => [time - 1, time, time + 1]);
  return [{ path: ["time"], candidates: [...new Set([now, ...edges, ...hours])] }];
}

type SchemaWithRoot = readonly [ArgumentSchema | undefined, ArgumentSchema | undefined];

/** The places inside one object, by the schemas of both policies and by what conditions read there. */
function argumentSlots(
  path: readonly string[],
  schemas: readonly SchemaWithRoot[],
  hints: Hints,
): readonly Slot[] {
  const sides = schemas.map(([schema, root]) => ({ parts: partsOfSchema(schema, root), root }));
  const prefix = `${path.join(".")}.`;
  const read = [...hints.keys()].flatMap((key) =>
    key.startsWith(prefix) ? [key.slice(prefix.length).split(".")[0] ?? ""] : [],
  );
  const described = sides.flatMap(({ parts }) =>
    parts.flatMap(({ properties = {} }) => Object.keys(properties)),
  );
  const names = new Set([...described, ...read].filter((name) => name !== "*" && name !== ""));
  const slots = [...names].flatMap((name) => {
    const inner = sides.flatMap(({ parts, root }) =>
      parts.flatMap(({ properties = {} }): readonly SchemaWithRoot[] =>
        Object.hasOwn(properties, name) ? [[properties[name], root]] : [],
      ),
    );
    const isNeeded =
      sides.length > 0 &&
      sides.every(({ parts }) => parts.some(({ required = [] }) => required.includes(name)));
    return placeSlots([...path, name], inner, hints, isNeeded);
  });
  return [...slots, { path: [...path, UNEXPECTED], candidates: [ABSENT, "x"] }];
}

function placeSlots(
  path: readonly string[],
  schemas: readonly SchemaWithRoot[],
  hints: Hints,
  isNeeded: boolean,
): readonly Slot[] {
  const key = path.join(".");
  const parts = schemas.flatMap(([schema, root]) => partsOfSchema(schema, root));
  const isObject = parts.some(({ properties }) => properties !== undefined) || isInside(key, hints);
  if (isObject && path.length <= MAX_DEPTH) return argumentSlots(path, schemas, hints);
  const hint = hints.get(key);
  const values = [
    ...scalarsOf(parts),
    ...(hint?.values ?? []),
    ...[...(hint?.sizes ?? [])].filter((size) => size <= 2_000).map((size) => "x".repeat(size)),
    ...listValues(key, schemas, parts, hints),
    // What is not described may be of any type.
    ...(parts.length === 0 ? ["x", 1, true] : []),
  ];
  return [{ path, candidates: distinct(isNeeded ? values : [ABSENT, ...values]) }];
}

function listValues(
  key: string,
  schemas: readonly SchemaWithRoot[],
  parts: readonly ArgumentSchemaObject[],
  hints: Hints,
): readonly Json[] {
  const hint = hints.get(`${key}.*`);
  const isList =
    hint !== undefined || parts.some(({ type }) => type === "array" || type?.includes("array"));
  if (!isList) return [];
  const roots = schemas.map(([, root]) => root);
  const items = parts.flatMap(({ items: of, prefixItems = [] }) =>
    [of, ...prefixItems].flatMap((one) => roots.flatMap((root) => partsOfSchema(one, root))),
  );
  const values = [...new Set([...(hint?.values ?? []), ...scalarsOf(items)])].slice(0, 12);
  return listsOf(values, parts, hints.get(key)?.sizes ?? new Set());
}

/** Each value once, long ones last, and never more than a search can try. */
function distinct(values: readonly Candidate[]): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const value of values) {
    const key = value === ABSENT ? "" : JSON.stringify(value);
    if (!found.has(key)) found.set(key, value);
  }
  const long = ([key]: readonly [string, Candidate]): number =>
    key.length > LONG ? key.length : 0;
  const sorted = [...found].sort((a, b) => long(a) - long(b));
  return sorted.map(([, value]) => value).slice(0, MOST);
}
