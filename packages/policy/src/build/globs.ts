/** Whether a name in a policy stands for several. */
export function isGlob(text: string): boolean {
  return text.includes("*");
}

/** A place to go on from when what follows a star does not fit: the star takes one sign more. */
interface Retry {
  /** The part after the star. */
  readonly part: number;
  /** The first sign that the star has not taken. */
  readonly at: number;
}

/**
 * Whether a glob matches a whole name. `*` stays within one segment (up to the next `/`), `**` crosses; every other
 * sign stands for itself.
 *
 * Only the last `*` and the last `**` are ever tried again: an earlier star that took more could not help, since what
 * follows it already stands as far left as it can. So a match takes time in the product of the lengths, whatever the
 * stars; a translation to a backtracking pattern would not.
 */
export function globMatches(glob: string, name: string): boolean {
  let [part, at] = [0, 0];
  let within: Retry | undefined;
  let across: Retry | undefined;
  while (part < glob.length || at < name.length) {
    if (glob[part] === "*") {
      const crosses = glob[part + 1] === "*";
      while (glob[part] === "*") part++;
      within = crosses ? undefined : { part, at };
      if (crosses) across = { part, at };
    } else if (at < name.length && glob[part] === name[at]) {
      part++;
      at++;
    } else if (within !== undefined && within.at < name.length && name[within.at] !== "/") {
      within = { part: within.part, at: within.at + 1 };
      ({ part, at } = within);
    } else if (across !== undefined && across.at < name.length) {
      across = { part: across.part, at: across.at + 1 };
      ({ part, at } = across);
      within = undefined;
    } else return false;
  }
  return true;
}
