import type { Expression } from "@interlatch/core";

/** The fields that are known to be there at some point of a condition, by their paths. */
export type Presence = ReadonlySet<string>;

/** Nothing is known to be there. */
export const NOTHING: Presence = new Set();

/** What one or the other says is there. */
export function union(a: Presence, b: Presence): Presence {
  if (a.size === 0) return b;
  return b.size === 0 ? a : new Set([...a, ...b]);
}

/** What both say is there. */
export function intersection(a: Presence, b: Presence): Presence {
  if (a.size === 0 || b.size === 0) return NOTHING;
  return new Set([...a].filter((path) => b.has(path)));
}

/** What is known inside a macro: nothing that was said of another value of the same name holds there. */
export function without(presence: Presence, local: string): Presence {
  if (presence.size === 0) return presence;
  const root = localPath(local);
  return new Set([...presence].filter((path) => path !== root && !path.startsWith(`${root}.`)));
}

/** One text per place that an expression can name: a variable, then fields and literal indexes. */
export function pathOf(expression: Expression): string | undefined {
  switch (expression.kind) {
    case "variable":
      return expression.name;
    case "local":
      return localPath(expression.name);
    case "field":
      return fieldPath(expression.of, expression.name);
    case "index":
      if (expression.at.kind !== "literal") return undefined;
      return fieldPath(expression.of, String(expression.at.value));
    default:
      return undefined;
  }
}

/** The path of a field of an expression. */
export function fieldPath(of: Expression, name: string): string | undefined {
  const path = pathOf(of);
  return path === undefined ? undefined : `${path}.${JSON.stringify(name)}`;
}

function localPath(name: string): string {
  return `local ${name}`;
}
