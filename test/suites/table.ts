import type { SuiteResult } from "../tasks/suite-result.ts";

/** One attack of a table. It passes when it ends, and fails when it throws. */
export interface TableEntry {
  readonly id: string;
  readonly title: string;
  readonly run: () => void | Promise<void>;
}

/** Runs every entry, one after the other, and tells of each. */
export async function runTable(
  heading: string,
  table: readonly TableEntry[],
): Promise<SuiteResult> {
  const lines = [`${heading}: ${table.length}`];
  let failed = 0;
  for (const { id, title, run } of table) {
    try {
      await run();
      lines.push(`  held    ${id}  ${title}`);
    } catch (error) {
      failed++;
      const why = error instanceof Error ? error.message : String(error);
      lines.push(
        `  FAILED  ${id}  ${title}`,
        ...why.split("\n").map((line) => `          ${line}`),
      );
    }
  }
  return { passed: table.length - failed, failed, lines };
}
