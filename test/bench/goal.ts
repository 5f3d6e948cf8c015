/** One figure of the table, and what it must reach. */
export interface Figure {
  readonly what: string;
  /** Against what the ratio was taken. */
  readonly against: string;
  readonly value: number;
  /** `×`, `MB`, `ms`, `µs`, `KB`. */
  readonly unit: string;
  readonly goal: { readonly atMost: number } | { readonly atLeast: number };
  /** How far beyond the goal still passes, as a share of it: these machines are shared. */
  readonly tolerance: number;
  /** Absolute figures, for the reader. They vary from machine to machine. */
  readonly note: string;
}

/** Whether a figure meets its goal, its tolerance included. */
export function holds({ value, goal, tolerance }: Figure): boolean {
  return "atMost" in goal
    ? value <= goal.atMost * (1 + tolerance)
    : value >= goal.atLeast * (1 - tolerance);
}

/** Whether a figure meets its goal without its tolerance. */
export function reaches(figure: Figure): boolean {
  return holds({ ...figure, tolerance: 0 });
}

/** One line of the table: `ok` meets its goal, `near` only with its tolerance, `MISS` does not. */
export function describe(figure: Figure): string {
  const { what, against, value, unit, goal, note } = figure;
  const wanted = "atMost" in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
  const sign = !holds(figure) ? "MISS" : reaches(figure) ? "ok  " : "near";
  const shown = value >= 100 ? value.toFixed(0) : value.toFixed(2);
  return `${sign} ${what.padEnd(46)} ${`${shown} ${unit}`.padStart(10)}  goal ${`${wanted} ${unit}`.padEnd(9)} ${against}${note === "" ? "" : ` (${note})`}`;
}
