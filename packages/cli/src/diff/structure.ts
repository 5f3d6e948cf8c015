import type { Expression, Policy, SourcePosition } from "@interlatch/core";
import { writeExpression } from "../explain/write-expression.ts";
import type { Direction } from "../replay/change.ts";
import { obligationDirection } from "./obligations.ts";

/** One field of a rule, tool or profile that is not as it was. Absent: it was not there, or is there no more. */
export interface FieldChange {
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
  /** Only of what says it by itself, such as a limit: what else changes for calls is for the search to find out. */
  readonly direction?: Direction;
}

/** One part of a policy that is new, gone or changed. */
export interface PartChange {
  readonly kind: "policy" | "agent profile" | "tool" | "pin" | "fact" | "rule";
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  readonly fields: readonly FieldChange[];
  /** Where it stands now; where it stood, if it is gone. */
  readonly at: SourcePosition | null;
}

/** Which parts of a policy changed. Conditions are compared as they were built, with every `define` put in its place. */
export function structuralChanges(before: Policy, after: Policy): readonly PartChange[] {
  return [
    ...policyChanges(before, after),
    ...namedChanges("agent profile", before.agents ?? {}, after.agents ?? {}),
    ...namedChanges("tool", before.tools, after.tools),
    ...namedChanges("pin", before.pins ?? {}, after.pins ?? {}),
    ...namedChanges("fact", before.facts, after.facts),
    ...namedChanges("rule", byName(before.rules), byName(after.rules)),
  ];
}

/** What is the whole policy's. */
function policyChanges(before: Policy, after: Policy): readonly PartChange[] {
  const whole = ({
    id,
    description,
    mode,
    agents,
    fallback,
    hostFacts,
    engine,
  }: Policy): object => ({
    id,
    description,
    mode,
    agents: agents === null ? "none, so any agent may ask for any tool" : "declared",
    fallback,
    hostFacts,
    engine,
  });
  const fields = fieldChanges(whole(before), whole(after)).map((change) => {
    if (change.field !== "mode") return change;
    return { ...change, direction: after.mode === "shadow" ? "looser" : "stricter" } as const;
  });
  if (fields.length === 0) return [];
  return [{ kind: "policy", name: after.id, change: "changed", fields, at: null }];
}

function byName<Part extends { readonly name: string }>(
  parts: readonly Part[],
): Readonly<Record<string, Part>> {
  return Object.fromEntries(parts.map((part) => [part.name, part]));
}

function namedChanges(
  kind: PartChange["kind"],
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly PartChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name): readonly PartChange[] => {
    const was = Object.hasOwn(before, name) ? before[name] : undefined;
    const is = Object.hasOwn(after, name) ? after[name] : undefined;
    const fields = fieldChanges(was, is);
    if (fields.length === 0) return [];
    const change = was === undefined ? "added" : is === undefined ? "removed" : "changed";
    // A fact is any JSON: its own `at` is no place in a file.
    const at = kind === "fact" ? null : (positionOf(is) ?? positionOf(was));
    return [{ kind, name, change, fields, at }];
  });
}

function positionOf(part: unknown): SourcePosition | null {
  if (typeof part !== "object" || part === null || !("at" in part)) return null;
  return part.at as SourcePosition; // a part of a validated policy
}

function fieldChanges(before: unknown, after: unknown): readonly FieldChange[] {
  const was = fieldsOf(before);
  const is = fieldsOf(after);
  const names = new Set([...was.keys(), ...is.keys()]);
  return [...names].flatMap((field): readonly FieldChange[] => {
    const [old, now] = [was.get(field), is.get(field)];
    if (old === now) return [];
    const direction = obligationDirection(field, before, after);
    return [
      {
        field: field === "" ? "value" : field,
        ...(old === undefined ? {} : { before: old }),
        ...(now === undefined ? {} : { after: now }),
        ...(direction === undefined ? {} : { direction }),
      },
    ];
  });
}

/** The leaves of a part as texts, by their path; conditions as their author would write them. */
function fieldsOf(part: unknown): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const add = (path: readonly string[], value: unknown): void => {
    if (value === undefined) return;
    const [name = ""] = path;
    const isOpen = typeof value === "object" && value !== null && !Array.isArray(value);
    if (path.length === 1 && name === "when") {
      fields.set(name, writeExpression(value as Expression)); // `when` of a validated part
    } else if (path.length === 1 && name === "until") {
      fields.set(name, new Date(Number(value)).toISOString());
    } else if (!isOpen || Object.keys(value).length === 0 || WHOLE.includes(name)) {
      fields.set(path.join("."), JSON.stringify(value));
    } else {
      for (const [key, inner] of Object.entries(value)) {
        if (!HIDDEN.includes([...path, key].join("."))) add([...path, key], inner);
      }
    }
  };
  add([], part);
  return fields;
}

/** Where a thing was written, and what it is called, says nothing of what it does. */
const HIDDEN = ["at", "name"];
/** Fields that read better as one text. */
const WHOLE = ["fallback", "resources", "redact", "rateLimit", "review"];
