export type { PostgresClient, PostgresPool, PostgresSettings } from "./connection.ts";
export { openPostgres, type PostgresDatabase, type PostgresOptions } from "./database.ts";
export { approvalStore } from "./approvals.ts";
export { limitStore } from "./limits.ts";
export { rollbackStore } from "./rollback.ts";
