/** What the graph throws to steer itself: interrupts, commands to a parent. To swallow one would lose a question. */
export function isBubbleUp(error: unknown): boolean {
  return holds(
    () =>
      typeof error === "object" &&
      error !== null &&
      "is_bubble_up" in error &&
      error.is_bubble_up === true,
  );
}

/** Asks something of what was thrown. It may be anything, also something that throws when it is looked at. */
export function holds(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}
