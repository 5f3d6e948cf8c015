/** More words than this are not listed. */
const LISTED = 20;

/** `a`, `b` or `c`, each in backticks. */
export function oneOf(words: readonly string[]): string {
  const quoted = words.slice(0, LISTED).map((word) => `\`${word}\``);
  if (words.length > LISTED) return `${quoted.join(", ")} or ${words.length - LISTED} others`;
  const last = quoted.at(-1);
  if (last === undefined) return "nothing";
  return quoted.length === 1 ? last : `${quoted.slice(0, -1).join(", ")} or ${last}`;
}

/** A value as a message shows it: short, on one line. */
export function shown(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

/** `a`, `b` and `c`, each in backticks. */
export function allOf(words: readonly string[]): string {
  const quoted = words.slice(0, LISTED).map((word) => `\`${word}\``);
  if (words.length > LISTED) return `${quoted.join(", ")} and ${words.length - LISTED} others`;
  const last = quoted.at(-1);
  if (last === undefined) return "nothing";
  return quoted.length === 1 ? last : `${quoted.slice(0, -1).join(", ")} and ${last}`;
}
