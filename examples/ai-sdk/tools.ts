import { tool } from "ai";
import { z } from "zod";

/** What the tools did, counted inside the tools themselves. */
export const ran: string[] = [];

/** Tools as any application writes them: none of them knows of a policy. */
export const tools = {
  list_customers: tool({
    description: "Lists customers",
    inputSchema: z.object({ limit: z.number() }),
    execute: async ({ limit }) => {
      ran.push(`list_customers ${limit}`);
      return Array.from({ length: limit }, (_, index) => ({ id: `customer-${index + 1}` }));
    },
  }),
  delete_records: tool({
    description: "Deletes records",
    inputSchema: z.object({ table: z.string() }),
    execute: async ({ table }) => {
      ran.push(`delete_records ${table}`);
      return { deleted: table };
    },
  }),
  read_report: tool({
    description: "Reads the report of a quarter",
    inputSchema: z.object({ quarter: z.enum(["q1", "q2", "q3", "q4"]) }),
    execute: async ({ quarter }) => {
      ran.push(`read_report ${quarter}`);
      return { quarter, rows: [{ revenue: 12_000 }], note: "" };
    },
  }),
};
