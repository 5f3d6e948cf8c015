import type { AdapterUnderTest } from "@interlatch/conformance";
import { checksOf, type Check } from "./checks.ts";
import { COLUMNS, type Column } from "./columns.ts";
import type { Row } from "./rows.ts";

/** What the run of one cell showed. */
export type Cell =
  /** Every requirement of the column was run and held. */
  | { readonly kind: "held" }
  /** The same, for what happens there in its place. */
  | { readonly kind: "instead"; readonly what: string }
  | { readonly kind: "failed"; readonly faults: readonly string[] };

/** A row with its cells, in the order of the columns. */
export interface RowResult {
  readonly row: Row;
  readonly cells: readonly Cell[];
}

/** Runs every cell of these rows, one after the other. */
export async function runRows(rows: readonly Row[]): Promise<readonly RowResult[]> {
  const results: RowResult[] = [];
  for (const row of rows) {
    const checks = checksOf(row.adapter);
    const cells: Cell[] = [];
    for (const column of COLUMNS) cells.push(await runCell(checks, column, row.adapter));
    results.push({ row, cells });
  }
  return results;
}

/** Runs one cell. */
export async function runCell(
  checks: readonly Check[],
  { requirements, instead }: Column,
  adapter: AdapterUnderTest,
): Promise<Cell> {
  const faults: string[] = [];
  for (const id of requirements) {
    const proofs = checks.filter(({ requirement }) => requirement === id);
    if (proofs.length === 0) faults.push(`${id}: the kit has no test of it`);
    for (const proof of proofs) {
      const { assertions, fault } = await proof.run();
      if (fault !== null) faults.push(`${id}: ${fault}`);
      else if (assertions === 0) faults.push(`${id}: its test asserts nothing`);
    }
  }
  if (faults.length > 0) return { kind: "failed", faults };
  const what = instead?.(adapter);
  return what === undefined ? { kind: "held" } : { kind: "instead", what };
}
