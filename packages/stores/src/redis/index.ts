export { openRedis, type RedisClient, type RedisDatabase, type RedisOptions } from "./database.ts";
export { limitStore } from "./limits.ts";
export { rollbackStore } from "./rollback.ts";
