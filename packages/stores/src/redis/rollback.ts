import { InterlatchError, type RollbackEntry, type RollbackStore } from "@interlatch/core";
import { readEntry, readTime } from "../entry.ts";
import { written } from "../names.ts";
import { openedAs, type RedisDatabase } from "./database.ts";

const GET = "return redis.call('HGET', KEYS[1], ARGV[1])";

/** Numbers of Lua hold every version exactly, but do not print it so: what is kept is the text that came. */
const ADVANCE = `
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if kept then
  local version = tonumber(string.match(kept, '^(%d+) '))
  if not version or version < 1 then return redis.error_reply('ERR an entry of the rollback state is damaged') end
  if version >= tonumber(ARGV[2]) then return kept end
end
local following = ARGV[2] .. ' ' .. ARGV[3]
redis.call('HSET', KEYS[1], ARGV[1], following)
return following`;

/** No stream has this key: theirs are in quotation marks. */
const SEEN = "seen";

/**
 * Rollback state in Redis: what one host has seen, no other goes back behind. The maximum is kept by one script. See
 * {@link openRedis} for what the server must be told to remember it. All of it rejects with `ERR_ROLLBACK_STATE`.
 *
 * @throws ERR_OPTIONS when the database does not come from `openRedis`
 *
 * @example
 * ```ts
 * import { openRedis, rollbackStore } from "@interlatch/stores/redis";
 * import { createClient } from "redis";
 * const client = await createClient({ url: "redis://cache.internal" }).on("error", console.error).connect();
 * const rollback = rollbackStore(openRedis(client));
 * ```
 */
export function rollbackStore(database: RedisDatabase): RollbackStore {
  const server = openedAs(database);
  const table = server.key("rollback");
  const ask = (script: string, ...values: readonly (string | number)[]): Promise<unknown> =>
    server.run("ERR_ROLLBACK_STATE", script, [table], values);
  return {
    get: async (key) => {
      const kept = await ask(GET, written(key));
      return kept === null ? undefined : entryOf(kept);
    },
    advance: async (key, { version, digest }) =>
      entryOf(await ask(ADVANCE, written(key), version, digest)),
    seen: async (now) => readTime(partsOf(await ask(ADVANCE, SEEN, Math.ceil(now), "-"))[0]),
  };
}

function entryOf(kept: unknown): RollbackEntry {
  const [version, digest] = partsOf(kept);
  return readEntry(version, digest);
}

/** Version and digest, as the script has put them together. */
function partsOf(kept: unknown): readonly string[] {
  if (typeof kept === "string") return kept.split(" ");
  throw new InterlatchError("ERR_ROLLBACK_STATE", "An entry of the rollback state is damaged.");
}
