/** `^…$` around character classes with simple quantifiers: no groups, no alternatives, no literals. */
const CLASSES_ONLY =
  /^\^(?:(?:\[\^?\]?(?:\\.|\[:\^?[a-z]+:\]|\[(?!:)|[^\]\\[])*\]|\\[dDsSwW]|\.)(?:[*+?]|\{\d+(?:,\d*)?\})?)+\$$/;

/**
 * Whether a pattern is anchored at both ends and made of character classes alone, such as `^[a-z0-9_]+$`.
 * Such a pattern has few states, so it may be asked about texts of any length.
 */
export function isClassesOnly(pattern: string): boolean {
  return CLASSES_ONLY.test(pattern);
}

/**
 * About how many instructions a pattern expands to. RE2 itself allows three million, and takes seconds and
 * gigabytes for them, so that the exact number must not be asked for before this one is known to be small.
 */
export function estimateInstructions(pattern: string): number {
  const open: number[] = [];
  let total = 0;
  let last = 0;
  for (let index = 0; index < pattern.length; index++) {
    const sign = pattern[index];
    if (sign === "(") {
      open.push(total);
      total = 0;
      last = 0;
    } else if (sign === ")") {
      last = total + 2;
      total = (open.pop() ?? 0) + last;
    } else if (sign === "{") {
      const [repeat, most] = repetition(pattern, index);
      total += last * (most - 1);
      last *= most;
      index += repeat;
    } else {
      index = endOfAtom(pattern, index);
      last = 1;
      total += 1;
    }
  }
  return open.reduce((sum, size) => sum + size, total);
}

const REPETITION = /^\{(\d{1,4})(?:,(\d{0,4}))?\}/;

/** How many characters behind `{` the repetition has, and how often it repeats at most. */
function repetition(pattern: string, index: number): readonly [number, number] {
  const [text = "{", least = "1", most = ""] =
    REPETITION.exec(pattern.slice(index, index + 12)) ?? [];
  return [text.length - 1, Math.max(1, Number(least), Number(most))];
}

/** The index of the last character of the escape, class or sign that begins here. */
function endOfAtom(pattern: string, index: number): number {
  if (pattern[index] === "\\") return index + 1;
  if (pattern[index] !== "[") return index;
  let at = index + 1;
  if (pattern[at] === "^") at++;
  if (pattern[at] === "]") at++;
  while (at < pattern.length && pattern[at] !== "]") {
    const inner = pattern.startsWith("[:", at) ? pattern.indexOf(":]", at) : -1;
    at = inner > 0 ? inner + 2 : at + (pattern[at] === "\\" ? 2 : 1);
  }
  return at;
}
