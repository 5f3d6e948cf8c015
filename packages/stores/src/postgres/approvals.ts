import type { Approval, ApprovalFilter, ApprovalStore } from "@interlatch/core";
import { openingOf } from "@interlatch/core/approvals";
import { answered } from "../answers.ts";
import {
  approvalOf,
  conditionsOf,
  COUNTED_STATES,
  LIST_LIMIT,
  rowOf,
  subjectOf,
} from "../approvals/row.ts";
import { hashed } from "../names.ts";
import { inTransaction, type PostgresClient } from "./connection.ts";
import { openedAs, type PostgresDatabase } from "./database.ts";

/**
 * Approvals in PostgreSQL, shared by all hosts: one asks, another answers, and the answer counts once. It keeps what
 * the guard keeps of a call, its arguments included, until you remove it. All of it rejects with `ERR_STORE`.
 *
 * @throws ERR_OPTIONS when the database does not come from `openPostgres`
 *
 * @example
 * ```ts
 * import { approvalStore, openPostgres } from "@interlatch/stores/postgres";
 * const database = await openPostgres({ connectionString: "postgresql://app@db.internal/acme" });
 * const stores = { approvals: approvalStore(database) };
 * ```
 */
export function approvalStore(database: PostgresDatabase): ApprovalStore {
  const tables = openedAs(database);
  const table = tables.table("approvals");
  const asking = <T>(work: (client: PostgresClient) => Promise<T>): Promise<T> =>
    answered("ERR_STORE", "PostgreSQL", () => tables.use(work));
  const select = (terms: string, values: unknown[]): Promise<readonly Approval[]> =>
    asking(async (client) => {
      const { rows } = await client.query(`SELECT record FROM ${table} WHERE ${terms}`, values);
      return rows.map(({ record }) => approvalOf(record));
    });
  const one = async (terms: string, value: string): Promise<Approval | null> =>
    (await select(terms, [value]))[0] ?? null;

  return {
    open: (approval, most) =>
      asking((client) =>
        inTransaction(client, async () => {
          const subject = subjectOf(approval);
          // Nobody else asks about this subject meanwhile; the next statement sees all that was asked before.
          await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
            table + subject,
          ]);
          const { rows } = await client.query(
            `SELECT record FROM ${table} WHERE subject = $1 AND state = ANY($2)`,
            [subject, COUNTED_STATES],
          );
          const others = rows.map(({ record }) => approvalOf(record));
          const opening = openingOf(approval, others, most);
          if (opening.kind === "opened") await add(client, table, approval);
          return opening;
        }),
      ),
    get: (id) => one("id = $1", hashed(id)),
    latest: (key) => one("key = $1 ORDER BY position DESC LIMIT 1", hashed(key)),
    replace: (id, version, next) =>
      asking(async (client) => {
        const { state, version: after, expires, record } = rowOf(next);
        const { rowCount } = await client.query(
          `UPDATE ${table} SET state = $1, version = $2, expires = $3, record = $4
           WHERE id = $5 AND version = $6`,
          [state, after, expires, record, hashed(id), version],
        );
        return rowCount === 1;
      }),
    list: (filter) => {
      const { terms, values } = selection(filter);
      return select(terms, values);
    },
  };
}

async function add(client: PostgresClient, table: string, approval: Approval): Promise<void> {
  const { id, key, subject, tenant, session, tool, call, ...rest } = rowOf(approval);
  const { state, version, expires, record } = rest;
  await client.query(
    `INSERT INTO ${table}
       (id, key, subject, tenant, session, tool, call, state, version, expires, record)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [id, key, subject, tenant, session, tool, call, state, version, expires, record],
  );
}

function selection(filter: ApprovalFilter): { readonly terms: string; readonly values: unknown[] } {
  const conditions = conditionsOf(filter);
  const terms = conditions.map(({ column }, index) => `${column} = ANY($${index + 1})`);
  return {
    terms: `${["TRUE", ...terms].join(" AND ")} ORDER BY position DESC LIMIT $${terms.length + 1}`,
    values: [...conditions.map(({ values }) => values), filter.limit ?? LIST_LIMIT],
  };
}
