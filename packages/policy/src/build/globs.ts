/** Whether a name in a policy stands for several. */
export function isGlob(text: string): boolean {
  return text.includes("*");
}

/**
 * Whether a glob matches a whole name. `*` stays within one segment (up to the next `/`), `**` crosses; every other
 * sign stands for itself.
 *
 * Takes time in the product of the lengths, whatever the stars: a translation to a backtracking pattern would not.
 */
export function globMatches(glob: string, name: string): boolean {
  let reached = new Set([0]);
  for (const part of glob.split(/(\*+)/)) {
    if (part === "") continue;
    reached = part.startsWith("*") ? afterStar(reached, name, part.length > 1) : afterText(reached, name, part);
    if (reached.size === 0) return false;
  }
  return reached.has(name.length);
}

function afterText(from: ReadonlySet<number>, name: string, text: string): Set<number> {
  const reached = new Set<number>();
  for (const at of from) if (name.startsWith(text, at)) reached.add(at + text.length);
  return reached;
}

function afterStar(from: ReadonlySet<number>, name: string, crosses: boolean): Set<number> {
  const reached = new Set<number>();
  for (const start of [...from].sort((a, b) => a - b)) {
    for (let at = start; at <= name.length && !reached.has(at); at++) {
      reached.add(at);
      if (!crosses && name[at] === "/") break;
    }
  }
  return reached;
}
