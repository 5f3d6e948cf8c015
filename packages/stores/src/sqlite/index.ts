export { openSqlite, type SqliteDatabase, type SqliteOptions } from "./database.ts";
export { approvalStore } from "./approvals.ts";
export { limitStore } from "./limits.ts";
export { rollbackStore } from "./rollback.ts";
