/**
 * Whether two values are the same JSON: by own keys in any order. Minus zero is zero, and a prototype or
 * its absence is no difference.
 */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameJson(item, b[index]))
    );
  }
  const mine = Object.entries(a);
  const theirs = new Map<string, unknown>(Object.entries(b));
  if (mine.length !== theirs.size) return false;
  return mine.every(([key, value]) => theirs.has(key) && sameJson(value, theirs.get(key)));
}

/** Whether a text is this JSON object, or has it in it. */
export function holdsJson(text: string, value: unknown): boolean {
  const from = text.indexOf("{");
  const to = text.lastIndexOf("}");
  try {
    return sameJson(JSON.parse(text.slice(from, to + 1)), value);
  } catch {
    return false;
  }
}
