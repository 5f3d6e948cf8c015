import { randomUUID } from "node:crypto";
import {
  InterlatchError,
  type LimitClaim,
  type LimitResult,
  type LimitStore,
} from "@interlatch/core";
import { hashed } from "../names.ts";
import { openedAs, type RedisDatabase } from "./database.ts";

/** Whose clock says what is over. */
export type LimitClock = "guard" | "server";

/**
 * A sorted set of a unit each, by the time it was taken. Arguments: the guard's time where it counts and empty
 * otherwise, the time it was asked at, a name for the units, then most and window of each claim. It answers with 0, or
 * with the number of the claim that does not fit and the wait in milliseconds.
 *
 * The clock of a set never goes back: units are dated by the latest in it at least.
 */
const RESERVE = `
local clock = tonumber(ARGV[1])
if not clock then
  local time = redis.call('TIME')
  clock = time[1] * 1000 + math.ceil(time[2] / 1000)
end
local now = clock
for index = 1, #KEYS do
  local latest = redis.call('ZRANGE', KEYS[index], -1, -1, 'WITHSCORES')[2]
  if latest then now = math.max(now, tonumber(latest)) end
end
local earlier = {}
for index, key in ipairs(KEYS) do
  local most, window = tonumber(ARGV[2 + index * 2]), tonumber(ARGV[3 + index * 2])
  local before = earlier[key] or 0
  local since = '(' .. string.format('%.3f', now - window)
  local counted = redis.call('ZCOUNT', key, since, '+inf')
  local excess = counted + before + 1 - most
  if excess > 0 then
    local wait = window
    if excess <= counted then
      local freeing = redis.call('ZRANGEBYSCORE', key, since, '+inf', 'WITHSCORES', 'LIMIT', excess - 1, 1)
      wait = math.max(1, freeing[2] + window - now)
    end
    return { index, string.format('%.0f', math.ceil(wait)) }
  end
  earlier[key] = before + 1
end
for index, key in ipairs(KEYS) do
  local life = math.max(tonumber(ARGV[3 + index * 2]), redis.call('PTTL', key))
  redis.call('ZADD', key, string.format('%.0f', now), ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. index)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', math.floor(now - life)))
  redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(life + now - clock)))
end
return { 0, '0' }`;

/** The oldest unit that was asked for then: a younger one in its place would free another's too early. */
const GIVE_BACK = `
for _, key in ipairs(KEYS) do
  for _, unit in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    if string.sub(unit, 1, #ARGV[1] + 1) == ARGV[1] .. ' ' then
      redis.call('ZREM', key, unit)
      break
    end
  end
end
return 0`;

/**
 * Limits in Redis, shared by all hosts: never more than `max` in any trailing window, counted one by one, about a hundred
 * bytes each while they count. Counts by the clock of the server, so that a host whose clock is wrong frees nothing of
 * the others'. All of it rejects with `ERR_STORE`.
 *
 * It answers over a network, so it has no `peek`: `guard.decide` says nothing of limits, and `guard.run` keeps them.
 *
 * @throws ERR_OPTIONS when the database does not come from `openRedis`
 *
 * @example
 * ```ts
 * import { limitStore, openRedis } from "@interlatch/stores/redis";
 * import { createClient } from "redis";
 * const client = await createClient({ url: "redis://cache.internal" }).on("error", console.error).connect();
 * const stores = { limits: limitStore(openRedis(client)) };
 * ```
 */
export function limitStore(database: RedisDatabase): LimitStore {
  return limitStoreBy(database, "server");
}

/** The same by either clock: tests tell what time it is. */
export function limitStoreBy(database: RedisDatabase, clock: LimitClock): LimitStore {
  const server = openedAs(database);
  const keysOf = (claims: readonly LimitClaim[]): readonly string[] =>
    claims.map(({ key }) => server.key(`limit:${hashed(key)}`));
  return {
    reserve: async (claims, asked) => {
      const now = clock === "server" ? "" : Math.ceil(asked);
      const most = claims.flatMap(({ max, windowMs }) => [max, windowMs]);
      const values = [now, asked, randomUUID(), ...most];
      return resultOf(await server.run("ERR_STORE", RESERVE, keysOf(claims), values));
    },
    release: async (claims, asked) => {
      await server.run("ERR_STORE", GIVE_BACK, keysOf(claims), [asked]);
    },
  };
}

function resultOf(answer: unknown): LimitResult {
  const [claim, wait] = Array.isArray(answer) ? answer.map(Number) : [];
  if (claim === 0) return { ok: true };
  if (claim === undefined || wait === undefined || !(claim > 0)) {
    throw new InterlatchError("ERR_STORE", "Redis gave no answer to reserve.");
  }
  return { ok: false, claim: claim - 1, retryAfterMs: wait };
}
