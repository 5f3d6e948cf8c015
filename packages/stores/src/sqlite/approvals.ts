import { type Approval, type ApprovalFilter, type ApprovalStore } from "@interlatch/core";
import { openingOf } from "@interlatch/core/approvals";
import {
  approvalOf,
  conditionsOf,
  COUNTED_STATES,
  LIST_LIMIT,
  rowOf,
  subjectOf,
} from "../approvals/row.ts";
import { hashed } from "../names.ts";
import { asking, connectionOf, inTransaction, type SqliteDatabase } from "./database.ts";

const RECORD = "SELECT record FROM interlatch_approvals WHERE";
const OTHERS = `${RECORD} subject = ? AND state IN (SELECT value FROM json_each(?))`;
const ADD = `
  INSERT INTO interlatch_approvals
    (id, key, subject, tenant, session, tool, call, state, version, expires, record)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const REPLACE = `
  UPDATE interlatch_approvals SET state = ?, version = ?, expires = ?, record = ?
  WHERE id = ? AND version = ?`;

/**
 * Approvals in SQLite, shared by the processes of a machine: one asks, another answers, and the answer counts once.
 * It keeps what the guard keeps of a call, its arguments included, until you remove it. All of it throws `ERR_STORE`.
 *
 * @throws ERR_OPTIONS when the database does not come from `openSqlite`
 *
 * @example
 * ```ts
 * import { approvalStore, openSqlite } from "@interlatch/stores/sqlite";
 * const stores = { approvals: approvalStore(await openSqlite("/var/lib/acme/interlatch.db")) };
 * ```
 */
export function approvalStore(database: SqliteDatabase): ApprovalStore {
  const connection = connectionOf(database);
  const one = (sql: string, value: string): Approval | null =>
    asking(database, () => {
      const row = connection.prepare(sql).get(value);
      return row === undefined ? null : approvalOf(row["record"]);
    });
  return {
    open: (approval, most) =>
      asking(database, () =>
        inTransaction(connection, () => {
          const rows = connection
            .prepare(OTHERS)
            .all(subjectOf(approval), JSON.stringify(COUNTED_STATES));
          const others = rows.map(({ record }) => approvalOf(record));
          const opening = openingOf(approval, others, most);
          if (opening.kind !== "opened") return opening;
          const { id, key, subject, tenant, session, tool, call, ...rest } = rowOf(approval);
          const { state, version, expires, record } = rest;
          const names = [id, key, subject, tenant, session, tool, call];
          connection.prepare(ADD).run(...names, state, version, expires, record);
          return opening;
        }),
      ),
    get: (id) => one(`${RECORD} id = ?`, hashed(id)),
    latest: (key) => one(`${RECORD} key = ? ORDER BY position DESC LIMIT 1`, hashed(key)),
    replace: (id, version, next) =>
      asking(database, () => {
        const { state, version: after, expires, record } = rowOf(next);
        const { changes } = connection
          .prepare(REPLACE)
          .run(state, after, expires, record, hashed(id), version);
        return Number(changes) === 1;
      }),
    list: (filter) =>
      asking(database, () => {
        const { sql, values } = selection(filter);
        const rows = connection.prepare(sql).all(...values);
        return rows.map(({ record }) => approvalOf(record));
      }),
  };
}

function selection(filter: ApprovalFilter): {
  readonly sql: string;
  readonly values: readonly (string | number)[];
} {
  const conditions = conditionsOf(filter);
  const terms = conditions.map(({ column }) => `${column} IN (SELECT value FROM json_each(?))`);
  return {
    sql: `${RECORD} ${["TRUE", ...terms].join(" AND ")} ORDER BY position DESC LIMIT ?`,
    values: [...conditions.map(({ values }) => JSON.stringify(values)), filter.limit ?? LIST_LIMIT],
  };
}
