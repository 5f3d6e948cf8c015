import { AGAIN, COLUMNS } from "./columns.ts";
import type { Cell, RowResult } from "./cells.ts";
import type { Proof } from "./proof.ts";
import { versions } from "./versions.ts";

const BEGIN = "<!-- matrix: from here to its end `pnpm matrix` writes -->";
const END = "<!-- matrix: end -->";

/** The part of the README that is written from a run, without its marks. */
export function section(results: readonly RowResult[], proof: Proof): string {
  return `${table(results)}\n\n${legend(results, proof)}`;
}

/** The README with this section between its marks. Throws where it has not both marks, once. */
export function withSection(readme: string, text: string): string {
  const [before, rest, ...more] = readme.split(BEGIN);
  const [, after, ...others] = (rest ?? "").split(END);
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`The README must have each of these lines once: ${BEGIN} and ${END}`);
  }
  return `${before}${BEGIN}\n\n${text}\n\n${END}${after}`;
}

/** In the form that the formatter gives a table: each column as wide as its widest cell. */
function table(results: readonly RowResult[]): string {
  const heading = ["", ...COLUMNS.map(({ effect }) => effect)];
  const rows = results.map(({ row, cells }) => [
    `${row.framework}, ${row.path}`,
    ...cells.map(symbol),
  ]);
  const widths = heading.map((_, column) =>
    Math.max(3, ...[heading, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(heading), rule, ...rows.map(line)].join("\n");
}

function symbol(cell: Cell): string {
  switch (cell.kind) {
    case "held":
      return "✓";
    case "instead":
      return cell.what;
    case "failed":
      return "✗";
  }
}

/** Groups whose ids have short names for what they are. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["lg", "LangGraph"],
  ["lc", "LangChain"],
  ["ai", "AI SDK"],
  ["deep", "deepagents"],
]);

function legend(results: readonly RowResult[], { proven, all, groups }: Proof): string {
  const isBroken = results.some(({ cells }) => cells.some(({ kind }) => kind === "failed"));
  const symbols = `✓ ran and held${isBroken ? ", ✗ did not hold" : ""}; ${AGAIN} held, by an answer through \`guard.approvals\`, where the framework has no form for it; a word: what the model gets there instead.`;
  const counts = [...groups]
    .map(([group, count]) => `${count} ${NAMES.get(group) ?? group}`)
    .join(", ");
  return `${symbols} Run with ${versions()}. ${proven} of ${all} requirements have their tests: ${counts}.`;
}
