import type { AuditHead } from "./chain.ts";
import type { AuditOptions } from "./report.ts";

/** What a verification with these options cannot know, in words for whoever reads the report. */
export function limitsOf(options: AuditOptions, head: AuditHead | null): readonly string[] {
  const { expectHead, partial, allowOpen } = options;
  const limits: string[] = [];
  if (expectHead === undefined) {
    limits.push(
      "Records cut off the end, whole, leave no trace: keep a head elsewhere and demand it with expectHead.",
      "An edit of the last record leaves no trace: nothing follows it that holds its hash.",
      "A log that was rewritten from its start with a new chain verifies as well as the true one.",
    );
  } else if (head !== null && head.seq > expectHead.seq) {
    limits.push(
      `After record ${expectHead.seq}, the head that was demanded, records can have been cut, edited or rewritten.`,
    );
  } else {
    limits.push(
      `Records after ${expectHead.seq}, the head that was demanded, can have been cut off.`,
    );
  }
  if (partial === true) {
    limits.push("What came before the first line was not looked at.");
  }
  if (allowOpen === true) limits.push("Calls without outcome were not held to be faults.");
  limits.push(
    "A chain shows that records are unchanged, not that they are true or that none was left out.",
  );
  return limits;
}
