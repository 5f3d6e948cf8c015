import { coverageTable } from "../guard/coverage-table.ts";
import type { Logger } from "../guard/events.ts";
import type { Guard } from "../guard/guard.ts";

/**
 * Tells once, when the adapters have handed over their tools, which of them are enforced. Tools that come later are
 * told when they come, and nothing is told twice.
 */
export function announceCoverage(guard: Guard, logger: Logger): Guard {
  const told = new Map<string, string>();
  let isDue = false;
  const tell = (): void => {
    isDue = false;
    const news = guard.coverage().filter(({ tool, state }) => told.get(tool) !== state);
    for (const { tool, state } of news) told.set(tool, state);
    if (news.length === 0) return;
    logger.info({ coverage: news }, `coverage\n${indented(coverageTable(news))}`);
  };
  return {
    ...guard,
    cover: (entries) => {
      guard.cover(entries);
      // Adapters hand tools over one by one and in each run again.
      if (isDue || entries.every(({ tool, state }) => told.get(tool) === state)) return;
      isDue = true;
      setImmediate(tell).unref();
    },
  };
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}
