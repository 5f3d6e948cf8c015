import type { ApprovalStore, LimitStore, RollbackStore } from "@interlatch/core";
import { fileRollback } from "@interlatch/core/node";
import * as postgres from "../src/postgres/index.ts";
import * as redis from "../src/redis/index.ts";
import * as sqlite from "../src/sqlite/index.ts";
import { connectRedis } from "./redis-server.ts";

/** Where a state is kept. JSON, so that another process can be told. */
export type Place =
  | { readonly kind: "file" | "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly url: string; readonly prefix: string }
  | { readonly kind: "redis"; readonly port: number; readonly prefix: string };

/** The stores of a place, opened as a process of its own would. */
export interface Stores {
  readonly rollback: RollbackStore;
  readonly limits?: LimitStore;
  readonly approvals?: ApprovalStore;
  close(): Promise<void>;
}

/** @param timeoutMs - how long to wait for a database, in milliseconds */
export async function openPlace(place: Place, timeoutMs = 20_000): Promise<Stores> {
  switch (place.kind) {
    case "file":
      return { rollback: fileRollback(place.path), close: async () => undefined };
    case "sqlite": {
      const database = await sqlite.openSqlite(place.path, { timeoutMs });
      return {
        rollback: sqlite.rollbackStore(database),
        limits: sqlite.limitStore(database),
        approvals: sqlite.approvalStore(database),
        close: async () => database.close(),
      };
    }
    case "postgres": {
      const { url: connectionString, prefix } = place;
      const database = await postgres.openPostgres({ connectionString }, { prefix, timeoutMs });
      return {
        rollback: postgres.rollbackStore(database),
        limits: postgres.limitStore(database),
        approvals: postgres.approvalStore(database),
        close: () => database.close(),
      };
    }
    case "redis": {
      const { client, end } = await connectRedis(place.port);
      const database = redis.openRedis(client, { prefix: place.prefix, timeoutMs });
      return {
        rollback: redis.rollbackStore(database),
        limits: redis.limitStore(database),
        close: async () => end(),
      };
    }
  }
}
