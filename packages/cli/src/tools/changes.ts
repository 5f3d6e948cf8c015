import type { Output } from "../output.ts";
import { counted, shown, visible } from "../output.ts";
import type { Definitions, PinnedDefinition } from "./definitions.ts";

/** One value of a definition that is not as it was approved. Absent: it was not there, or is there no more. */
export interface ValueChange {
  /** As in `inputSchema.properties.path.type`. */
  readonly place: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A tool that is not the one that was approved. */
export interface ToolChange {
  readonly tool: string;
  readonly change: "new" | "changed" | "gone";
  readonly values: readonly ValueChange[];
}

/** What is offered now against what was approved, by name. */
export function toolChanges(approved: Definitions, offered: Definitions): readonly ToolChange[] {
  const names = [...new Set([...Object.keys(approved), ...Object.keys(offered)])].toSorted();
  return names.flatMap((tool): readonly ToolChange[] => {
    const before = approved[tool];
    const after = offered[tool];
    if (before?.digest === after?.digest) return [];
    const change = before === undefined ? "new" : after === undefined ? "gone" : "changed";
    return [{ tool, change, values: change === "gone" ? [] : valueChanges(before, after) }];
  });
}

function valueChanges(
  before: PinnedDefinition | undefined,
  after: PinnedDefinition | undefined,
): readonly ValueChange[] {
  const was = valuesOf(before);
  const is = valuesOf(after);
  const places = [...new Set([...was.keys(), ...is.keys()])];
  return places.flatMap((place): readonly ValueChange[] => {
    const [old, now] = [was.get(place), is.get(place)];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    return [
      {
        place,
        ...(old === undefined ? {} : { before: old }),
        ...(now === undefined ? {} : { after: now }),
      },
    ];
  });
}

/** The leaves of a definition by their place; lists of plain values are one. */
function valuesOf(definition: PinnedDefinition | undefined): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  const add = (place: string, value: unknown): void => {
    if (value === undefined) return;
    const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
    const isLeaf =
      inner.length === 0 || (Array.isArray(value) && inner.every(([, item]) => !isOpen(item)));
    if (isLeaf) values.set(place, value);
    else for (const [key, item] of inner) add(`${place}${step(key)}`, item);
  };
  add("description", definition?.description);
  add("inputSchema", definition?.inputSchema);
  return values;
}

/** No two values have one place, and no key looks like a line of this command's: a server chooses its keys. */
function step(key: string): string {
  return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function isOpen(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** A definition is written by whoever offers the tool: its words are cut and made visible, and never run in a terminal. */
export function printChanges(changes: readonly ToolChange[], { say, paint }: Output): void {
  for (const { tool, change, values } of changes) {
    const colour = change === "new" ? paint.green : change === "gone" ? paint.red : paint.yellow;
    say(`${paint.bold(visible(tool))}  ${colour(change)}`);
    for (const { place, before, after } of values) {
      say(`  ${visible(place)}`);
      if (before !== undefined) say(paint.red(`    - ${words(before)}`));
      if (after !== undefined) say(paint.green(`    + ${words(after)}`));
    }
  }
}

/** What is cut off is what nobody has read, so it is said how much that is. */
function words(value: unknown): string {
  const text = shown(value, Infinity);
  const more = text.length - MAX_SHOWN;
  return more > 0
    ? `${text.slice(0, MAX_SHOWN)}… and ${counted(more, "more character")}: see --json`
    : text;
}

/** Long enough for the descriptions that servers write. */
const MAX_SHOWN = 4_000;
