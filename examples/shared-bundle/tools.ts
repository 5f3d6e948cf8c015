/** What a tool did, counted inside the tool itself. */
export interface ToolBox {
  /** How often each tool ran. */
  readonly runs: ReadonlyMap<string, number>;
  /** Every tool, by name, as a plain function. The frameworks' own tool objects are made around these. */
  readonly tools: Readonly<Record<string, (args: Record<string, unknown>) => Promise<string>>>;
}

const WORK: Readonly<Record<string, (args: Record<string, unknown>) => string>> = {
  export_data: ({ size }) => `exported ${String(size)} records`,
  external_api: ({ url }) => `fetched ${String(url)}`,
  list_customers: ({ limit }) => `listed ${String(limit)} customers`,
  delete_records: ({ table }) => `deleted ${String(table)}`,
  read_report: ({ quarter }) => `report of ${String(quarter)}`,
  import_data: ({ from }) => `imported from ${String(from)}`,
};

/** Fresh tools with fresh counters. */
export function makeTools(): ToolBox {
  const runs = new Map<string, number>();
  const tools = Object.fromEntries(
    Object.entries(WORK).map(([name, work]) => [
      name,
      async (args: Record<string, unknown>) => {
        runs.set(name, (runs.get(name) ?? 0) + 1);
        return work(args);
      },
    ]),
  );
  return { runs, tools };
}

/** What each tool tells a model about itself. Its arguments are left open: the policy describes and closes them. */
export const DESCRIPTION = "A tool of the shop";
