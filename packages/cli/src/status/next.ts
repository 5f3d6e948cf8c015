import { InterlatchError } from "@interlatch/core";
import {
  type CurrentBundle,
  MAX_STATUS_LIFE_MS,
  type StatusDocument,
  type StatusInput,
} from "@interlatch/core/sign";
import { wrongUse } from "../arguments.ts";
import { instantOf } from "../config-fields.ts";
import { changedKill, type KillChanges } from "./kill-targets.ts";

/** A bundle that becomes the current one of its stream. */
export interface NamedBundle extends Pick<CurrentBundle, "version" | "digest"> {
  readonly id: string;
}

/** What is to change from the last status to the next. */
export interface StatusChanges extends KillChanges {
  readonly bundles: readonly NamedBundle[];
  /** `STREAM=N` each. */
  readonly minVersions: readonly string[];
  /** `sha256:HEX` each. */
  readonly revokeBundles: readonly string[];
  readonly revokeKeys: readonly string[];
  /** Left out: as before. */
  readonly audience: readonly string[];
  /** Left out: one more than the last. */
  readonly version: number | undefined;
  readonly lifeMs: number;
  readonly refresh: number | undefined;
}

/**
 * The next status: what the last one says, changed. Without a change it only lives longer.
 *
 * @param now - epoch milliseconds
 * @throws ERR_OPTIONS for a change that cannot be meant; ERR_STATUS for one that goes back
 */
export function nextStatus(
  last: StatusDocument | null,
  changes: StatusChanges,
  now: number,
): StatusInput {
  const { lifeMs, audience } = changes;
  if (last === null && audience.length === 0) {
    throw wrongUse("The first status needs --audience NAME: the environment it is made for.");
  }
  const refresh = changes.refresh ?? last?.refresh;
  return {
    version: versionOf(last, changes.version),
    audience: audience.length === 0 ? (last?.audience ?? []) : audience,
    issued: instantOf(now),
    expires: instantOf(now + lifeMs),
    streams: streamsOf(last?.streams ?? {}, changes),
    revoked: {
      bundles: joined(last?.revoked.bundles, changes.revokeBundles.map(hexOf)),
      keys: joined(last?.revoked.keys, changes.revokeKeys),
    },
    kill: changedKill(last?.kill ?? {}, changes),
    ...(refresh === undefined ? {} : { refresh }),
  };
}

/** `90m`, `1h`, `2d` in milliseconds. @throws ERR_OPTIONS */
export function lifeOf(text: string): number {
  const [, count = "", unit = ""] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  const life = Number(count) * ({ m: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? NaN);
  if (life > 0 && life <= MAX_STATUS_LIFE_MS) return life;
  throw wrongUse(`--life is a time like 90m, 1h or 2d, at most 7d; found ${text}.`);
}

function versionOf(last: StatusDocument | null, wanted: number | undefined): number {
  const next = (last?.version ?? 0) + 1;
  if (wanted === undefined || wanted >= next) return wanted ?? next;
  throw new InterlatchError(
    "ERR_STATUS_ROLLBACK",
    `Version ${wanted} does not follow version ${next - 1}: hosts take no older status.`,
  );
}

function streamsOf(
  before: StatusDocument["streams"],
  { bundles, minVersions }: StatusChanges,
): StatusDocument["streams"] {
  const streams = new Map(Object.entries(before));
  for (const { id, version, digest } of bundles) {
    const old = streams.get(id);
    if (old !== undefined && version < old.version) {
      throw new InterlatchError(
        "ERR_STATUS",
        `${id} version ${version} is older than version ${old.version}, the current one. Hosts never go back: build what it says under a higher version.`,
      );
    }
    streams.set(id, { ...old, version, digest });
  }
  for (const text of minVersions) {
    const [, id = "", number = ""] = /^(.+)=([1-9]\d{0,15})$/.exec(text) ?? [];
    const stream = streams.get(id);
    if (stream === undefined) {
      throw wrongUse(`--min-version is STREAM=N of a stream that is listed; found ${text}.`);
    }
    if (Number(number) > stream.version) {
      throw wrongUse(`--min-version ${text}: the current bundle has version ${stream.version}.`);
    }
    streams.set(id, { ...stream, minVersion: Number(number) });
  }
  return Object.fromEntries(streams);
}

function joined(before: readonly string[] = [], more: readonly string[]): readonly string[] {
  return [...new Set([...before, ...more])];
}

function hexOf(digest: string): string {
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex !== undefined) return hex;
  throw wrongUse(`--revoke-bundle is sha256: and 64 hexadecimal digits; found ${digest}.`);
}
