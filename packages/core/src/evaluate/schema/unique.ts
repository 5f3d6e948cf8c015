import type { Json } from "../../snapshot/json.ts";
import type { Run } from "./run.ts";
import { structureText } from "./structure-text.ts";

/** Very long texts have hashes of their length alone, so that a set compares those of one length with each other. */
const LONG_TEXT = 1_024;

/** Whether no item equals another. Each item is looked at once: comparing each with each would take minutes. */
export function isUnique(items: readonly Json[], run: Run): boolean {
  if (!run.take(2 * items.length)) return false;
  const plain = new Set<Json>();
  const structures = new Set<string>();
  /** How many long texts of each length there were. */
  const long = new Map<number, number>();
  for (const item of items) {
    if (typeof item !== "object" || item === null) {
      if (typeof item === "string" && item.length > LONG_TEXT) {
        const before = long.get(item.length) ?? 0;
        if (!run.takeText(item.length * (before + 1))) return false;
        long.set(item.length, before + 1);
      }
      if (plain.has(item)) return false;
      plain.add(item);
      continue;
    }
    const text = structureText(item, Infinity) ?? "";
    if (!run.takeStructure(text.length) || structures.has(text)) return false;
    structures.add(text);
  }
  return true;
}
